"""The pipeline that drops articles without a title or a text, or outside the run's window."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.errors import Reason
from crawler.extensions.run import run_of
from crawler.items import Article
from pipelines.dropping import drop

WORDS_AT_LEAST = 15  # shorter texts are captions, tickers and error notes


class Validate:
    """Drops an incomplete or unwanted article, with a counted reason."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and (reason := self._reason(item)) is not None:
            raise drop(self.crawler, reason, item.url)
        return item

    def _reason(self, article: Article) -> Reason | None:
        if not article.title.strip():
            return Reason.NO_TITLE
        if article.word_count < WORDS_AT_LEAST:
            return Reason.NO_TEXT
        window = run_of(self.crawler).arguments.window
        if article.published is None:
            # a user who asks for a time span wants no article without a date
            return Reason.DATE_UNKNOWN if window.since or window.until else None
        if window.admits(article.published) or self._is_late(article):
            return None
        return Reason.OUTSIDE_WINDOW

    def _is_late(self, article: Article) -> bool:
        """Return whether an earlier run had the page in its window and got no article."""
        run = run_of(self.crawler)
        return run.arguments.window.until is None and run.frontier.was_asked_before(article)
