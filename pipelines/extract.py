"""Page in, Article out: the reading happens in process lanes."""

import asyncio
from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.extensions.run import run_of
from crawler.extract.lane import warm
from crawler.items import Page, Rejection
from crawler.lanes import LaneDiedError, Lanes, LaneTimeoutError, cores
from pipelines.dropping import drop
from pipelines.needs import read_with_needs


class Extract:
    """Reads the article out of a page; a page that hangs or kills its lane costs that page only."""

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
        frontier = run.spider.frontier
        try:
            outcome, needs = await self.lanes.run(
                read_with_needs, page, run.spider.site, frontier.requisites.plan
            )
        except LaneTimeoutError as error:
            raise drop(self.crawler, "extraction-timeout", item.url, str(error)) from error
        except LaneDiedError as error:
            raise drop(self.crawler, "extraction-crash", item.url, str(error)) from error
        if isinstance(outcome, Rejection):
            raise drop(self.crawler, outcome.reason, item.url, outcome.detail)
        frontier.needs(outcome, needs)
        return outcome

    async def close_spider(self) -> None:
        await asyncio.wait({self._starting})  # a lane that could not start was told by its pages
        await self.lanes.close()
