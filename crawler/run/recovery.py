"""Recovery of runs that ended before their files were delivered.

A killed run leaves a torn WARC file, a journal and a log; a run that could not reach the archive leaves whole
files. They lie in the run's folder in the spool. A living run holds a lock on its folder.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.names import RunId, is_seal_name, site_of_run
from crawler.archive.repair import repair_spool
from crawler.archive.runs import found_files
from crawler.errors import ArchiveError
from crawler.ledger.entries import Recheck
from crawler.run import gone
from crawler.run.journal import leftovers
from crawler.run.leftovers import drop_rows_without_record, enter_leftovers
from crawler.run.parquet import journal_to_parquet
from crawler.run.record import STATS, keep_stats
from crawler.run.sealing import Seal
from crawler.storage import Storage
from crawler.storage.durable import OPEN_SUFFIX, TORN_SUFFIX
from crawler.storage.lease import Claim, LeaseHeldError
from crawler.storage.outbox import Delivery, Outbox, Patience

logger = logging.getLogger(__name__)

LOCK = ".lock"
_GROWING = frozenset({"log.txt", gone.NAME})  # written line by line, so a part of them is useful


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """A run that was recovered, or could not be."""

    run_id: str
    cut: int  # bytes behind the last whole exchange, kept in the run's folder
    delivery: Delivery
    known: bool = True  # the ledger of its site has its articles and records


class RunLock:
    """The lock on a run's folder in the spool, held as long as the run lives.

    The kernel drops the lock when the process ends for any reason. A lock of the whole spool is held while a
    folder is made, locked or left, so that a run which just begins does not look dead.
    """

    def __init__(self, folder: Path, *, make: bool = True, wait: bool = False) -> None:
        """Take the lock; `make` the folder first, or `wait` for another process to release it.

        Raises FileNotFoundError where the folder is gone, BlockingIOError where another process has the lock
        and `wait` is false.
        """
        with _spool_guard(folder.parent, make=make):
            if make:
                folder.mkdir(mode=0o700)
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if not wait:
                self._take(fcntl.LOCK_EX | fcntl.LOCK_NB)
        if wait:  # not under the lock of the spool: the other process needs that to release this one
            self._take(fcntl.LOCK_EX)
            if not (folder / LOCK).exists():
                os.close(self._descriptor)
                raise FileNotFoundError(folder)
        self._folder = folder

    def _take(self, how: int) -> None:
        try:
            fcntl.flock(self._descriptor, how)
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Release the lock, and remove the folder if nothing else is in it."""
        with _spool_guard(self._folder.parent, make=False):
            if all(path.name == LOCK for path in self._folder.iterdir()):
                (self._folder / LOCK).unlink()
                self._folder.rmdir()
            os.close(self._descriptor)


@contextmanager
def _spool_guard(spool: Path, *, make: bool) -> Iterator[None]:
    if make:
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(spool / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def dead_runs(spool: Path, site: str) -> list[str]:
    """List the ids of a site's runs that have a folder in the spool and no living process."""
    found = []
    for folder in sorted(spool.iterdir()) if spool.is_dir() else ():
        if site_of_run(folder.name) != site or not folder.is_dir():
            continue
        try:
            RunLock(folder, make=False).release()
        except (BlockingIOError, FileNotFoundError):  # still running, or ended meanwhile
            continue
        found.append(folder.name)
    return found


def recover(
    spool: Path, storage: Storage, *, attempts: int, seal: Seal, recheck: Recheck, only: str | None = None
) -> Iterator[Recovered]:
    """Deliver and seal every run in the spool that no living process holds, and yield each.

    With `only`, the runs of one site whose lease the caller has. No run of that site is alive then: another
    process that holds one of its folders is recovering it, and is waited for. Without `only`, the lease of
    each site is taken in turn, and a site that another run crawls is skipped. A run that cannot be recovered
    stays in the spool; its `delivery.failed` has the id of the run as key.
    """
    if not spool.is_dir():
        return
    for folder in sorted(spool.iterdir()):
        site = site_of_run(folder.name)
        if site is None or site != (only or site) or not folder.is_dir():
            continue
        try:
            lock = RunLock(folder, make=False, wait=only is not None)
        except (BlockingIOError, FileNotFoundError):  # still running, or ended meanwhile
            continue
        try:
            with _leased(storage, site, folder.name, held=only is not None):
                yield _finish(folder, site, storage, attempts, seal, recheck)
        except LeaseHeldError as error:
            logger.info("%s is left to the run that has its site: %s", folder.name, error)
        finally:
            lock.release()


@contextmanager
def _leased(storage: Storage, site: str, run_id: str, *, held: bool) -> Iterator[None]:
    if held:
        yield
        return
    # The caller has the lock of the folder, so the run is dead, and its lease is free.
    lease = storage.lease(Claim(site=site, run=run_id, dead=frozenset({run_id})))
    try:
        yield
    finally:
        lease.release()


def _finish(
    folder: Path, site: str, storage: Storage, attempts: int, seal: Seal, recheck: Recheck
) -> Recovered:
    cut, known = 0, False
    try:
        cut = _make_known(folder, site, storage, recheck)
        known = True
        delivery = _deliver(folder, site, storage, attempts, seal)
    except ArchiveError as error:
        delivery = Delivery(failed={folder.name: str(error)})
    logger.info(
        "Recovered %s: %d files delivered, %d failed.",
        folder.name,
        len(delivery.delivered),
        len(delivery.failed),
    )
    return Recovered(run_id=folder.name, cut=cut, delivery=delivery, known=known)


def _make_known(folder: Path, site: str, storage: Storage, recheck: Recheck) -> int:
    """Close the open files and enter them into the ledger; return how many torn bytes were cut off."""
    run_id = folder.name
    cut = sum(repaired.cut for repaired in repair_spool(folder))
    run_folder = folder / "runs" / run_id
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        for scratch in folder.glob(
            ".*/"
        ):  # indexes that were being made; they are made again from the archive
            shutil.rmtree(scratch)
        _keep_torn(folder, run_folder)
        journals = folder / "journal" / site
        lost = drop_rows_without_record(folder, site, storage)
        if lost:
            logger.warning("%s: the records of %d articles were lost; they are fetched again.", run_id, lost)
        enter_leftovers(folder, site, storage, recheck)
        for journal in leftovers(journals):
            journal_to_parquet(journal, folder, site=site, run_id=run_id)
        _drop_empty(journals, journals.parent)
        _finish_record(run_folder, storage, site)
    except OSError as error:
        raise ArchiveError(f"What the run {run_id} left in {folder} cannot be finished: {error}.") from error
    return cut


def _deliver(folder: Path, site: str, storage: Storage, attempts: int, seal: Seal) -> Delivery:
    run_id = folder.name
    outbox = Outbox(folder, storage, Patience(attempts=attempts))
    delivery = outbox.deliver_all()
    if not delivery.failed and "manifest.json" not in storage.list_names(f"runs/{run_id}/"):
        facts = seal.facts(run_id, site, began=RunId.of(run_id).began, ended=datetime.now(UTC))
        seal.put_on(folder, storage, facts, found_files(storage, run_id))
        last = outbox.deliver_all()
        delivery = Delivery(delivered=[*delivery.delivered, *last.delivered], failed=last.failed)
    return delivery


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
