"""The ledger's copy in the archive: written at the end of each run, fetched where another machine was last.

`ledger/<site>.sqlite` is the copy, `ledger/<site>.json` says whose it is, so that nobody fetches a copy of
what he has.
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

LEDGERS = "ledger"  # their folder in the spool and in the archive
_MOST_BYTES = 50_000_000_000  # of a ledger: a hundred million addresses
_MOST_TOLD = 10_000  # bytes of the description
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF  # the part of SQLite's error codes that tells the kind
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """What the archive says of the copy it holds."""

    run_id: str  # the run that left it
    sha256: str  # 64 lower-case hex digits, over the copy

    def text(self) -> str:
        return json.dumps({"run_id": self.run_id, "sha256": self.sha256}) + "\n"


def ledger_path(spool: Path, site: str) -> Path:
    """Where a site's ledger lives on this machine."""
    return spool / LEDGERS / f"{site}.sqlite"


def ledger_key(site: str) -> str:
    return f"ledger/{site}.sqlite"


def open_ledger(spool: Path, storage: Storage, site: str) -> Ledger:
    """The site's ledger on this machine, brought up to what other machines left in the archive.

    A file that is no ledger any more is put aside. Raises ArchiveError.
    """
    path = ledger_path(spool, site)
    theirs = read_checkpoint(storage, site)
    try:
        ours = _opened(path)
        if theirs is None or ours.has_run(theirs.run_id):
            return ours
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"The ledger {path} cannot be used: {error}.") from error
    logger.info("%s: the archive's ledger is younger (run %s); it is fetched.", site, theirs.run_id)
    fetched = path.with_name(f"{path.name}.fetched")
    try:
        _fetch(storage, site, theirs, fetched)
        ours.adopt(fetched)
    except (sqlite3.Error, OSError) as error:
        ours.close()
        raise ArchiveError(
            f"The archive's copy of the ledger, {ledger_key(site)}, cannot be used: {error}. "
            "Where it is damaged, move it and its .json away: the next run leaves a new one."
        ) from error
    except ArchiveError:
        ours.close()
        raise
    finally:
        fetched.unlink(missing_ok=True)
    return ours


def write_checkpoint(ledger: Ledger, folder: Path, site: str) -> None:
    """Put a copy of the ledger into a run's folder in the spool. Raises OSError, sqlite3.Error."""
    path = folder / ledger_key(site)
    make_folder(path.parent)
    unfinished = open_name(path)
    unfinished.unlink(missing_ok=True)
    ledger.copy_to(unfinished)
    sync_file(unfinished)
    told = Checkpoint(run_id=ledger.last_run, sha256=digest_file(unfinished)[1])
    path.with_suffix(".json").write_text(told.text(), encoding="ascii")
    rename(unfinished, path)


def read_checkpoint(storage: Storage, site: str) -> Checkpoint | None:
    """What the archive says of its copy; None where it holds none. Raises ArchiveError."""
    if not {f"{site}.json", f"{site}.sqlite"} <= set(storage.list_names("ledger/")):
        return None
    with storage.open(f"ledger/{site}.json") as stream:
        text = stream.read(_MOST_TOLD)
    try:
        told = json.loads(text)
        checkpoint = Checkpoint(run_id=str(told["run_id"]), sha256=str(told["sha256"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"ledger/{site}.json in the archive is damaged; move it away.") from error
    if not _SHA256.fullmatch(checkpoint.sha256):
        raise ArchiveError(f"ledger/{site}.json in the archive is damaged; move it away.")
    return checkpoint


def _opened(path: Path) -> Ledger:
    try:
        return Ledger(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY not in _DAMAGED:  # a full disk says nothing about the file
            raise
        aside = path.with_name(f"{path.name}.damaged-{path.stat().st_mtime_ns}")
        logger.warning("The ledger %s is damaged (%s); it is put aside as %s.", path, error, aside.name)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Ledger(path)


def _fetch(storage: Storage, site: str, told: Checkpoint, path: Path) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPEN_MODE)
    with storage.open(ledger_key(site)) as stream, os.fdopen(descriptor, "wb") as file:
        while piece := stream.read(CHUNK):
            file.write(piece)
            if file.tell() > _MOST_BYTES:
                raise ArchiveError(f"{ledger_key(site)} in the archive is larger than any ledger.")
    if digest_file(path)[1] != told.sha256:
        logger.warning(
            "%s: the archive's ledger is not the one that is described; it is read as it is.", site
        )
