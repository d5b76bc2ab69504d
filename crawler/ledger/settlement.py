"""Enter the outcomes of claimed pages into the ledger, after their files are safe on disk."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.errors import Reason
from crawler.ledger.entries import Outcome, Recheck, StoredArticle
from crawler.ledger.intake import MAX_ATTEMPTS
from crawler.ledger.requisites import enter_needs
from crawler.ledger.retries import next_attempt
from crawler.ledger.schema import digest_bytes, digest_key, key_of, moment_text, text_moment
from crawler.ledger.versions import enter_version, writer_of

RETRY_LOOK = timedelta(hours=1)  # wait after a recheck that failed; doubles with each further failure
_SETTLED = {"asked_since": None, "look_at": None, "landed": None}  # columns of a page that is not asked again


class Settlement:
    """Enter outcomes one at a time. The caller has a transaction open."""

    def __init__(self, database: sqlite3.Connection, *, recheck: Recheck, run: int, writer: str) -> None:
        """`run` is the number of the run, `writer` the id of the run that stores the articles."""
        self._database = database
        self._writer = writer_of(writer)
        self._recheck = recheck
        self._run = run

    def settle(self, outcome: Outcome) -> None:
        """Enter one outcome, and the requisites of its page."""
        if outcome.needs is not None:
            enter_needs(self._database, outcome.needs)
        key = outcome.claim.key
        landed = key_of(outcome.landed) if outcome.landed is not None else key
        if outcome.claim.again and outcome.state in ("new", "fetched", "refused"):
            self._settle_vain_look(key, outcome)
            return
        if outcome.may_pass:
            self._settle_for_later(key, outcome, landed if landed != key else None)
            return
        if landed != key and outcome.state in ("archived", "fetched"):
            self._enter_landing(outcome, landed)
            self._set(
                key, state="fetched", reason="redirect", turn=None, fetched_at=moment_text(outcome.fetched_at)
            )
            key = landed
        if outcome.state == "archived":
            self._settle_article(key, outcome)
        elif outcome.state == "new":
            self._settle_failure(key, outcome)
        elif outcome.state == "gone":
            self._settle_loss(key, outcome)
        elif self._has_article(key):  # it came by a redirect that was settled before
            self._set(key, state="archived", turn=None)
        else:
            self._set(
                key, state=outcome.state, reason=outcome.reason, turn=None, **_SETTLED, **_answer(outcome)
            )

    def _settle_for_later(self, key: int, outcome: Outcome, landed: int | None) -> None:
        """Plan the next attempt for a page that gave no article, or give it up.

        Where a redirect led to is no page of its own: the redirect may pass, too.
        """
        self._set(
            key, state="fetched", turn=None, landed=landed, **_answer(outcome), **self._attempt(key, outcome)
        )

    def _attempt(self, key: int, outcome: Outcome) -> dict[str, Any]:
        """Return the columns after an attempt that gave no article: its reason, and when to ask again."""
        [since] = self._database.execute("SELECT asked_since FROM pages WHERE key = ?", (key,)).fetchone()
        now = outcome.fetched_at or datetime.now(UTC)
        first = text_moment(since) or now
        again = next_attempt(first, now)
        return {
            "reason": outcome.reason if again else Reason.GIVEN_UP,
            "asked_since": moment_text(first) if again else None,
            "look_at": again.timestamp() if again else None,
        }

    def _settle_vain_look(self, key: int, outcome: Outcome) -> None:
        """Keep the article after a failed recheck; plan the next one after a doubling wait or at its ages."""
        [attempts, born] = self._database.execute(
            "SELECT attempts, coalesce(published, found_at) FROM pages WHERE key = ?", (key,)
        ).fetchone()
        looked = outcome.fetched_at or datetime.now(UTC)
        again = looked + RETRY_LOOK * 2**attempts if attempts + 1 < MAX_ATTEMPTS else None
        look = again or self._recheck.after(datetime.fromisoformat(born), looked)
        self._set(
            key,
            state="archived",
            reason=outcome.reason,
            attempts=min(attempts + _was_asked(outcome), MAX_ATTEMPTS),
            look_at=look.timestamp() if look else None,
        )

    def _has_article(self, key: int) -> bool:
        row = self._database.execute("SELECT text FROM pages WHERE key = ?", (key,)).fetchone()
        return row is not None and row[0] is not None

    def _enter_landing(self, outcome: Outcome, landed: int) -> None:
        """Enter a row for the target of a redirect: lists may name it later."""
        self._database.execute(
            "INSERT OR IGNORE INTO pages (key, canonical, via, found_at, seen_run, state) "
            "VALUES (?, ?, ?, ?, ?, 'claimed')",
            (landed, outcome.landed, outcome.claim.candidate.via,
             moment_text(outcome.fetched_at or datetime.now(UTC)), self._run),
        )  # fmt: skip
        if outcome.claim.again and outcome.article is None:  # an unchanged article that moved
            self._database.execute(
                "UPDATE pages SET (text, text_key, article, published, version, facets) = "
                "(SELECT text, text_key, article, published, version, facets FROM pages WHERE key = ?) "
                "WHERE key = ?",
                (outcome.claim.key, landed),
            )

    def _settle_failure(self, key: int, outcome: Outcome) -> None:
        """Plan the next attempt for a page that failed, or give it up.

        One that robots.txt forbids was not asked for: each run reads robots.txt again.
        """
        if not _was_asked(outcome):
            self._set(key, state="new", turn=None, reason=outcome.reason)
            return
        columns = self._attempt(key, outcome)
        self._set(key, state="new" if columns["look_at"] else "refused", turn=None, **columns)

    def _settle_loss(self, key: int, outcome: Outcome) -> None:
        """Mark a page as gone since the first response that said so. It may return, if a list names it."""
        columns = self._attempt(key, outcome) | {"reason": outcome.reason}
        self._set(key, state="gone", turn=None, **columns)
        self._database.execute(
            "UPDATE pages SET gone_at = coalesce(gone_at, ?) WHERE key = ?",
            (moment_text(outcome.fetched_at), key),
        )

    def _settle_article(self, key: int, outcome: Outcome) -> None:
        found_at, published, vain = self._database.execute(
            "SELECT found_at, published, vain FROM pages WHERE key = ?", (key,)
        ).fetchone()
        article = outcome.article
        if article is not None:
            enter_version(self._database, article, self._writer)
        if article is not None and not article.current:
            article = None
        if article is not None:
            published = moment_text(article.published) or published
        looked = outcome.fetched_at or datetime.now(UTC)
        look = self._recheck.after(datetime.fromisoformat(published or found_at), looked)
        self._set(
            key,
            state="archived",
            reason=None,
            turn=None,
            attempts=0,
            title=None,
            published=published,
            vain=0 if article is not None else vain + 1,
            **_SETTLED | {"look_at": look.timestamp() if look else None},
            gone_at=None,
            **_answer(outcome),
            **(_article_columns(article) if article else {}),
        )

    def _set(self, key: int, **columns: Any) -> None:
        names = ", ".join(f"{name} = :{name}" for name in columns)  # the names come from this module
        self._database.execute(f"UPDATE pages SET {names} WHERE key = :key", {**columns, "key": key})  # noqa: S608


def _was_asked(outcome: Outcome) -> bool:
    return not (outcome.reason or "").startswith("robots")


def _answer(outcome: Outcome) -> dict[str, Any]:
    """Return the columns that a response sets."""
    columns: dict[str, Any] = {
        "fetched_at": moment_text(outcome.fetched_at),
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
    }
    if outcome.payload_digest is not None:
        columns["payload"] = digest_key(digest_bytes(outcome.payload_digest))
    return columns


def _article_columns(article: StoredArticle) -> dict[str, Any]:
    text = bytes.fromhex(article.text_sha256)
    return {
        "text": text,
        "text_key": digest_key(text),
        "article": key_of(article.canonical_url),
        "version": bytes.fromhex(article.version) or None,
        "facets": article.facets,
    }
