"""Merge the ledger of another machine, or what a killed run left on disk, into this ledger."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive.originals import Original
from crawler.errors import ArchiveError, Reason
from crawler.items import Candidate
from crawler.ledger.changes import unwatched
from crawler.ledger.entries import Claim, Needs, Outcome, Recheck, StoredArticle
from crawler.ledger.originals import keep_originals
from crawler.ledger.requisites import adopt_requisites, note_leftover
from crawler.ledger.schema import durable_transaction, key_of, open_database
from crawler.ledger.settlement import Settlement
from crawler.ledger.versions import (
    adopt_versions,
    enter_version,
    has_text_elsewhere,
    is_stored_by_another,
    writer_of,
)
from crawler.tables.versions import Facets, row_of
from crawler.urls import ascii_url, canonical_url

_PAGES = (
    "key, canonical, url, via, title, published, modified, found_at, state, reason, attempts, etag, "
    "last_modified, payload, text, text_key, article, fetched_at, vain, look_at, gone_at, asked_since, "
    "landed, version, facets"
)


def adopt(database: sqlite3.Connection, path: Path) -> None:
    """Merge every page, original and list of another ledger of the same site, or of a copy of changes.

    Of a page in both, the row that was fetched later counts, and of equal ones the other. A walk in it takes
    the place of the same walk here. Raises ArchiveError, sqlite3.Error, OSError.
    """
    check_tables(database, path)
    database.execute("ATTACH ? AS other", (str(path),))
    try:
        with unwatched(database), durable_transaction(database):
            database.execute("INSERT OR IGNORE INTO files (name) SELECT name FROM other.files")
            database.execute(
                "INSERT OR IGNORE INTO originals SELECT key, digest, url, date, mine.id, offset, length, "
                "record_id FROM other.originals JOIN other.files AS theirs ON theirs.id = file "
                "JOIN files AS mine ON mine.name = theirs.name"
            )
            _adopt_pages(database)
            adopt_requisites(database)
            adopt_versions(database)
            database.execute("INSERT OR REPLACE INTO lists SELECT * FROM other.lists")
            database.execute("INSERT OR IGNORE INTO runs SELECT * FROM other.runs")
            _adopt_walks(database)
    finally:
        database.execute("DETACH other")


def _adopt_pages(database: sqlite3.Connection) -> None:
    database.execute(
        f"INSERT INTO pages ({_PAGES}, seen_run, turn) SELECT {_PAGES}, 0, 0 FROM other.pages "  # noqa: S608
        "WHERE true ON CONFLICT (key) DO NOTHING"
    )
    names = [name.strip() for name in _PAGES.split(",")][1:]
    changes = ", ".join(f"{name} = theirs.{name}" for name in names)
    mine, other = (", ".join(f"{table}.{name}" for name in names) for table in ("pages", "theirs"))
    moment = "max(coalesce({0}.fetched_at, ''), coalesce({0}.gone_at, ''))"
    database.execute(
        f"UPDATE pages SET {changes}, turn = NULL FROM other.pages AS theirs "  # noqa: S608
        f"WHERE theirs.key = pages.key AND {moment.format('pages')} <= {moment.format('theirs')} "
        f"AND ({mine}) IS NOT ({other})"
    )
    database.execute("UPDATE pages SET state = 'new' WHERE state = 'claimed' AND text IS NULL")
    database.execute("UPDATE pages SET state = 'archived' WHERE state = 'claimed'")


def _adopt_walks(database: sqlite3.Connection) -> None:
    """Take over the walks of the other ledger, and end those here that a later one there has completed."""
    database.execute("DELETE FROM lookups WHERE span IN (SELECT span FROM other.lookups)")
    database.execute("INSERT INTO lookups SELECT * FROM other.lookups")
    database.execute("INSERT OR IGNORE INTO walking SELECT span, 0, began FROM other.walking")
    database.execute(
        "INSERT INTO walks SELECT * FROM other.walks WHERE true ON CONFLICT (span) DO UPDATE "
        "SET completed = max(completed, excluded.completed), ended = max(ended, excluded.ended)"
    )
    database.execute(
        "DELETE FROM walking WHERE span IN (SELECT span FROM walks WHERE completed >= walking.began) "
        "AND span NOT IN (SELECT span FROM other.walking)"
    )
    database.execute("DELETE FROM lookups WHERE span NOT IN (SELECT span FROM walking)")


def check_tables(database: sqlite3.Connection, path: Path) -> None:
    """Migrate the other ledger to this version and refuse a file with other tables.

    A hostile file could have a view in place of a table, whose query never ends.
    """
    other = open_database(path)
    try:
        theirs, ours = (
            each.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
            for each in (other, database)
        )
    finally:
        other.close()
    if theirs != ours:
        raise ArchiveError(
            "The ledger's copy in the archive has other tables than a ledger. Unless you know the reason, "
            "move it away."
        )


def enter_leftovers(
    database: sqlite3.Connection,
    run_id: str,
    articles: Iterable[dict[str, Any]],
    originals: Iterable[Original],
    recheck: Recheck,
) -> list[int]:
    """Enter what a run left on disk only: the articles that its archive does not have yet, and its records.

    Returns the places, from 0, of the articles that another run stores, or whose text it stores from another
    page: while this one was stopped or could not deliver, another machine crawled.
    """
    settlement, writer = Settlement(database, recheck=recheck, run=0, writer=run_id), writer_of(run_id)
    doubled: list[int] = []
    with durable_transaction(database):
        for place, record in enumerate(articles):
            outcome = _outcome(database, record)
            article = outcome.article
            if article is not None and is_stored_by_another(database, article, writer):
                doubled.append(place)
            elif article is not None and _is_elsewhere(database, outcome.claim.key, article):
                doubled.append(place)
                _settle_copy(database, settlement, outcome)
            elif not _is_known_later(database, outcome):
                settlement.settle(outcome)
            elif article is not None:
                enter_version(database, article, writer)
        for original in originals:
            keep_originals(database, [original])
            note_leftover(database, original.uri, original.date)
    return doubled


def _is_elsewhere(database: sqlite3.Connection, page: int, article: StoredArticle) -> bool:
    return has_text_elsewhere(database, article.text_sha256, page, key_of(article.canonical_url))


def _settle_copy(database: sqlite3.Connection, settlement: Settlement, outcome: Outcome) -> None:
    """Enter a page whose text another page has, unless the ledger knows already what the page gave."""
    [state] = database.execute("SELECT state FROM pages WHERE key = ?", (outcome.claim.key,)).fetchone()
    if state in ("new", "claimed"):
        copy = replace(outcome, state="fetched", reason=Reason.DUPLICATE_TEXT, article=None, needs=None)
        settlement.settle(copy)


def _is_known_later(database: sqlite3.Connection, outcome: Outcome) -> bool:
    """Say whether the ledger knows a later fetch of the article's page, for instance by another machine."""
    row = database.execute(
        "SELECT fetched_at, gone_at FROM pages WHERE key = ? AND text IS NOT NULL", (outcome.claim.key,)
    ).fetchone()
    looks = [datetime.fromisoformat(moment) for moment in row or () if moment]
    return outcome.fetched_at is not None and any(look > outcome.fetched_at for look in looks)


