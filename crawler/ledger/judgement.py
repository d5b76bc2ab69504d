"""Decide whether an article is new, a new version of a stored one, or already known."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from crawler.errors import Reason
from crawler.items import Article, article_id
from crawler.ledger.entries import Claim, Outcome, Verdict
from crawler.ledger.requisites import digests_of
from crawler.ledger.schema import key_of
from crawler.ledger.versions import has_text_elsewhere, is_stored
from crawler.tables.versions import Facets, version_of


class Judge:
    """Judge articles before they are stored. Remembers those that are not settled in the ledger yet."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._pages: dict[int, int] = {}  # of articles not settled yet: key of the article -> key of its page
        self._texts: dict[str, int] = {}  # text_sha256 -> key of its page

    def judge(self, claim: Claim, article: Article) -> Verdict:
        """Decide about the article of a claimed page."""
        key = key_of(article.canonical_url)
        if self._pages.get(key, claim.key) != claim.key:
            return Verdict(reason=Reason.DUPLICATE_ADDRESS)
        row = self._database.execute(
            "SELECT key, state, text, version, facets FROM pages WHERE article = ? "
            "ORDER BY key != ?, state != 'archived'",
            (key, claim.key),
        ).fetchone()
        verdict = Verdict(version_id=version_of(article))
        if row is not None:
            page, state, text, version, facets = row
            if page != claim.key and state != "gone":  # a page that is gone there may have moved here
                return Verdict(reason=Reason.DUPLICATE_ADDRESS)
            verdict = self._compare(page, article, text.hex(), version.hex() if version else None, facets)
        if verdict.reason is not None:
            return verdict
        if self._is_elsewhere(article.text_sha256, claim.key, key):
            return Verdict(reason=Reason.DUPLICATE_TEXT)
        self._pages[key] = claim.key
        self._texts[article.text_sha256] = claim.key
        return verdict

    def forget(self, outcomes: Iterable[Outcome]) -> None:
        """Forget articles whose outcomes are settled."""
        settled = {outcome.claim.key for outcome in outcomes}
        self._pages = {key: page for key, page in self._pages.items() if page not in settled}
        self._texts = {text: page for text, page in self._texts.items() if page not in settled}

    def _compare(
        self, page: int, article: Article, text: str, version: str | None, packed: bytes | None
    ) -> Verdict:
        """Decide about another look at a stored article: `text` is its SHA-256, `version` its version_id."""
        read = replace(article, image_digests=digests_of(self._database, article.images))
        known, found = Facets.unpack(packed), Facets.of(read)
        changed = [] if text == article.text_sha256 else ["text"]
        changed += known.changes_to(found) if known else ()
        if not changed:
            self._remember(page, known.completed(found) if known else found, packed)
            return Verdict(reason=Reason.UNCHANGED)
        is_part = found.partial and not (known and known.partial)  # of an article that was whole before
        now = version_of(read)
        before = article_id(article.canonical_url, text)
        if is_part and is_stored(self._database, now, version or before):
            return Verdict(reason=Reason.UNCHANGED)  # the same part of it was stored at an earlier look
        return Verdict(
            version_id=now,
            image_digests=read.image_digests,
            previous_id=before,
            previous_version_id=version,
            changed=tuple(changed),
            current=not is_part,
        )

    def _remember(self, page: int, facets: Facets, packed: bytes | None) -> None:
        """Keep what a look without a change taught: the pictures, or all of an older version's article."""
        if facets.pack() != packed:
            self._database.execute("UPDATE pages SET facets = ? WHERE key = ?", (facets.pack(), page))

    def _is_elsewhere(self, text: str, page: int, article: int) -> bool:
        if self._texts.get(text, page) != page:
            return True
        return has_text_elsewhere(self._database, text, page, article)
