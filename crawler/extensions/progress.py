"""The extension that shows the progress of a run: a live line on a terminal, elsewhere log lines."""

import asyncio
import logging
import sys
import time
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.log import get_scrapy_root_handler

from crawler.run.summary import readable_bytes

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 0.5


class Progress:
    """Shows pages, articles, their rate, failures, bytes, and why the run waits."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.every = crawler.settings.getfloat("PROGRESS_SECONDS")
        self.console = Console(stderr=True)
        self.live: Live | None = None
        self._task: asyncio.Task[None] | None = None
        self._began = time.monotonic()
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        self._began = time.monotonic()
        if self.console.is_terminal:
            self.live = Live(self._line(), console=self.console, auto_refresh=False, transient=True)
            self.live.start()
            _log_to(sys.stderr)  # which is rich's stream now: it prints log lines above the live line
        if self.live or self.every:
            self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS if self.live else self.every)
            if self.live:
                self.live.update(self._line(), refresh=True)
            else:
                logger.info(self._line().plain)

    def spider_closed(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self.live is not None:
            self.live.stop()
            _log_to(sys.stderr)

    def item_error(self) -> None:
        """Count an error in a pipeline."""
        self.crawler.stats.inc_value("errors/items")

    def _line(self) -> Text:
        stats: dict[str, Any] = self.crawler.stats.get_stats()
        pages, articles = stats.get("pages/fetched", 0), stats.get("articles/stored", 0)
        failed = sum(count for key, count in stats.items() if key.startswith("failed/"))
        seconds = max(time.monotonic() - self._began, 0.001)
        parts = [
            f"{pages:,} pages",
            f"{articles:,} articles",
            f"{pages / seconds:.1f}/s",
            f"{failed:,} failed",
            readable_bytes(stats.get("capture/bytes_received", 0)),
        ]
        if waiting := self._waiting():
            parts.append(waiting)
        return Text("  ".join(parts), overflow="ellipsis", no_wrap=True)

    def _waiting(self) -> str:
        """Return what the downloader waits for; empty where it is not known."""
        downloader = self.crawler.engine.downloader
        for host, slot in downloader.slots.items():
            if slot.transferring:
                return f"waiting for a response from {host}"
            if slot.queue:
                return f"pausing {slot.delay:.1f} s between requests to {host}"
        if downloader.active:
            return str(self.crawler.stats.get_value("politeness/waiting", "waiting"))
        return ""


def _log_to(stream: Any) -> None:
    """Make Scrapy's log handler write to another stream."""
    handler = get_scrapy_root_handler()
    if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
        handler.setStream(stream)
