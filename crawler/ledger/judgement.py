"""Decide whether an article is new, a new version of a stored one, or already known."""

import sqlite3
from collections.abc import Iterable

from crawler.items import Article, article_id
from crawler.ledger.entries import Claim, Outcome, Verdict
from crawler.ledger.schema import digest_key, key_of


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
            return Verdict(reason="duplicate-address")
        row = self._database.execute(
            "SELECT key, state, text FROM pages WHERE article = ? ORDER BY key != ?, state != 'archived'",
            (key, claim.key),
        ).fetchone()
        previous = None
        if row is not None:
            page, state, text = row
            if page != claim.key and state != "gone":  # a page that is gone there may have moved here
                return Verdict(reason="duplicate-address")
            if text.hex() == article.text_sha256:
                return Verdict(reason="unchanged")
            previous = article_id(article.canonical_url, text.hex())
        if self._is_elsewhere(article.text_sha256, claim.key, key):
            return Verdict(reason="duplicate-text")
        self._pages[key] = claim.key
        self._texts[article.text_sha256] = claim.key
        return Verdict(previous_id=previous)

    def forget(self, outcomes: Iterable[Outcome]) -> None:
        """Forget articles whose outcomes are settled."""
        settled = {outcome.claim.key for outcome in outcomes}
        self._pages = {key: page for key, page in self._pages.items() if page not in settled}
        self._texts = {text: page for text, page in self._texts.items() if page not in settled}

    def _is_elsewhere(self, text: str, page: int, article: int) -> bool:
        if self._texts.get(text, page) != page:
            return True
        digest = bytes.fromhex(text)
        row = self._database.execute(
            "SELECT 1 FROM pages WHERE text_key = ? AND text = ? AND key != ? AND article != ?",
            (digest_key(digest), digest, page, article),
        ).fetchone()
        return row is not None
