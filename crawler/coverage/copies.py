"""Open a site's ledger for reading: the archive's copy, or this machine's ledger where it is younger."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import ledger_key, ledger_path, read_checkpoint
from crawler.ledger.desk import ledger_failed
from crawler.ledger.schema import open_database
from crawler.storage.base import CHUNK, Storage
from crawler.storage.durable import OPEN_MODE

_ENDING = ".sqlite"


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A ledger opened for reading, and where it lies."""

    database: sqlite3.Connection
    place: Literal["archive", "spool"]
    last_run: str  # id of the youngest run in it; empty: none


def sites_with_ledgers(spool: Path, storage: Storage) -> list[str]:
    """Return the names of the sites with a ledger in the archive or on this machine. Raises ArchiveError."""
    archived = {
        name.removesuffix(_ENDING) for name in storage.list_names("ledger/") if name.endswith(_ENDING)
    }
    living = {path.stem for path in (spool / "ledger").glob(f"*{_ENDING}")}
    return sorted(archived | living)


@contextmanager
def open_copy(spool: Path, storage: Storage, site: str) -> Iterator[Copy]:
    """Open a read-only copy of the younger of a site's two ledgers.

    Raises ArchiveError where the site has no ledger or it cannot be read.
    """
    checkpoint = read_checkpoint(storage, site)
    living = ledger_path(spool, site)
    with TemporaryDirectory(prefix="warraq-coverage-") as folder:
        path, own = Path(folder) / "ledger.sqlite", living.exists()
        try:
            if own:
                _snapshot(living, path)
                own = checkpoint is None or _has_run(path, checkpoint.run_id)
            if not own:
                _fetch(storage, site, path)
            database = open_database(path)
        except (sqlite3.Error, OSError) as error:
            raise ledger_failed(living if own else Path(ledger_key(site)), error) from error
        try:
            last = database.execute("SELECT run_id FROM runs ORDER BY number DESC, run_id DESC").fetchone()
            yield Copy(
                database=database, place="spool" if own else "archive", last_run=last[0] if last else ""
            )
        except sqlite3.Error as error:
            raise ledger_failed(living if own else Path(ledger_key(site)), error) from error
        finally:
            database.close()


def _snapshot(living: Path, path: Path) -> None:
    """Copy what is committed; a run that is writing into the ledger does not wait for it."""
    source = sqlite3.connect(living)
    try:
        source.execute("VACUUM INTO ?", (str(path),))
    finally:
        source.close()


def _has_run(path: Path, run_id: str) -> bool:
    database = open_database(path)
    try:
        return database.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone() is not None
    finally:
        database.close()


def _fetch(storage: Storage, site: str, path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
    if f"{site}{_ENDING}" not in storage.list_names("ledger/"):
        raise ArchiveError(
            f"The archive {storage.address} holds no ledger of {site}: it was not crawled yet."
        )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPEN_MODE)
    with storage.open(ledger_key(site)) as stream, os.fdopen(descriptor, "wb") as file:
        while piece := stream.read(CHUNK):
            file.write(piece)
