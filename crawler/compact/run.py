"""Compacts one site: new tables first, then the manifest that names them, then the old tables are removed.

Interrupted before its folder in the spool is complete, it leaves nothing; later, the next compaction delivers
it. An old table is removed only if a manifest in the archive names its successor.
"""

import json
import secrets
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crawler.archive.names import (
    ARTICLES_FOLDER,
    new_run_id,
    table_key,
)
from crawler.compact.checksums import comment_out
from crawler.compact.months import Compacted, Months, doubled_rows, months_to_write
from crawler.errors import ArchiveError, UsageError
from crawler.run.sealing import Seal
from crawler.run.small_run import BUILDING, alone, deliver_small_runs
from crawler.storage import Entry, Storage
from crawler.storage.folder import FolderStorage
from crawler.tables.reader import tables
from crawler.tables.succession_proof import read_successions
from crawler.tables.succession_record import NAME, Compaction, Succession

FOLDER = "compaction"  # in the spool; no run is called so, and nothing but this command touches it


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
    storage: Storage,
    spool: Path,
    site: str,
    *,
    seal: Seal,
    attempts: int,
    now: datetime,
    mend: bool = False,
) -> Compacted:
    """Merge the tables of each closed month of a site that has several. Raises ArchiveError.

    With `mend`, write the tables of all months with doubled rows anew without these rows, and no others.
    """
    done, folder = Compacted(site), spool / FOLDER
    with alone(folder, "compaction"):
        _compact(storage, folder, done, seal=seal, attempts=attempts, now=now, mend=mend)
    return done


def _compact(
    storage: Storage,
    folder: Path,
    done: Compacted,
    *,
    seal: Seal,
    attempts: int,
    now: datetime,
    mend: bool,
) -> None:
    site = done.site
    deliver_small_runs(storage, folder, "compaction", seal=seal, attempts=attempts)
    _remove_replaced(storage, folder, done)
    without = doubled_rows(storage, folder, site) if mend else {}
    months = months_to_write(storage, site, now, done, mended=without.keys() if mend else None)
    if not months:
        return
    _check_that_this_key_may_remove(storage, folder, site)
    run_id = done.run_id = new_run_id(site, now)
    done.months, done.merged = len(months), sum(map(len, months.values()))
    done.doubled = sum(map(len, without.values()))
    work = folder / f"{run_id}{BUILDING}"
    try:
        _build(storage, months, work, site, run_id, without)
        work.rename(folder / run_id)
    except OSError as error:
        raise ArchiveError(f"The spool {folder} cannot be written: {error.strerror}.") from error
    deliver_small_runs(storage, folder, "compaction", seal=seal, attempts=attempts)
    _remove_replaced(storage, folder, done)


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


def _build(
    storage: Storage,
    months: Months,
    work: Path,
    site: str,
    run_id: str,
    without: Mapping[str, AbstractSet[int]],
) -> None:
    from crawler.compact.merge import check_merged, merge  # noqa: PLC0415 - loads pyarrow

    local, successions = FolderStorage(work), []
    for part, (month, entries) in enumerate(sorted(months.items()), 1):
        key = table_key(ARTICLES_FOLDER, site=site, month=month, run_id=run_id, part=part)
        old = [each for each, _ in entries]
        replaced, doubled = merge(storage, old, work / key, site=site, run_id=run_id, without=without)
        for each, (_, promised) in zip(replaced, entries, strict=True):
            if each.sha256 != promised:
                raise ArchiveError(f"{each.key} is not what its manifest promises: run scrapy verify.")
        succession = Succession(key, tuple(replaced), doubled)
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
        "doubled": sum(each.doubled.count for each in successions),
    }
    folder = work / "runs" / run_id
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(record.to_bytes())
    (folder / "stats.json").write_text(json.dumps(stats, indent=1, sort_keys=True) + "\n", encoding="utf-8")


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
