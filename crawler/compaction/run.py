"""The compaction of one site: new tables first, then the manifest that names them, then the old ones go.

Broken off before its folder in the spool is whole, it leaves nothing; after that `scrapy sync`, the next
crawl or the next compaction deliver it. Old tables are removed only under a manifest that is in the archive.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from crawler.archive.manifest import NAME as MANIFEST
from crawler.archive.manifest import Manifest, ManifestError, manifest_bytes, run_key, site_of
from crawler.compaction.proof import Successions, read_successions
from crawler.compaction.record import NAME, Compaction, Succession
from crawler.errors import ArchiveError
from crawler.exporters.months import ARTICLES_FOLDER, table_key
from crawler.exporters.tables import tables
from crawler.recovery import recover
from crawler.runs import new_run_id
from crawler.sealing import Seal
from crawler.storage import Entry, Storage
from crawler.storage.folder import FolderStorage

FOLDER = "compaction"  # in the spool, for what is not whole yet; no run is called so
Months = dict[str, list[tuple[Entry, str]]]  # tables by month, each with the SHA-256 that it must have
_MONTH = re.compile(r"/month=(\d{4}-\d{2})/")


@dataclass(slots=True)
class Compacted:
    """What came of a site."""

    site: str
    run_id: str | None = None  # None: there was nothing to merge
    months: int = 0
    merged: int = 0  # tables that became part of another
    removed: int = 0  # old tables, also of an earlier compaction that was broken off
    stays: dict[str, str] = field(default_factory=dict)  # key -> why it was not touched, or not removed


def compact(
    storage: Storage, spool: Path, site: str, *, seal: Seal, attempts: int, now: datetime
) -> Compacted:
    """Merge the tables of each closed month of a site, where there are several. Raises ArchiveError."""
    done = Compacted(site)
    _deliver(storage, spool, seal, attempts)
    _remove_replaced(storage, site, done)
    months = _closed_months(storage, site, now, done)
    if not months:
        return done
    _check_that_this_key_may_remove(storage, spool, site)
    run_id = done.run_id = new_run_id(site, now)
    done.months, done.merged = len(months), sum(map(len, months.values()))
    work = spool / FOLDER / run_id
    try:
        _build(storage, months, work, site, run_id)
        work.rename(spool / run_id)
    except OSError as error:
        raise ArchiveError(f"The spool {spool} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _deliver(storage, spool, seal, attempts)
    _remove_replaced(storage, site, done)
    return done


def _closed_months(storage: Storage, site: str, now: datetime, done: Compacted) -> "Months":
    """Tables of months that are over: two or more, promised by manifests and not locked."""
    promised = _promised(storage, site)
    found: Months = {}
    for month, group in groupby(tables(storage, ARTICLES_FOLDER, site), lambda entry: _month(entry.key)):
        if month is None or month >= _last_open(now):
            continue
        entries = [entry for entry in group if entry.key in promised]  # others are of runs that go on still
        if len(entries) < 2:  # noqa: PLR2004 - one is what they are to become
            continue
        locked = {entry.key: lock for entry in entries if (lock := _lock(storage, entry.key, now))}
        if locked:  # what cannot be removed would stand there twice
            done.stays |= locked
            continue
        found[month] = [(entry, promised[entry.key]) for entry in entries]
    return found


def _promised(storage: Storage, site: str) -> dict[str, str]:
    """Key -> SHA-256."""
    found: dict[str, str] = {}
    for entry in storage.list("runs/"):
        run_id = entry.key.split("/")[1]
        if entry.key == run_key(run_id, MANIFEST) and site_of(run_id) == site:
            try:
                manifest = Manifest.parse(manifest_bytes(storage, run_id))
            except ManifestError:  # `scrapy verify` names it; it promises nothing
                continue
            found |= {file.key: file.sha256 for file in manifest.files}
    return found


def _month(key: str) -> str | None:
    found = _MONTH.search(key)
    return found[1] if found else None


def _last_open(now: datetime) -> str:
    """The first month to which a crawl of today may add as a matter of course: the one before this."""
    moment = now.astimezone(UTC)
    return f"{moment.year - (moment.month == 1)}-{(moment.month - 2) % 12 + 1:02}"


def _lock(storage: Storage, key: str, now: datetime) -> str | None:
    locks = storage.locks(key)
    held = [lock for lock in (locks.held, locks.asked) if lock is not None and lock.until > now]
    return f"it is locked ({held[0]}), so its month stays as it is" if held else None


def _check_that_this_key_may_remove(storage: Storage, spool: Path, site: str) -> None:
    """Told before anything is written: what cannot be removed would stand there twice."""
    content = secrets.token_bytes(16)
    path = spool / FOLDER / f"{site}.probe"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    key = f"ledger/{site}-removable-{secrets.token_hex(4)}"  # no evidence: not locked, and promised by none
    try:
        storage.put(key, path, sha256(content).hexdigest(), replace=True)
        storage.remove(key)
    finally:
        path.unlink()


def _build(storage: Storage, months: "Months", work: Path, site: str, run_id: str) -> None:
    from crawler.compaction.merge import check_merged, merge  # noqa: PLC0415 - loads pyarrow

    local, successions = FolderStorage(work), []
    for part, (month, entries) in enumerate(sorted(months.items()), 1):
        key = table_key(ARTICLES_FOLDER, site=site, month=month, run_id=run_id, part=part)
        replaced = merge(storage, [each for each, _ in entries], work / key, site=site, run_id=run_id)
        for each, (_, promised) in zip(replaced, entries, strict=True):
            if each.sha256 != promised:
                raise ArchiveError(f"{each.key} is not what its manifest promises: run scrapy verify.")
        succession = Succession(key, tuple(replaced))
        check_merged(local, Entry(key, (work / key).stat().st_size), succession.rows)
        successions.append(succession)
    record = Compaction(run_id, tuple(successions))
    stats = {
        "run_id": run_id,
        "site": site,
        "kind": "compaction",
        "months": sorted(months),
        "merged": sum(map(len, months.values())),
        "rows": sum(each.rows.count for each in successions),
    }
    folder = work / "runs" / run_id
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(record.to_bytes())
    (folder / "stats.json").write_text(json.dumps(stats, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _deliver(storage: Storage, spool: Path, seal: Seal, attempts: int) -> None:
    """What is whole in the spool, of this compaction or of anything before it, with its manifest."""
    for run in recover(spool, storage, attempts=attempts, seal=seal):
        if run.delivery.failed:
            told: Iterable[str] = (f"{key}: {why}" for key, why in run.delivery.failed.items())
            raise ArchiveError(f"The run {run.run_id} is still in the spool. {' '.join(told)}")


def _remove_replaced(storage: Storage, site: str, done: Compacted) -> None:
    """Only what a sealed compaction replaced, and only while its successor is there."""
    successions: Successions = read_successions(storage, site)
    listed = {entry.key for entry in tables(storage, ARTICLES_FOLDER, site)}
    for key in successions.left(listed):
        try:
            storage.remove(key)
            done.removed += 1
        except ArchiveError as error:
            done.stays[key] = str(error)
