"""Moments that lie ahead of this run: an earlier run had a clock that was wrong, or this one has.

Nothing may be left out because of a moment that has not come yet: a list would count as read to its end, a
page as looked at, until then.
"""

import sqlite3
from datetime import datetime

from crawler.archive.names import RunId
from crawler.ledger.schema import moment_text


def newest_began(database: sqlite3.Connection) -> datetime | None:
    """Return when the newest run that the ledger knows began, by its own clock; None where there is none."""
    [text] = database.execute("SELECT max(run_id) FROM runs").fetchone()
    run = RunId.parse(text) if text else None
    try:
        return run.began if run is not None else None
    except ValueError:  # digits that are no moment
        return None


def distrust_future(database: sqlite3.Connection, now: datetime) -> None:
    """Take back what rests on moments after `now`. The caller has a transaction open.

    Lists and walks are read again. Pages count as fetched now, so that a later look of any machine counts as
    later; the wait until the next look stays as long as it was.
    """
    moment = {"now": moment_text(now), "seconds": now.timestamp()}
    database.execute("DELETE FROM lists WHERE fetched_at > :now", moment)
    database.execute("DELETE FROM walks WHERE completed > :now OR ended > :now", moment)
    database.execute(
        "DELETE FROM lookups WHERE span IN (SELECT span FROM walking WHERE began > :now)", moment
    )
    database.execute("DELETE FROM walking WHERE began > :now", moment)
    database.execute("UPDATE requisites SET fetched_at = :now WHERE fetched_at > :now", moment)
    database.execute(
        "UPDATE pages SET look_at = :seconds + max(0, look_at - unixepoch(fetched_at)), fetched_at = :now "
        "WHERE fetched_at > :now",
        moment,
    )
    for column in ("found_at", "gone_at", "asked_since"):
        database.execute(f"UPDATE pages SET {column} = :now WHERE {column} > :now", moment)  # noqa: S608
