"""What is no whole article, or lies outside the run's window, goes no further."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.extensions.run import run_of
from crawler.items import Article
from pipelines.dropping import drop

WORDS_AT_LEAST = 15  # shorter texts are captions, tickers and error notes


class Validate:
    """Drops an article that lacks what an article is, with a counted reason."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and (fault := self._fault(item)) is not None:
            raise drop(self.crawler, fault, item.url)
        return item

    def _fault(self, article: Article) -> str | None:
        if not article.title.strip():
            return "no-title"
        if article.word_count < WORDS_AT_LEAST:
            return "no-text"
        window = run_of(self.crawler).spider.window
        if article.published is None:
            # whoever asks for a span wants no article whose day nobody knows
            return "date-unknown" if window.since or window.until else None
        return None if window.admits(article.published) else "outside-window"
