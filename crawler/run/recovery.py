"""Recovery of runs that ended before their files were delivered.

A killed run leaves a torn WARC file, a journal and a log; a run that could not reach the archive leaves whole
files. They lie in the run's folder in the spool. A living run holds a lock on its folder.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from crawler.archive.merged_index import add_to_merged_index
from crawler.archive.names import MANIFEST_NAME, RunId, is_seal_name, site_of_run
from crawler.archive.repair import repair_spool
from crawler.archive.runs import found_files
from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import Copies, Written
from crawler.ledger.entries import Recheck
from crawler.options.options import Options
from crawler.run import gone
from crawler.run.journal import leftovers
from crawler.run.lease import RunLease
from crawler.run.leftovers import drop_rows_without_record, enter_leftovers
from crawler.run.lock import RunLock
from crawler.run.parquet import journal_to_parquet, parquet_to_journals
from crawler.run.record import STATS, keep_stats
from crawler.run.sealing import Seal
from crawler.storage import Storage
from crawler.storage.durable import OPEN_SUFFIX, TORN_SUFFIX
from crawler.storage.fence import check_held
from crawler.storage.lease import Claim, LeaseHeldError
from crawler.storage.outbox import RECORDS, Delivery, Outbox, Patience

logger = logging.getLogger(__name__)

Publish = Callable[[RunLease], object]  # lists the delivered copy of the ledger
_GROWING = frozenset({"log.txt", gone.NAME})  # written line by line, so a part of them is useful


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """A run that was recovered, or could not be."""

    run_id: str
    cut: int  # bytes behind the last whole exchange, kept in the run's folder
    delivery: Delivery
    known: bool = True  # the ledger of its site has its articles and records


def recover(
    spool: Path,
    storage: Storage,
    *,
    attempts: int,
    seal: Seal,
    recheck: Recheck,
    held: tuple[str, RunLease] | None = None,
) -> Iterator[Recovered]:
    """Deliver and seal every run in the spool that no living process holds, and yield each.

    With `held`, the runs of one site, whose lease the caller has. No run of that site is alive then: another
    process that holds one of its folders is recovering it, and is waited for. Without `held`, the lease of
    each site is taken in turn and renewed, and a site that another run crawls is skipped. A run that cannot
    be recovered stays in the spool; its `delivery.failed` has the id of the run as key.
    """
    if not spool.is_dir():
        return
    for folder in sorted(spool.iterdir()):
        site = site_of_run(folder.name)
        if site is None or (held and held[0] != site) or not folder.is_dir():
            continue
        try:
            lock = RunLock(folder, make=False, wait=held is not None)
        except (BlockingIOError, FileNotFoundError):  # still running, or ended meanwhile
            continue
        try:
            with _leased(storage, site, folder.name, held[1] if held else None) as lease:
                yield _finish(folder, site, storage, attempts, seal, recheck, lease)
        except LeaseHeldError as error:
            logger.info("%s is left to the run that has its site: %s", folder.name, error)
        finally:
            lock.release()


def finish_earlier(options: Options, seal: Seal, site: str, lease: RunLease) -> dict[str, str]:
    """Finish what earlier runs of a site left in the spool; return why, by key, for what cannot be delivered.

    Raises ArchiveError where the ledger cannot take it in.
    """
    undelivered: dict[str, str] = {}
    for run in recover(
        options.spool,
        options.storage,
        attempts=options.delivery_attempts,
        seal=seal,
        recheck=options.recheck,
        held=(site, lease),
    ):
        if not run.known:
            raise ArchiveError(
                f"{' '.join(run.delivery.failed.values())} Nothing is crawled before that is mended, "
                f"for its articles would be stored twice; what cannot be mended, move out of the spool."
            )
        undelivered |= run.delivery.failed
    return undelivered


@contextmanager
def _leased(storage: Storage, site: str, run_id: str, held: RunLease | None) -> Iterator[RunLease]:
    if held is not None:
        yield held
        return
    # The caller has the lock of the folder, so the run is dead, and its lease is free.
    with RunLease(storage, Claim(site=site, run=run_id, dead=frozenset({run_id}))) as lease:
        yield lease


def _finish(
    folder: Path,
    site: str,
    storage: Storage,
    attempts: int,
    seal: Seal,
    recheck: Recheck,
    lease: RunLease,
) -> Recovered:
    cut, known = 0, False
    copies = Copies(folder.parent, storage, site)
    try:
        cut, copy = _make_known(folder, storage, copies, recheck)
        known = True
        delivery = _deliver(folder, storage, attempts, seal, lease, partial(copies.publish, copy))
    except ArchiveError as error:
        delivery = Delivery(failed={folder.name: str(error)})
    logger.info(
        "Recovered %s: %d files delivered, %d failed.",
        folder.name,
        len(delivery.delivered),
        len(delivery.failed),
    )
    return Recovered(run_id=folder.name, cut=cut, delivery=delivery, known=known)


def _make_known(folder: Path, storage: Storage, copies: Copies, recheck: Recheck) -> tuple[int, Written]:
    """Close the open files and enter them into the ledger.

    Returns how many torn bytes were cut off, and the copy of the ledger that was written.
    """
    run_id, site = folder.name, copies.site
    cut = sum(repaired.cut for repaired in repair_spool(folder))
    run_folder = folder / "runs" / run_id
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        for scratch in folder.glob(".*/"):  # what was being made out of other files, and is made again
            shutil.rmtree(scratch)
        _keep_torn(folder, run_folder)
        journals = folder / "journal" / site
        parquet_to_journals(folder, site=site, delivered=lambda key: _is_there(storage, key))
        lost = drop_rows_without_record(folder, site, storage)
        if lost:
            logger.warning("%s: the records of %d articles were lost; they are fetched again.", run_id, lost)
        doubled, copy = enter_leftovers(folder, copies, recheck)
        if doubled:
            logger.warning("%s: other runs stored %d of its articles; their records stay.", run_id, doubled)
        for journal in leftovers(journals):
            journal_to_parquet(journal, folder, site=site, run_id=run_id)
        _drop_empty(journals, journals.parent)
        _finish_record(run_folder, storage, site)
    except OSError as error:
        raise ArchiveError(f"What the run {run_id} left in {folder} cannot be finished: {error}.") from error
    return cut, copy


def _deliver(
    folder: Path, storage: Storage, attempts: int, seal: Seal, lease: RunLease, publish: Publish
) -> Delivery:
    """Deliver the records, then the copy of the ledger while the lease holds, then the rest, and seal it."""
    run_id = folder.name
    outbox = Outbox(folder, storage, Patience(attempts=attempts))
    done = outbox.deliver_all(RECORDS).delivered
    check_held(lease, f"What is left of the run {run_id} stays in the spool")
    copied = outbox.deliver_all(("ledger",))
    if copied.failed:
        return Delivery(delivered=done, failed=copied.failed)
    publish(lease)
    done += copied.delivered
    last = outbox.deliver_all()
    if not last.failed and MANIFEST_NAME not in storage.list_names(f"runs/{run_id}/"):
        done += last.delivered
        files, run = found_files(storage, run_id), RunId.of(run_id)
        _keep_index(storage, run.site, [file.key for file in files if file.key.startswith("cdxj/")], folder)
        facts = seal.facts(run_id, run.site, began=run.began, ended=datetime.now(UTC))
        seal.put_on(folder, storage, facts, files)
        last = outbox.deliver_all()
    return Delivery(delivered=[*done, *last.delivered], failed=last.failed)


def _keep_index(storage: Storage, site: str, keys: Sequence[str], folder: Path) -> None:
    """Add the run's lines to the merged index. It can be made anew, so a failure is only logged."""
    try:
        add_to_merged_index(storage, site, keys, folder)
    except ArchiveError as error:
        logger.warning("%s", error)


