"""Compacts one site: new tables first, then the manifest that names them, then the old tables are removed.

Interrupted before its folder in the spool is complete, it leaves nothing; later, the next compaction delivers
it. An old table is removed only if a manifest in the archive names its successor.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from crawler.archive.manifest import Manifest, manifest_bytes
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import (
    ARTICLES_FOLDER,
    CHECKSUMS_NAME,
    MANIFEST_NAME,
    SIGNATURE_NAME,
    RunId,
    new_run_id,
    run_key,
    site_of_run,
    table_key,
)
from crawler.archive.runs import found_files
from crawler.compact.checksums import comment_out
from crawler.errors import ArchiveError, UsageError
from crawler.run.sealing import Seal
from crawler.storage import Entry, Storage
from crawler.storage.folder import FolderStorage
from crawler.storage.outbox import Outbox, Patience
from crawler.tables.reader import tables
from crawler.tables.succession_proof import read_successions
from crawler.tables.succession_record import NAME, Compaction, Succession

FOLDER = "compaction"  # in the spool; no run is called so, and nothing but this command touches it
_BUILDING = ".building"  # ends the name of a folder that is not whole yet
Months = dict[str, list[tuple[Entry, str]]]  # tables by month, each with the SHA-256 that it must have
_MONTH = re.compile(r"/month=(\d{4}-\d{2})/")


@dataclass(slots=True)
class Compacted:
    """The result for one site."""

    site: str
    run_id: str | None = None  # None: there was nothing to merge
    months: int = 0
    merged: int = 0  # tables that became part of another
    removed: int = 0  # old tables, also of an earlier compaction that was broken off
    stays: dict[str, str] = field(default_factory=dict)  # key -> why it was not touched, or not removed


def sites_with_articles(storage: Storage, wanted: str | None = None) -> list[str]:
    """Return the names of the sites with tables, or the wanted one alone.

    Raises UsageError where the wanted site has none, ArchiveError where the archive has none at all.
    """
    names = storage.list_names(f"{ARTICLES_FOLDER}/")
    sites = [name.removeprefix("site=").removesuffix("/") for name in names if name.startswith("site=")]
    if not sites:
        raise ArchiveError(f"The archive {storage.address} holds no articles.")
    if wanted is not None and wanted not in sites:
        raise UsageError(f"The archive {storage.address} has no articles of {wanted!r}.")
    return sites if wanted is None else [wanted]


def compact(
    storage: Storage, spool: Path, site: str, *, seal: Seal, attempts: int, now: datetime
) -> Compacted:
    """Merge the tables of each closed month of a site that has several. Raises ArchiveError."""
    done, folder = Compacted(site), spool / FOLDER
    with _alone(folder):
        _compact(storage, folder, done, seal=seal, attempts=attempts, now=now)
    return done


def _compact(
    storage: Storage, folder: Path, done: Compacted, *, seal: Seal, attempts: int, now: datetime
) -> None:
    site = done.site
    _deliver(storage, folder, seal, attempts)
    _remove_replaced(storage, folder, done)
    months = _closed_months(storage, site, now, done)
    if not months:
        return
    _check_that_this_key_may_remove(storage, folder, site)
    run_id = done.run_id = new_run_id(site, now)
    done.months, done.merged = len(months), sum(map(len, months.values()))
    work = folder / f"{run_id}{_BUILDING}"
    try:
        _build(storage, months, work, site, run_id)
        work.rename(folder / run_id)
    except OSError as error:
        raise ArchiveError(f"The spool {folder} cannot be written: {error.strerror}.") from error
    _deliver(storage, folder, seal, attempts)
    _remove_replaced(storage, folder, done)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the spool's lock, which the kernel releases when this process ends in any way."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ArchiveError(f"Another compaction is at work (it holds {folder}); wait for it.") from None
    finally:
        os.close(descriptor)


def _closed_months(storage: Storage, site: str, now: datetime, done: Compacted) -> "Months":
    """Find the months that are over and have two or more tables, named by manifests and not locked."""
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
    """Map each file that a manifest of the site names to its SHA-256."""
    found: dict[str, str] = {}
    for entry in storage.list("runs/"):
        run_id = entry.key.split("/")[1]
        if entry.key == run_key(run_id, MANIFEST_NAME) and site_of_run(run_id) == site:
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
    """Return the first month to which a crawl of today may still add: the one before this."""
    moment = now.astimezone(UTC)
    return f"{moment.year - (moment.month == 1)}-{(moment.month - 2) % 12 + 1:02}"


def _lock(storage: Storage, key: str, now: datetime) -> str | None:
    locks = storage.locks(key)
    held = [lock for lock in (locks.held, locks.asked) if lock is not None and lock.until > now]
    return f"it is locked ({held[0]}), so its month stays as it is" if held else None


def _check_that_this_key_may_remove(storage: Storage, folder: Path, site: str) -> None:
    """Remove a probe first: rows of a table that cannot be removed would be there twice."""
    content = secrets.token_bytes(16)
    path = folder / f"{site}.probe"
    path.write_bytes(content)
    key = f"ledger/{site}-removable-{secrets.token_hex(4)}"  # no evidence: not locked, and promised by none
    try:
        storage.put(key, path, sha256(content).hexdigest(), replace=True)
        storage.remove(key)
    finally:
        path.unlink()


def _build(storage: Storage, months: "Months", work: Path, site: str, run_id: str) -> None:
    from crawler.compact.merge import check_merged, merge  # noqa: PLC0415 - loads pyarrow

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


def _deliver(storage: Storage, folder: Path, seal: Seal, attempts: int) -> None:
    """Deliver the complete folders in the spool, with their manifests; drop an incomplete one."""
    for path in sorted(folder.iterdir()):
        site = site_of_run(path.name)
        if path.is_dir() and site is None:
            shutil.rmtree(path)
        elif path.is_dir():
            _deliver_run(storage, path, str(site), seal, attempts)
            shutil.rmtree(path)


def _deliver_run(storage: Storage, folder: Path, site: str, seal: Seal, attempts: int) -> None:
    run_id, outbox = folder.name, Outbox(folder, storage, Patience(attempts=attempts))
    if not (folder / run_key(run_id, MANIFEST_NAME)).exists():
        for name in (CHECKSUMS_NAME, SIGNATURE_NAME):  # of a manifest that was never whole
            (folder / run_key(run_id, name)).unlink(missing_ok=True)
    failed = outbox.deliver_all().failed
    if not failed and MANIFEST_NAME not in storage.list_names(f"runs/{run_id}/"):
        facts = seal.facts(run_id, site, began=RunId.of(run_id).began, ended=datetime.now(UTC))
        seal.put_on(folder, storage, facts, found_files(storage, run_id))
        failed = outbox.deliver_all().failed
    if failed:
        reasons = " ".join(f"{key}: {why}" for key, why in failed.items())
        raise ArchiveError(f"The compaction {run_id} is still in the spool; run it again. {reasons}")


def _remove_replaced(storage: Storage, folder: Path, done: Compacted) -> None:
    """Remove what a compaction with a manifest replaced, if its successor is there."""
    successions = read_successions(storage, done.site)
    comment_out(storage, folder, successions)
    listed = {entry.key for entry in tables(storage, ARTICLES_FOLDER, done.site)}
    for key in successions.left(listed):
        try:
            storage.remove(key)
            done.removed += 1
        except ArchiveError as error:
            done.stays[key] = str(error)
