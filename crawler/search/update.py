"""Brings an index up to date: reads the tables that are new, and forgets those that are no longer there.

A compaction needs no rule of its own: the rows of the new table are known already, so they get their new
place, and nothing is left of the old tables when they are forgotten.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile, gettempdir
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from crawler.archive.names import ARTICLES_FOLDER
from crawler.errors import ArchiveError
from crawler.search.engine import DamagedError
from crawler.search.intake import COLUMNS, Intake
from crawler.search.results import Progress, Step, Update
from crawler.search.runs import read_runs
from crawler.storage import Entry, Storage, UnavailableError
from crawler.storage.base import CHUNK
from crawler.tables.reader import open_table, open_table_stream, tables

if TYPE_CHECKING:
    import tantivy

_IN_MEMORY = 64 << 20  # bytes of a table that are read without a temporary file
_ROUNDS = 3  # the archive may change while it is read: it is listed again
_ROWS_BETWEEN_STEPS = 500


def bring_up_to_date(
    storage: Storage, database: sqlite3.Connection, files: "tantivy.Index", progress: Progress | None = None
) -> Update:
    """Read what is new in the archive. Raises ArchiveError where it cannot be listed, sqlite3.Error."""
    done = Update()
    intake = Intake(database, files)
    try:
        for _ in range(_ROUNDS):
            if not _round(storage, database, intake, done, progress):
                break
        read_runs(storage, database, done.problems)
        database.execute("INSERT OR REPLACE INTO updates VALUES (1)")
        intake.commit()
    finally:
        intake.close(merge=True)
    done.articles, done.removed = intake.articles, intake.removed
    faults = database.execute("SELECT fault FROM tables WHERE fault IS NOT NULL ORDER BY key")
    done.problems += [fault for [fault] in faults if fault not in done.problems]
    return done


def _round(
    storage: Storage, database: sqlite3.Connection, intake: Intake, done: Update, progress: Progress | None
) -> bool:
    """Read the new tables of one listing; return whether the archive may have changed meanwhile."""
    listed = {entry.key: entry for entry in tables(storage, ARTICLES_FOLDER)}
    known = {
        key: (number, size, bool(searched))
        for number, key, size, searched in database.execute("SELECT number, key, size, searched FROM tables")
    }
    new = [entry for entry in listed.values() if known.get(entry.key, ())[1:] != (entry.size, True)]
    total, read, missing = sum(entry.size for entry in new), 0, False
    for entry in sorted(new, key=lambda entry: entry.key.rpartition("/")[2]):
        if progress:
            progress(Step(read, total, intake.articles))
        missing |= not _read(storage, entry, intake, done, progress, Step(read, total, 0))
        read += entry.size
    present = {
        number
        for number, key, size in database.execute("SELECT number, key, size FROM tables")
        if key in listed and listed[key].size == size
    }
    old = [row[0] for row in database.execute("SELECT number FROM tables") if row[0] not in present]
    if not missing:  # else rows of these tables may be in a table that is not read yet
        _forget(storage, database, intake, old, done)
    intake.commit()
    if progress and new:
        progress(Step(total, total, intake.articles))
    return missing


def _read(
    storage: Storage, entry: Entry, intake: Intake, done: Update, progress: Progress | None, begun: Step
) -> bool:
    """Take in one table; return False where it was removed meanwhile."""
    number = intake.begin(entry)
    try:
        with _opened(storage, entry) as rows:
            for position, row in enumerate(rows):
                intake.add(row, number, position)
                intake.commit_if_large()
                if progress and position % _ROWS_BETWEEN_STEPS == 0:
                    progress(Step(begun.done, begun.total, intake.articles))
    except DamagedError:
        raise
    except UnavailableError as error:
        done.problems.append(str(error))  # it is read again in the next update
        return True
    except ArchiveError as error:
        if entry not in storage.list(entry.key):
            return False
        intake.finish(number, str(error))
        return True
    intake.finish(number)
    done.tables += 1
    return True


@contextmanager
def _opened(storage: Storage, entry: Entry) -> Iterator[Iterator[dict[str, Any]]]:
    """Give the rows of a table, which is fetched with one request."""
    with SpooledTemporaryFile(_IN_MEMORY, prefix="warraq-search-") as copy:
        with storage.open(entry.key) as stream:
            while chunk := stream.read(CHUNK):
                _write(copy, chunk)
        copy.seek(0)
        with open_table_stream(cast("BinaryIO", copy), f"{entry.key} in {storage.address}") as table:
            yield table.rows(COLUMNS)


def _write(copy: IO[bytes], chunk: bytes) -> None:
    try:
        copy.write(chunk)
    except OSError as error:
        raise UnavailableError(f"A table cannot be copied to {gettempdir()}: {error.strerror}.") from error


def _forget(
    storage: Storage, database: sqlite3.Connection, intake: Intake, old: list[int], done: Update
) -> None:
    for number in old:
        for place in intake.forget(number):
            found = database.execute(
                "SELECT key, size, position FROM articles JOIN tables ON number = source WHERE row = ?",
                (place,),
            ).fetchone()
            if found is None:
                continue
            key, size, position = found
            try:
                with open_table(storage, Entry(key, size)) as table:
                    row = table.row(position)
            except DamagedError:
                raise
            except ArchiveError as error:
                done.problems.append(str(error))
                continue
            intake.index_again(place, row)
