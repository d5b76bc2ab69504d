"""All of it or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commits at the end of the block; what raises in it leaves the database as it was."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


@contextmanager
def durable_transaction(database: sqlite3.Connection) -> Iterator[None]:
    """The same, and on the disk when the block has ended: a power cut does not take it back."""
    database.execute("PRAGMA synchronous = FULL")
    try:
        with transaction(database):
            yield
    finally:
        database.execute("PRAGMA synchronous = NORMAL")
