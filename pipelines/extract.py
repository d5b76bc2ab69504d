"""The pipeline that reads the article out of each page, in process lanes."""

import asyncio
from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.extensions.run import run_of
from crawler.extract.lane import warm
from crawler.items import Page, Rejection
from crawler.lanes import Lanes, cores
from pipelines.dropping import drop
from pipelines.needs import read_with_needs


class Extract:
    """Turns a Page into an Article. A page that hangs or kills its lane is dropped; no other is lost."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self.lanes = Lanes(
            settings.getint("EXTRACTION_LANES") or cores(),
            seconds=settings.getfloat("EXTRACTION_TIMEOUT"),
            prepare=warm,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open_spider(self) -> None:
        # not awaited: the first pages are fetched while the lanes load their libraries
        self._starting = asyncio.ensure_future(self.lanes.start())

    async def process_item(self, item: Any) -> Any:
        if not isinstance(item, Page):
            return item
        run = run_of(self.crawler)
        page = replace(item, run_id=run.run_id)
        outcome = await self.lanes.read(read_with_needs, page, run.site, run.requisites)
        if isinstance(outcome, Rejection):
            raise drop(self.crawler, outcome.reason, item.url, outcome.detail)
        article, needs = outcome
        run.keep_needs(article, needs)
        return article

    async def close_spider(self) -> None:
        await asyncio.wait({self._starting})  # pages report a lane that could not start
        await self.lanes.close()
