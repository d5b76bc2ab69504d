"""Which tables of a site are written anew: those of closed months, or those with doubled rows."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from crawler.archive.manifest import Manifest, manifest_bytes
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import ARTICLES_FOLDER, MANIFEST_NAME, UNKNOWN_MONTH, run_key, site_of_run
from crawler.storage import Entry, Storage
from crawler.tables.reader import tables

Months = dict[str, list[tuple[Entry, str]]]  # tables by month, each with the SHA-256 that it must have
_MONTH = re.compile(r"/month=(\d{4}-\d{2})/")


@dataclass(slots=True)
class Compacted:
    """The result for one site."""

    site: str
    run_id: str | None = None  # None: there was nothing to merge
    months: int = 0
    merged: int = 0  # tables that became part of another
    doubled: int = 0  # rows that were left out
    removed: int = 0  # old tables, also of an earlier compaction that was broken off
    stays: dict[str, str] = field(default_factory=dict)  # key -> why it was not touched, or not removed


def doubled_rows(storage: Storage, folder: Path, site: str) -> dict[str, set[int]]:
    """Return the numbers, from 1, of the doubled rows by the key of their table."""
    from crawler.tables.doublings import find_doubled  # noqa: PLC0415 - loads pyarrow

    found: dict[str, set[int]] = {}
    for row in find_doubled(storage, tables(storage, ARTICLES_FOLDER, site), folder):
        found.setdefault(row.key, set()).add(row.number)
    return found


def months_to_write(
    storage: Storage, site: str, now: datetime, done: Compacted, *, mended: AbstractSet[str] | None
) -> Months:
    """Find the months whose tables are written anew, named by manifests and not locked.

    Those are the closed months with two or more tables; with `mended`, the months of these tables.
    """
    promised = _promised(storage, site)
    found: Months = {}
    for month, group in groupby(tables(storage, ARTICLES_FOLDER, site), lambda entry: _month(entry.key)):
        entries = [entry for entry in group if entry.key in promised]  # others are of runs that go on still
        if mended is not None:
            wanted = any(entry.key in mended for entry in entries)
        else:
            wanted = month < _last_open(now) and len(entries) >= 2  # noqa: PLR2004 - one is what they become
        if not wanted:
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


def _month(key: str) -> str:
    found = _MONTH.search(key)
    return found[1] if found else UNKNOWN_MONTH


def _last_open(now: datetime) -> str:
    """Return the first month to which a crawl of today may still add: the one before this."""
    moment = now.astimezone(UTC)
    return f"{moment.year - (moment.month == 1)}-{(moment.month - 2) % 12 + 1:02}"


def _lock(storage: Storage, key: str, now: datetime) -> str | None:
    locks = storage.locks(key)
    held = [lock for lock in (locks.held, locks.asked) if lock is not None and lock.until > now]
    return f"it is locked ({held[0]}), so its month stays as it is" if held else None
