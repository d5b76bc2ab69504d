"""Images, style sheets and fonts of archived pages in the ledger. Each address is fetched once, ever.

The callers of all functions have a transaction open.
"""

import mimetypes
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from crawler.errors import InvalidUrlError
from crawler.ledger.entries import Needs, Requisite, RequisiteOutcome
from crawler.ledger.schema import digest_bytes, digest_text, key_of, moment_text
from crawler.urls import canonical_url

MAX_ATTEMPTS = 3  # runs in which a requisite fails before it is given up
MAX_URL = 2_000  # characters; longer addresses carry content in themselves or grow without end
_LEAVES = ("image/", "font/")  # types that have no requisites of their own


def enter_needs(database: sqlite3.Connection, needs: Needs) -> None:
    """Enter the requisites of a page or style sheet. Known ones stay unchanged."""
    for url in needs.urls:
        key = _key(url)
        if key is not None and len(url) <= MAX_URL:
            database.execute(
                "INSERT OR IGNORE INTO requisites (key, url, via, hops, state) VALUES (?, ?, ?, ?, 'new')",
                (key, url, needs.via, needs.hops),
            )


def digests_of(database: sqlite3.Connection, urls: Iterable[str]) -> list[str] | None:
    """Return the digests of the pictures at these addresses, None where one of them was not fetched."""
    found = []
    for url in urls:
        key = _key(url)
        row = database.execute("SELECT payload FROM requisites WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] is None:
            return None
        found.append(digest_text(row[0]))
    return sorted(set(found))


def claim_requisites(database: sqlite3.Connection, most: int) -> list[Requisite]:
    """Claim the next requisites, by the hash of their address, which mixes their hosts."""
    rows = database.execute(
        "SELECT key, url, via, hops FROM requisites WHERE state = 'new' ORDER BY key LIMIT ?", (most,)
    ).fetchall()
    database.executemany("UPDATE requisites SET state = 'claimed' WHERE key = ?", [(row[0],) for row in rows])
    return [Requisite(key=key, url=url, via=via, hops=hops) for key, url, via, hops in rows]


def settle_requisite(database: sqlite3.Connection, outcome: RequisiteOutcome) -> None:
    """Enter the outcome of a requisite."""
    if outcome.needs is not None:
        enter_needs(database, outcome.needs)
    database.execute(
        "UPDATE requisites SET attempts = attempts + :failed, reason = :reason, fetched_at = :moment, "
        "payload = coalesce(:payload, payload), "
        "state = CASE WHEN :failed AND attempts + 1 >= :most THEN 'refused' ELSE :state END WHERE key = :key",
        {
            "key": outcome.requisite.key,
            "state": outcome.state,
            "failed": outcome.state == "failed",
            "reason": outcome.reason,
            "moment": moment_text(outcome.fetched_at),
            "payload": digest_bytes(outcome.payload_digest) if outcome.payload_digest else None,
            "most": MAX_ATTEMPTS,
        },
    )


def release_requisites(database: sqlite3.Connection) -> None:
    """Release all claims, and let failed requisites be tried again."""
    database.execute("UPDATE requisites SET state = 'new' WHERE state IN ('claimed', 'failed')")


def adopt_requisites(database: sqlite3.Connection) -> None:
    """Merge the requisites of the attached ledger `other`; those fetched there count as fetched here."""
    database.execute(
        "INSERT INTO requisites SELECT * FROM other.requisites WHERE true ON CONFLICT (key) DO UPDATE "
        "SET state = excluded.state, reason = excluded.reason, fetched_at = excluded.fetched_at, "
        "payload = excluded.payload "
        "WHERE excluded.state IN ('fetched', 'refused') AND requisites.state != 'fetched'"
    )


def note_leftover(database: sqlite3.Connection, url: str, date: datetime) -> None:
    """Mark an address whose response a killed run left on disk as fetched, if it has no requisites itself."""
    if (mimetypes.guess_type(url.partition("?")[0])[0] or "").startswith(_LEAVES):
        database.execute(
            "UPDATE requisites SET state = 'fetched', fetched_at = ? WHERE key = ? AND state != 'fetched'",
            (moment_text(date), _key(url)),
        )


def _key(url: str) -> int | None:
    """Return the key of a URL, None for a malformed one: a journal or an archive may hold such."""
    try:
        return key_of(canonical_url(url))
    except InvalidUrlError:
        return None
