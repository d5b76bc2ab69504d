"""The pipeline that stores articles: into the run's journal, which becomes Parquet."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.extensions.run import run_of
from crawler.items import Article
from pipelines.dropping import unless_run_fails


class Store:
    """Hands each article to the run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            with unless_run_fails(self.crawler, item.url):
                await run_of(self.crawler).store(item)
            self.crawler.stats.inc_value("articles/stored")
        return item
