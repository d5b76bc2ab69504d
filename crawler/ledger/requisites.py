"""Pictures, style sheets and fonts of archived pages in the ledger: each address is fetched once, ever.

All functions work inside a transaction of their caller's.
"""

import mimetypes
import sqlite3
from datetime import datetime

from crawler.errors import InvalidUrlError
from crawler.ledger.columns import moment_text
from crawler.ledger.entries import Needs, Requisite, RequisiteOutcome
from crawler.ledger.schema import key_of
from crawler.urls import canonical_url

MOST_ATTEMPTS = 3  # runs that a requisite may fail in before it is given up
LONGEST = 2_000  # characters; longer ones carry their content in the address, or have no end
_LEAVES = ("image/", "font/")  # they need nothing themselves


def enter_needs(database: sqlite3.Connection, needs: Needs) -> None:
    """Enter what a page or style sheet needs; what is known already stays as it is."""
    for url in needs.urls:
        key = _key(url)
        if key is not None and len(url) <= LONGEST:
            database.execute(
                "INSERT OR IGNORE INTO requisites (key, url, via, hops, state) VALUES (?, ?, ?, ?, 'new')",
                (key, url, needs.via, needs.hops),
            )


def claim_requisites(database: sqlite3.Connection, most: int) -> list[Requisite]:
    """The next ones to fetch: by the hash of their address, which spreads them over their hosts."""
    rows = database.execute(
        "SELECT key, url, via, hops FROM requisites WHERE state = 'new' ORDER BY key LIMIT ?", (most,)
    ).fetchall()
    database.executemany("UPDATE requisites SET state = 'claimed' WHERE key = ?", [(row[0],) for row in rows])
    return [Requisite(key=key, url=url, via=via, hops=hops) for key, url, via, hops in rows]


def settle_requisite(database: sqlite3.Connection, outcome: RequisiteOutcome) -> None:
    """Enter what became of one."""
    if outcome.needs is not None:
        enter_needs(database, outcome.needs)
    database.execute(
        "UPDATE requisites SET attempts = attempts + :failed, reason = :reason, fetched_at = :moment, "
        "state = CASE WHEN :failed AND attempts + 1 >= :most THEN 'refused' ELSE :state END WHERE key = :key",
        {
            "key": outcome.requisite.key,
            "state": outcome.state,
            "failed": outcome.state == "failed",
            "reason": outcome.reason,
            "moment": moment_text(outcome.fetched_at),
            "most": MOST_ATTEMPTS,
        },
    )


def release_requisites(database: sqlite3.Connection) -> None:
    """What is claimed is nobody's any more, and what failed may be tried again."""
    database.execute("UPDATE requisites SET state = 'new' WHERE state IN ('claimed', 'failed')")


def adopt_requisites(database: sqlite3.Connection) -> None:
    """Take over what the attached ledger `other` knows; what was done there is done."""
    database.execute(
        "INSERT INTO requisites SELECT * FROM other.requisites WHERE true ON CONFLICT (key) DO UPDATE "
        "SET state = excluded.state, reason = excluded.reason, fetched_at = excluded.fetched_at "
        "WHERE excluded.state IN ('fetched', 'refused') AND requisites.state != 'fetched'"
    )


def note_leftover(database: sqlite3.Connection, url: str, date: datetime) -> None:
    """A killed run has a whole answer of this address on disk: what needs nothing more is done."""
    if (mimetypes.guess_type(url.partition("?")[0])[0] or "").startswith(_LEAVES):
        database.execute(
            "UPDATE requisites SET state = 'fetched', fetched_at = ? WHERE key = ? AND state != 'fetched'",
            (moment_text(date), _key(url)),
        )


def _key(url: str) -> int | None:
    """None for what is no address: a journal or an archive may hold what we would not fetch."""
    try:
        return key_of(canonical_url(url))
    except InvalidUrlError:
        return None
