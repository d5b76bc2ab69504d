"""Queue the pages that a run fetches: those that earlier runs left, and those that are to be asked again."""

import sqlite3
from datetime import datetime

from crawler.discovery.source import Window
from crawler.ledger.schema import TO_FETCH, bounds


def queue_pages(database: sqlite3.Connection, window: Window, now: datetime) -> None:
    """Queue the waiting pages of a run's window, and take those out of the queue that lie outside of it.

    The caller has a transaction open.
    """
    settle_redirects(database)
    values = bounds(window, now=now.timestamp())
    database.execute(
        "UPDATE pages SET state = 'new', turn = 0 "  # noqa: S608 - words of this package
        "WHERE state = 'fetched' AND asked_since IS NOT NULL "
        f"AND look_at <= :now AND {TO_FETCH}",
        values,
    )
    database.execute(
        "UPDATE pages SET turn = 0 WHERE state = 'new' AND turn IS NULL "  # noqa: S608
        f"AND (look_at IS NULL OR look_at <= :now) AND {TO_FETCH}",
        values,
    )
    if window.since or window.until:
        database.execute(
            f"UPDATE pages SET turn = NULL WHERE state = 'new' AND turn IS NOT NULL AND NOT {TO_FETCH}",  # noqa: S608
            values,
        )


def settle_redirects(database: sqlite3.Connection) -> None:
    """Settle the pages that were redirected to another page of the ledger, once that one is settled.

    A list, or a page about the site itself, is no place of an article: such a redirect may pass.
    """
    database.execute(
        "UPDATE pages SET asked_since = NULL, look_at = NULL, landed = NULL "
        "WHERE state = 'fetched' AND asked_since IS NOT NULL AND landed IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM pages AS target WHERE target.key = pages.landed "
        "AND (target.text IS NOT NULL OR target.state = 'fetched' AND target.asked_since IS NULL "
        "AND target.reason NOT IN ('list', 'search', 'static', 'given-up')))"
    )