def _outcome(database: sqlite3.Connection, record: dict[str, Any]) -> Outcome:
    url, fetched_at = str(record["url"]), str(record["fetched_at"])
    canonical = canonical_url(ascii_url(url))
    key = key_of(canonical)
    database.execute(
        "INSERT OR IGNORE INTO pages (key, canonical, via, found_at, seen_run, state) "
        "VALUES (?, ?, ?, ?, 0, 'new')",
        (key, canonical, "journal", fetched_at),
    )
    published = record["published"]
    digest = record["payload_digest"]
    images = record.get("images")
    return Outcome(
        claim=Claim(key=key, candidate=Candidate(url=url, via="journal")),
        state="archived",
        fetched_at=datetime.fromisoformat(fetched_at),
        payload_digest=str(digest) if digest else None,
        article=StoredArticle(
            id=str(record["id"]),
            canonical_url=str(record["canonical_url"]),
            text_sha256=str(record["text_sha256"]),
            published=datetime.fromisoformat(str(published)) if published else None,
            version=row_of(record).version,
            before=row_of(record).before,
            facets=Facets.of_row(record).pack(),
            current=record.get("partial") is None or not record.get("previous_version_id"),
        ),
        # the other requisites of the page are lost; a run without requisites does not fetch these either
        needs=Needs(urls=tuple(map(str, images)), via=url, hops="LE") if isinstance(images, list) else None,
    )