def _is_there(storage: Storage, key: str) -> bool:
    place, _, name = key.rpartition("/")
    return name in storage.list_names(f"{place}/")


def _keep_torn(folder: Path, run_folder: Path) -> None:
    """Move the torn bytes of WARC files to the run's own files; they are no WARC records."""
    for path in sorted((folder / "warc").rglob(f"*{TORN_SUFFIX}")):
        path.rename(run_folder / f"{path.name.removesuffix(TORN_SUFFIX)}-tail.bin")


def _finish_record(run_folder: Path, storage: Storage, site: str) -> None:
    run_id = run_folder.name
    delivered = set(storage.list_names(f"runs/{run_id}/"))
    _drop_half_seal(run_folder, delivered)
    for unfinished in run_folder.glob(f"*{OPEN_SUFFIX}"):
        if unfinished.name.removesuffix(OPEN_SUFFIX) in _GROWING:
            unfinished.rename(unfinished.with_name(unfinished.name.removesuffix(OPEN_SUFFIX)))
        else:
            unfinished.unlink()
    if not (run_folder / STATS).exists() and STATS not in delivered:
        record = {"run_id": run_id, "site": site, "reason": "killed", "files": []}
        keep_stats(run_folder.parent.parent, run_id, record)


def _drop_half_seal(run_folder: Path, delivered: AbstractSet[str]) -> None:
    """Delete a manifest and its signature and stamps unless they were delivered: some may be missing.

    The run is sealed again then.
    """
    if any(is_seal_name(name) for name in delivered):
        return
    for path in run_folder.iterdir():
        if is_seal_name(path.name):
            path.unlink()


def _drop_empty(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
