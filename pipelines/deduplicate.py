"""One article a run for each address and each text."""

import hashlib
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.items import Article
from pipelines.dropping import drop


class Deduplicate:
    """Drops an article whose canonical URL or whose text this run has already stored."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._urls: set[bytes] = set()
        self._texts: set[bytes] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        url = hashlib.blake2b(item.canonical_url.encode(), digest_size=8).digest()
        text = bytes.fromhex(item.text_sha256)[:8]
        if url in self._urls:
            raise drop(self.crawler, "duplicate-address", item.url)
        if text in self._texts:
            raise drop(self.crawler, "duplicate-text", item.url)
        self._urls.add(url)
        self._texts.add(text)
        return item
