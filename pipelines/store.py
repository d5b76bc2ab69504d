"""An article is stored when its line is in the run's journal; Parquet is made from that."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.extensions.run import run_of
from crawler.items import Article
from pipelines.dropping import unless_run_fails


class Store:
    """Hands each article to the run's journal, off the event loop."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            run = run_of(self.crawler)
            with unless_run_fails(self.crawler, item.url):
                await run.store(item)
            run.spider.frontier.stored(item)
            self.crawler.stats.inc_value("articles/stored")
        return item
