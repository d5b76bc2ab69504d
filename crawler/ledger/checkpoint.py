"""The checkpoint: a copy of the ledger in the archive, written at the end of each run.

A machine fetches it where another machine made the last run. `ledger/<site>.sqlite` is the copy;
`ledger/<site>.json` names its run, so that a machine does not fetch what it has.
"""

import json
import logging
import os
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.ledger.ledger import Ledger
from crawler.storage.base import CHUNK, Storage, digest_file
from crawler.storage.durable import OPEN_MODE, make_folder, open_name, rename, sync_file

logger = logging.getLogger(__name__)

LEDGERS = "ledger"  # the folder of ledgers in the spool and of checkpoints in the archive
_MAX_LEDGER = 50_000_000_000  # bytes: a hundred million addresses
_MAX_DESCRIPTION = 10_000  # bytes of the .json
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF  # mask: the low byte of an extended SQLite error code is the primary code
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The description of the copy in the archive."""

    run_id: str  # the run that wrote it
    sha256: str  # of the copy, 64 lower-case hex digits

    def text(self) -> str:
        return json.dumps({"run_id": self.run_id, "sha256": self.sha256}) + "\n"


def ledger_path(spool: Path, site: str) -> Path:
    """Return the path of a site's ledger on this machine."""
    return spool / LEDGERS / f"{site}.sqlite"


def ledger_key(site: str) -> str:
    """Return the key of a site's checkpoint in the archive."""
    return f"ledger/{site}.sqlite"


def open_ledger(spool: Path, storage: Storage, site: str) -> Ledger:
    """Open the site's ledger on this machine and merge into it what other machines left in the archive.

    Renames a damaged file and starts a new ledger. Raises ArchiveError.
    """
    path = ledger_path(spool, site)
    theirs = read_checkpoint(storage, site)
    try:
        ours = _opened(path)
        if theirs is None or ours.has_run(theirs.run_id):
            return ours
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"The ledger {path} cannot be used: {error}.") from error
    logger.info("%s: the archive has a later ledger (of run %s); it is fetched.", site, theirs.run_id)
    fetched = path.with_name(f"{path.name}.fetched")
    try:
        _fetch(storage, site, theirs, fetched)
        ours.adopt(fetched)
    except (sqlite3.Error, OSError) as error:
        ours.close()
        raise ArchiveError(
            f"The archive's copy of the ledger, {ledger_key(site)}, cannot be used: {error}. "
            "If it is damaged, move it and its .json away: the next run writes a new one."
        ) from error
    except ArchiveError:
        ours.close()
        raise
    finally:
        fetched.unlink(missing_ok=True)
    return ours


def write_checkpoint(ledger: Ledger, folder: Path, site: str) -> None:
    """Write a checkpoint into the folder of a run in the spool. Raises OSError, sqlite3.Error."""
    path = folder / ledger_key(site)
    make_folder(path.parent)
    unfinished = open_name(path)
    unfinished.unlink(missing_ok=True)
    ledger.copy_to(unfinished)
    sync_file(unfinished)
    checkpoint = Checkpoint(run_id=ledger.last_run, sha256=digest_file(unfinished)[1])
    path.with_suffix(".json").write_text(checkpoint.text(), encoding="ascii")
    rename(unfinished, path)


def read_checkpoint(storage: Storage, site: str) -> Checkpoint | None:
    """Read the description of the copy in the archive, None where there is no copy. Raises ArchiveError."""
    if not {f"{site}.json", f"{site}.sqlite"} <= set(storage.list_names("ledger/")):
        return None
    with storage.open(f"ledger/{site}.json") as stream:
        text = stream.read(_MAX_DESCRIPTION)
    try:
        values = json.loads(text)
        checkpoint = Checkpoint(run_id=str(values["run_id"]), sha256=str(values["sha256"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"ledger/{site}.json in the archive is damaged; move it away.") from error
    if not _SHA256.fullmatch(checkpoint.sha256):
        raise ArchiveError(f"ledger/{site}.json in the archive is damaged; move it away.")
    return checkpoint


def _opened(path: Path) -> Ledger:
    try:
        return Ledger(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY not in _DAMAGED:  # a full disk does not mean a damaged file
            raise
        aside = path.with_name(f"{path.name}.damaged-{path.stat().st_mtime_ns}")
        logger.warning("The ledger %s is damaged (%s); it is renamed to %s.", path, error, aside.name)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Ledger(path)


def _fetch(storage: Storage, site: str, checkpoint: Checkpoint, path: Path) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPEN_MODE)
    with storage.open(ledger_key(site)) as stream, os.fdopen(descriptor, "wb") as file:
        while piece := stream.read(CHUNK):
            file.write(piece)
            if file.tell() > _MAX_LEDGER:
                raise ArchiveError(f"{ledger_key(site)} in the archive is larger than any ledger.")
    if digest_file(path)[1] != checkpoint.sha256:
        logger.warning(
            "%s: the digest of the archive's ledger is not the described one; it is read anyway.", site
        )
