"""The extension that connects a Run to a Scrapy crawl."""

import asyncio
import gc
import json
import logging
from datetime import UTC, datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.archive.recorder import Recorder
from crawler.capture.connect_to import parse_connect_to
from crawler.capture.contract import check_contract
from crawler.options.options import Options
from crawler.report.making import write_run_report
from crawler.run.run import Hooks, Run
from crawler.spider.site_spider import SiteSpider

logger = logging.getLogger(__name__)


class RunExtension:
    """Opens the run before the engine is made, and closes it when the spider has closed.

    Scrapy makes extensions before it connects to anything, and an error raised there ends the crawl command:
    so nothing is fetched where the archive cannot be used.
    """

    def __init__(self, crawler: Crawler, spider: SiteSpider) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._spider = spider
        self._ending: asyncio.Task[None] | None = None
        self._ignored_checks = settings.getlist("HEALTH_IGNORE")
        self.run = Run(
            spider.site,
            spider.arguments,
            Options.of(settings),
            stats=crawler.stats,
            hooks=Hooks(
                refuse=spider.count_refusal,
                end_crawl=self._end_crawl,
                write_report=self._write_report if settings.getbool("RUN_REPORT") else None,
            ),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the run and wire it to the spider. Raises WarraqError.

        Raises NotConfigured for a spider that is no SiteSpider, as in `scrapy shell`.
        """
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise NotConfigured("only a SiteSpider has a run")
        check_contract()  # without it Scrapy would fail every request instead of the run
        parse_connect_to(crawler.settings.getlist("CONNECT_TO"))  # a wrong value ends the run here
        extension = cls(crawler, spider)
        extension.run.open()
        spider.attach(extension.run.frontier)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.response_received, signal=signals.response_received)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    @property
    def recorder(self) -> Recorder:
        """The writer of WARC records, for the capture handler."""
        return self.run.recorder

    def spider_opened(self) -> None:
        # Everything loaded by now stays. A search through it for garbage would hold the event loop for 60 ms.
        gc.collect()
        gc.freeze()
        self.run.watch()

    def response_received(self, response: Response) -> None:
        """Compare the clocks."""
        fields = response.headers
        self.run.clock.answered(fields.get("Date"), fields.get("Age"), datetime.now(UTC))

    async def spider_closed(self, reason: str) -> None:
        await self._spider.stop_stocking()
        await self.run.close(reason)
        summary = self.run.summary
        if summary is not None and not self._crawler.settings.getbool("SUMMARY_TABLE"):
            logger.info("The run is over: %s", json.dumps(summary.record(), ensure_ascii=False))

    def problems(self) -> list[str]:
        """Return a sentence for each thing that keeps the run from being a good one."""
        found = self.run.problems()
        # Scrapy writes its feeds while the spider closes, so this is known only now.
        if any(name.startswith("feedexport/failed_count/") for name in self._crawler.stats.get_stats()):
            found.append("What -o or -O asked for could not be written; the articles are in the archive.")
        return found

    def _end_crawl(self) -> None:
        engine = self._crawler.engine
        if engine.spider is not None and self._ending is None:
            # Not awaited: the engine waits for the caller of this before it closes.
            self._ending = asyncio.ensure_future(engine.close_spider_async(reason="cut_short"))

    def _write_report(self, run: Run) -> None:
        write_run_report(
            run.folder,
            run.options.storage.address,
            run.options.credentials,
            run_id=run.run_id,
            site=run.site,
            ignore=self._ignored_checks,
        )


def run_of(crawler: Crawler) -> Run:
    """Return the run of a crawl. Raises RuntimeError where there is none."""
    extension = crawler.get_extension(RunExtension)
    if extension is None:
        raise RuntimeError("This crawl has no run: crawler.extensions.run.RunExtension is switched off.")
    return extension.run
