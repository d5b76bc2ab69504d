"""The files of copies: all rows of a ledger, the rows that changed, or several copies merged into one.

Each is a ledger in one SQLite file, which needs no other file beside it.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from crawler.ledger.adoption import adopt
from crawler.ledger.changes import WATCHED, forget_copies
from crawler.ledger.schema import open_database, transaction

_PAGE_SIZE = 1_024  # bytes, of small files with few rows in each of their many tables


def all_rows_to(database: sqlite3.Connection, path: Path) -> None:
    """Write all rows into a new file. Raises sqlite3.Error."""
    database.execute("VACUUM INTO ?", (str(path),))


def changes_to(database: sqlite3.Connection, path: Path) -> None:
    """Write the marked rows into a new file, with all walks that go on. Raises sqlite3.Error, OSError."""
    _make(path)
    database.execute("ATTACH ? AS copy", (str(path),))
    try:
        with transaction(database):
            for table, key in WATCHED.items():
                database.execute(
                    f"INSERT INTO copy.{table} SELECT * FROM main.{table} WHERE {key} IN "  # noqa: S608
                    "(SELECT key FROM changed WHERE kind = ?)",
                    (table,),
                )
            database.execute("INSERT INTO copy.walking SELECT * FROM main.walking")
            database.execute(
                "INSERT INTO copy.files SELECT * FROM main.files "
                "WHERE id IN (SELECT file FROM copy.originals)"
            )
    finally:
        database.execute("DETACH copy")
    _close(path)


def merged_to(paths: Sequence[Path], path: Path) -> None:
    """Write the rows of copies, in order, into a new file. Raises ArchiveError, sqlite3.Error, OSError."""
    _make(path)
    with closing(open_database(path)) as merged:
        for each in paths:
            adopt(merged, each)
    _close(path)


def make_own(path: Path) -> None:
    """Turn a fetched copy of all rows into this machine's ledger. Raises sqlite3.Error, OSError."""
    with closing(open_database(path)) as database, transaction(database):
        forget_copies(database)
    _close(path)


def _make(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
        database.execute("PRAGMA user_version = 0")  # writes the first page
    open_database(path).close()


def _close(path: Path) -> None:
    """Leave one file that needs no log beside it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE").fetchone()
