"""What runs that never came to their end left in the spool: finished, and taken to the archive.

A run that was killed leaves a torn WARC file, a journal and a log; one whose archive was out of reach leaves
whole files. Both lie in a folder of their own, which a living run holds by a lock.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.repair import repair_spool
from crawler.archive.run_files import found_files
from crawler.archive.spool import OPEN_SUFFIX
from crawler.errors import ArchiveError
from crawler.exporters.journal import leftovers
from crawler.ledger.entries import Recheck
from crawler.leftovers import drop_rows_without_record, enter_leftovers
from crawler.parquet_process import journal_to_parquet
from crawler.runs import beginning_of_run, site_of_run
from crawler.sealing import Seal
from crawler.storage import Storage
from crawler.storage.outbox import Delivery, Outbox, Patience

logger = logging.getLogger(__name__)

LOCK = ".lock"
TORN = ".torn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """One run that was brought to its end."""

    run_id: str
    cut: int  # bytes behind the last whole record, kept in the run's folder
    delivery: Delivery


class RunLock:
    """A run's folder in the spool, made and held as long as the run lives.

    The kernel drops the lock when the process dies, however it dies. Making, taking and leaving a folder
    happen under one lock of the whole spool, so that nobody takes a run for dead that is about to begin.
    """

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        """Raises BlockingIOError where a living run holds it, FileNotFoundError where it is gone."""
        with _spool_guard(folder.parent, make=make):
            if make:
                folder.mkdir(mode=0o700)
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._descriptor)
                raise
        self._folder = folder

    def release(self) -> None:
        """Let go, and drop the folder where the lock was the last thing in it."""
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


def recover(
    spool: Path, storage: Storage, *, attempts: int, seal: Seal, recheck: Recheck
) -> Iterator[Recovered]:
    """Bring every run below the spool to its end that no living process holds.

    A run that cannot be finished is told as one whose folder failed; it stays where it is.
    """
    if not spool.is_dir():
        return
    for folder in sorted(spool.iterdir()):
        site = site_of_run(folder.name)
        if site is None or not folder.is_dir():
            continue
        try:
            lock = RunLock(folder, make=False)
        except (BlockingIOError, FileNotFoundError):  # still running, or ended meanwhile
            continue
        try:
            yield _finish(folder, site, storage, attempts, seal, recheck)
        except ArchiveError as error:
            yield Recovered(run_id=folder.name, cut=0, delivery=Delivery(failed={folder.name: str(error)}))
        finally:
            lock.release()


def _finish(
    folder: Path, site: str, storage: Storage, attempts: int, seal: Seal, recheck: Recheck
) -> Recovered:
    run_id = folder.name
    cut = sum(repaired.cut for repaired in repair_spool(folder))
    run_folder = folder / "runs" / run_id
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        _keep_torn(folder, run_folder)
        journals = folder / "journal" / site
        lost = drop_rows_without_record(folder, site)
        if lost:
            logger.warning("%s: the records of %d articles were lost; they are fetched again.", run_id, lost)
        enter_leftovers(folder, site, storage, recheck)
        for journal in leftovers(journals):
            journal_to_parquet(journal, folder, site=site, run_id=run_id)
        _drop_empty(journals, journals.parent)
        _finish_record(run_folder, storage, site)
    except OSError as error:
        raise ArchiveError(f"What the run {run_id} left in {folder} cannot be finished: {error}.") from error
    outbox = Outbox(folder, storage, Patience(attempts=attempts))
    delivery = outbox.deliver_all()
    if not delivery.failed and "manifest.json" not in storage.list_names(f"runs/{run_id}/"):
        facts = seal.facts(run_id, site, began=beginning_of_run(run_id), ended=datetime.now(UTC))
        seal.put_on(folder, storage, facts, found_files(storage, run_id))
        last = outbox.deliver_all()
        delivery = Delivery(delivered=[*delivery.delivered, *last.delivered], failed=last.failed)
    logger.info(
        "Recovered %s: %d files delivered, %d failed.", run_id, len(delivery.delivered), len(delivery.failed)
    )
    return Recovered(run_id=run_id, cut=cut, delivery=delivery)


def _keep_torn(folder: Path, run_folder: Path) -> None:
    """Bytes behind the last whole record are no WARC; they travel with the run that wrote them."""
    for path in sorted((folder / "warc").rglob(f"*{TORN}")):
        path.rename(run_folder / f"{path.name.removesuffix(TORN)}-tail.bin")


def _finish_record(run_folder: Path, storage: Storage, site: str) -> None:
    run_id = run_folder.name
    for unfinished in run_folder.glob(f"*{OPEN_SUFFIX}"):  # the log, the list of what is gone
        unfinished.rename(unfinished.with_name(unfinished.name.removesuffix(OPEN_SUFFIX)))
    stats = run_folder / "stats.json"
    if not stats.exists() and stats.name not in storage.list_names(f"runs/{run_id}/"):
        record = {"run_id": run_id, "site": site, "reason": "killed", "files": []}
        stats.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _drop_empty(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
