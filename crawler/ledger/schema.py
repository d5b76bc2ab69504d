"""The SQLite file of a ledger: its migration, transactions, and the forms of column values.

A row of `pages` takes about 400 bytes, so a ledger of a million addresses is a file of some hundred
megabytes, of which SQLite holds a few in memory. Addresses and digests are found by the first 63 bits of a
hash. The odds that two of a million have the same bits are one in ten million.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crawler.discovery.source import Window
from crawler.errors import ArchiveError
from crawler.ledger.steps import STEPS

CACHE_KIB = 4_000  # of SQLite's cache for a writer; the operating system caches the file as well
READER_CACHE_KIB = 1_000
BUSY_SECONDS = 60.0  # wait for the lock: another process may be recovering the same ledger

# Lists give some publications as a day; its text has no seconds: 2026-03-04T00:00+00:00.
_DAY_LENGTH = len("2026-03-04T00:00+00:00")
_IS_DAY = f"(length(published) = {_DAY_LENGTH})"
# The condition that a page lies in a window. A page whose publication is unknown lies in every window. A day
# lasts from 14 hours before its midnight in Greenwich to 12 hours after the next one, wherever it is meant.
IN_WINDOW = (
    f"(published IS NULL OR ((:since IS NULL OR julianday(published) + {_IS_DAY} * 1.5 >= julianday(:since)) "
    f"AND (:until IS NULL OR julianday(published) - {_IS_DAY} * 14 / 24.0 < julianday(:until))))"
)
# The same for a run whose window ends now, as that of a schedule with `since`: a page that an earlier run
# asked for in vain was in its window, and is not lost because the window has moved on.
TO_FETCH = f"((asked_since IS NOT NULL AND :until IS NULL) OR {IN_WINDOW})"


def open_database(path: Path, steps: Sequence[str] = STEPS) -> sqlite3.Connection:
    """Open the ledger in this file, create it where it is missing, and migrate it to this version.

    Threads may share the connection if only one uses it at a time. Raises ArchiveError, sqlite3.Error,
    OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = _connect(path)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        _migrate(database, path, steps)
    except BaseException:
        database.close()
        raise
    return database


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a second connection, for reading only. It sees what the writer has committed."""
    database = _connect(path)
    database.execute("PRAGMA query_only = ON")
    database.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    return database


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA trusted_schema = OFF")  # a copy from the archive is foreign input
    return database


def _migrate(database: sqlite3.Connection, path: Path, steps: Sequence[str]) -> None:
    version = _version(database)
    if version > len(steps):
        raise ArchiveError(
            f"The ledger {path} was written by a newer Warraq (its version is {version}, "
            f"this one knows {len(steps)}): use that Warraq or a newer one."
        )
    if version < len(steps):
        with transaction(database):
            for number in range(_version(database), len(steps)):  # another process may have migrated it
                for statement in _statements(steps[number]):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {number + 1}")


def _version(database: sqlite3.Connection) -> int:
    [version] = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements: Python's executescript would commit the transaction first."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def key_of(text: str) -> int:
    """Return the key of an address: 63 bits of its hash."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def digest_key(digest: bytes) -> int:
    """Return the key of a SHA-256 digest: its first 63 bits."""
    return int.from_bytes(digest[:8]) >> 1


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end of the block; an exception in the block leaves the database unchanged."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


@contextmanager
def durable_transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end of the block and force the commit to the disk, so that it survives a power cut."""
    database.execute("PRAGMA synchronous = FULL")
    try:
        with transaction(database):
            yield
    finally:
        database.execute("PRAGMA synchronous = NORMAL")


def bounds(window: Window, **more: Any) -> dict[str, Any]:
    """Return the parameters of IN_WINDOW, and further ones."""
    return {"since": moment_text(window.since), "until": moment_text(window.until), **more}


def moment_text(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339."""
    return moment.isoformat() if moment is not None else None


def text_moment(text: str | None) -> datetime | None:
    """Parse RFC 3339."""
    return datetime.fromisoformat(text) if text else None


def published_text(published: datetime | date | None) -> str | None:
    """Return the text of a publication, which `text_moment` reads as an aware moment also if it is a day."""
    if published is None or isinstance(published, datetime):
        return moment_text(published)
    return f"{published.isoformat()}T00:00+00:00"


def text_published(text: str | None) -> datetime | date | None:
    """Return the publication of a text, a day where it was given as one."""
    moment = text_moment(text)
    return moment.date() if moment and text and len(text) == _DAY_LENGTH else moment


def digest_bytes(digest: str) -> bytes:
    """Return the 32 bytes of `sha256:<hex>`."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


def digest_text(digest: bytes) -> str:
    """Return `sha256:<hex>` of 32 bytes."""
    return f"sha256:{digest.hex()}"
