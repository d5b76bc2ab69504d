"""Checks that what was locked at its upload is still locked, on S3 with Object Lock.

The object's own metadata hold the lock that its upload asked for. They belong to the version that the
manifest names, so a person who removes a lock cannot remove this record of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from crawler.archive.names import is_seal_name, run_key
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.retention import Locks
from crawler.verify.faults import Code, Fault
from crawler.verify.inventory import Inventory, RunFolder

_AT_ONCE = 8  # questions side by side, for a server far away
_BATCH = 1_000  # questions that wait for an answer at most

_File = tuple[str, str | None]  # key and version


@dataclass(slots=True)
class Retentions:
    """The locks found in an archive."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(
        default_factory=lambda: Counter({"locks_asked": 0, "locks_held": 0, "locks_expired": 0})
    )
    remarks: list[str] = field(default_factory=list)


def check_retention(storage: Storage, inventory: Inventory, now: datetime | None = None) -> Retentions:
    """Compare the locks of each run's files with those that their uploads asked for; a folder has none.

    If one file of a run was locked, every file should be. A lock that has expired is no fault.
    """
    found = Retentions()
    if not storage.address.startswith("s3://"):
        return found
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for run in inventory.runs.values():
            files = [file for file in _files(run) if file[0] in inventory.listed]
            locked: list[tuple[str, Locks]] = []
            for start in range(0, len(files), _BATCH):
                batch = files[start : start + _BATCH]
                answers = pool.map(partial(_ask, storage), batch)
                for (key, _), answer in zip(batch, answers, strict=True):
                    if isinstance(answer, Fault):
                        found.faults.append(answer)
                    else:
                        locked.append((key, answer))
            _judge(locked, now or datetime.now(UTC), found)
    held, expired = found.counts["locks_held"], found.counts["locks_expired"]
    if found.counts["locks_asked"]:
        found.remarks.append(
            f"{held:,} files are locked as was asked, {expired:,} locks have run their time."
        )
    return found


def _files(run: RunFolder) -> Iterator[_File]:
    """Yield the files that a manifest names, in their versions, and the files that prove the manifest."""
    if run.manifest is None:
        return
    for file in run.manifest.files:
        yield file.key, file.version_id
    for name in sorted(run.names):
        if is_seal_name(name):
            yield run_key(run.run_id, name), None


def _ask(storage: Storage, file: _File) -> Locks | Fault:
    key, version = file
    try:
        return storage.locks(key, version)
    except ArchiveError as error:
        return Fault(Code.LOCK_MISSING, key, None, f"The lock of this file cannot be read: {error}")


def _judge(locked: Iterable[tuple[str, Locks]], now: datetime, found: Retentions) -> None:
    locked = list(locked)
    if all(locks.asked is None for _, locks in locked):
        return
    for key, locks in locked:
        if locks.asked is None:
            meaning = "Other files of this run were locked when they were uploaded; this one was not."
            found.faults.append(Fault(Code.LOCK_MISSING, key, None, meaning))
            continue
        found.counts["locks_asked"] += 1
        if locks.asked.until <= now:
            found.counts["locks_expired"] += 1
        elif locks.held is None:
            meaning = f"Its upload asked for the lock {locks.asked}; it has none."
            found.faults.append(Fault(Code.LOCK_MISSING, key, None, meaning))
        elif not locks.held.covers(locks.asked):
            meaning = f"Its upload asked for the lock {locks.asked}; it has only {locks.held}."
            found.faults.append(Fault(Code.LOCK_SHORT, key, None, meaning))
        else:
            found.counts["locks_held"] += 1
