"""Compacts one site: new tables first, then the manifest that names them, then the old tables are removed.

Interrupted before its folder in the spool is complete, it leaves nothing; later, the next compaction delivers
it. An old table is removed only if a manifest in the archive names its successor.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

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
from crawler.compact.months import Compacted, Months, doubled_rows, months_to_write
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
    with _alone(folder):
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
    _deliver(storage, folder, seal, attempts)
    _remove_replaced(storage, folder, done)
    without = doubled_rows(storage, folder, site) if mend else {}
    months = months_to_write(storage, site, now, done, mended=without.keys() if mend else None)
    if not months:
        return
    _check_that_this_key_may_remove(storage, folder, site)
    run_id = done.run_id = new_run_id(site, now)
    done.months, done.merged = len(months), sum(map(len, months.values()))
    done.doubled = sum(map(len, without.values()))
    work = folder / f"{run_id}{_BUILDING}"
    try:
        _build(storage, months, work, site, run_id, without)
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
