"""The progress of a walk through the lists of a site."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from crawler.discovery.source import Window
from crawler.ledger.schema import IN_WINDOW, bounds, text_moment

_WAITING_LISTS = "FROM lookups WHERE span = ? AND state != 'done'"
_WAITING_PAGES = f"FROM pages WHERE state IN ('new', 'claimed') AND {IN_WINDOW}"

_ALL_WAITING = (
    "SELECT (SELECT count(*) FROM pages WHERE state = 'new') "
    "+ (SELECT count(*) FROM pages WHERE state = 'fetched' AND asked_since IS NOT NULL)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What is left to do for one span of publication.

    `back_to`: everything with a known publication after this moment is fetched. None where nothing is left,
    or where a list is left that may name articles of any age.
    """

    lists_left: int
    pages_left: int
    back_to: datetime | None  # aware
    waiting: int = 0  # pages of any span that a run is to ask for, now or later

    @property
    def complete(self) -> bool:
        return not self.lists_left and not self.pages_left


def progress(database: sqlite3.Connection, window: Window, span: str) -> Progress:
    """Return the progress of the walk through `span`, the walk's name of the window."""
    lists, undated = database.execute(
        f"SELECT count(*), count(*) - count(newest) {_WAITING_LISTS}",
        (span,),
    ).fetchone()
    [pages] = database.execute(f"SELECT count(*) {_WAITING_PAGES}", bounds(window)).fetchone()
    youngest = [
        database.execute(
            f"SELECT newest {_WAITING_LISTS} ORDER BY julianday(newest) DESC LIMIT 1",
            (span,),
        ).fetchone(),
        database.execute(
            f"SELECT published {_WAITING_PAGES} AND published IS NOT NULL "
            "ORDER BY julianday(published) DESC LIMIT 1",
            bounds(window),
        ).fetchone(),
    ]
    moments = [moment for row in youngest if row and (moment := text_moment(row[0]))]
    [waiting] = database.execute(_ALL_WAITING).fetchone()
    return Progress(
        lists_left=lists,
        pages_left=pages,
        back_to=None if undated else max(moments, default=None),
        waiting=waiting,
    )
