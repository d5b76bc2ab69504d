"""Which rows of a ledger changed since its last copy, and what it knows of its copies.

The connection that writes has temporary triggers, which mark each changed row in the table `changed`. Rows
that come from copies of other machines are not marked: the archive has them.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crawler.ledger.copies import CopyList

# Tables and their keys. Of `files` a copy holds what its originals name.
WATCHED = {
    "pages": "key",
    "originals": "key",
    "requisites": "key",
    "versions": "key",
    "lists": "url",
    "walks": "span",
    "runs": "run_id",
    "lookups": "span",  # a copy holds all lists of a walk, or none
}
_OF_ONE_RUN = frozenset({"seen_run", "turn"})  # columns of pages that mean nothing to another machine


@dataclass(frozen=True, slots=True)
class Copied:
    """What a ledger knows of the series of its copies."""

    log: str
    entries: int  # that it holds
    name: str  # of the last one of them
    whole: bool  # the next copy must hold all rows


def copied(database: sqlite3.Connection) -> Copied | None:
    """Return what the ledger knows of its copies, None where the archive is not known to have one."""
    row = database.execute("SELECT log, entries, name, whole FROM copied").fetchone()
    return Copied(row[0], row[1], row[2], bool(row[3])) if row else None


def watch(database: sqlite3.Connection) -> None:
    """Mark from now on what changes, if the next copy is to hold only that."""
    known = copied(database)
    if known is None or known.whole:
        return
    for table, key in WATCHED.items():
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        of = ", ".join(name for name in columns if name not in _OF_ONE_RUN or table != "pages")
        for event in ("INSERT", f"UPDATE OF {of}"):
            mark = f"INSERT OR REPLACE INTO changed VALUES ('{table}', NEW.{key}, NULL);"  # noqa: S608
            database.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {_trigger(table, event)} "
                f"AFTER {event} ON main.{table} BEGIN {mark} END"
            )


@contextmanager
def unwatched(database: sqlite3.Connection) -> Iterator[None]:
    """Mark nothing in this block. No transaction may be open."""
    for table in WATCHED:
        for event in ("INSERT", "UPDATE"):
            database.execute(f"DROP TRIGGER IF EXISTS temp.{_trigger(table, event)}")
    try:
        yield
    finally:
        watch(database)


def reconcile(database: sqlite3.Connection, listed: CopyList | None) -> int:
    """Compare what the ledger knows of its copies with their list; return how many entries it holds.

    Drops the marks of rows that a listed copy of this machine holds. The caller has a transaction open.
    """
    if listed is None:
        forget_copies(database)
        return 0
    known, arrived = _compared(database, listed)
    database.executemany("DELETE FROM changed WHERE sent = ?", [(name,) for name in arrived])
    database.execute("DELETE FROM sent")
    _note(database, known)
    return known.entries


def held_entries(database: sqlite3.Connection, listed: CopyList) -> int:
    """Return how many entries of a list the ledger holds; changes nothing."""
    return _compared(database, listed)[0].entries


def note_adopted(database: sqlite3.Connection, listed: CopyList) -> None:
    """Note that the ledger holds all entries of a list. The caller has a transaction open."""
    known = copied(database)
    whole = known.whole if known else has_rows(database)
    _note(database, Copied(listed.log, listed.entries, listed.recent[-1], whole))


def note_sent(database: sqlite3.Connection, name: str, *, whole: bool) -> None:
    """Note that a copy with all marked rows was written. The caller has a transaction open."""
    database.execute("INSERT INTO sent VALUES (?, ?)", (name, whole))
    database.execute("UPDATE changed SET sent = ?", (name,))


def forget_copies(database: sqlite3.Connection) -> None:
    """Drop all that the ledger knows of its copies. The caller has a transaction open."""
    for table in ("copied", "changed", "sent"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608


def _compared(database: sqlite3.Connection, listed: CopyList) -> tuple[Copied, Collection[str]]:
    """Return what the ledger knows of the series after a look at its list, and which copies arrived."""
    known = copied(database)
    sent = dict(database.execute("SELECT name, whole FROM sent").fetchall())
    arrived = {name: whole for name, whole in sent.items() if name in listed.recent}
    if known is not None and known.log == listed.log and _is_part(known, listed):
        whole, entries = known.whole, known.entries
    elif known is None and listed.is_of_first_version and _last_run(database) == listed.run_id:
        whole, entries = False, listed.entries
    else:
        whole, entries = has_rows(database), 0
    while listed.name_at(entries + 1) in arrived:
        entries += 1
    name = listed.name_at(entries) or (known.name if known else "")
    return Copied(listed.log, entries, name, whole and not any(arrived.values())), arrived


def _note(database: sqlite3.Connection, known: Copied) -> None:
    database.execute("DELETE FROM copied")
    database.execute(
        "INSERT INTO copied VALUES (?, ?, ?, ?)", (known.log, known.entries, known.name, known.whole)
    )


def _is_part(known: Copied, listed: CopyList) -> bool:
    """Say whether the entry that the ledger knows as its last is in the list's series."""
    if known.entries > listed.entries:
        return False
    return known.entries == 0 or listed.name_at(known.entries) in (None, known.name)


def _last_run(database: sqlite3.Connection) -> str | None:
    row = database.execute("SELECT run_id FROM runs ORDER BY number DESC, run_id DESC LIMIT 1").fetchone()
    return row[0] if row else None


def has_rows(database: sqlite3.Connection) -> bool:
    """Say whether the ledger has a run or a page."""
    return bool(
        database.execute("SELECT EXISTS (SELECT 1 FROM runs) OR EXISTS (SELECT 1 FROM pages)").fetchone()[0]
    )


def _trigger(table: str, event: str) -> str:
    return f"changed_{table}_{event.partition(' ')[0].lower()}"
