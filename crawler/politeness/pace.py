"""The pace of each host: AutoThrottle, with the Crawl-delay of robots.txt as a minimum."""

import logging
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)


class CrawlDelay:
    """Apply the Crawl-delay of a robots.txt to the host's slot, up to CRAWL_DELAY_MAX seconds."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("CRAWL_DELAY_MAX")
        self.asked: dict[str, float] = {}  # host (the key of its slot) -> seconds
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CrawlDelay":
        return cls(crawler)

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        """Set the pace of a host whose robots.txt has a Crawl-delay."""
        agent = self.crawler.settings["ROBOTSTXT_USER_AGENT"] or self.crawler.settings["USER_AGENT"]
        delay = robotparser.crawl_delay(agent)
        if not delay or delay <= 0:
            return
        host = urlparse_cached(request).hostname or ""
        seconds = min(float(delay), self.longest)
        self.asked[host] = seconds
        downloader = self.crawler.engine.downloader
        base = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        # one request at a time, and no jitter below the Crawl-delay
        pace = {"delay": max(seconds, base), "concurrency": 1, "jitter": 0.0}
        downloader.per_slot_settings[host] = pace
        if (slot := downloader.slots.get(host)) is not None:
            slot.delay, slot.concurrency, slot.jitter = pace["delay"], 1, 0.0
        self.crawler.stats.set_value(f"politeness/crawl_delay/{host}", seconds)
        self.crawler.stats.set_value("politeness/waiting", f"{host} asks for {seconds:g} s between requests")
        if delay > seconds:
            logger.warning("%s asks for %g s between requests; it gets %g s.", host, delay, seconds)


class Pace(AutoThrottle):
    """Scrapy's AutoThrottle, with the Crawl-delay as the shortest delay of each host."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        crawl_delay = self.crawler.get_extension(CrawlDelay)
        host = urlparse_cached(response).hostname or ""
        floor = crawl_delay.asked.get(host, 0.0) if crawl_delay is not None else 0.0
        slot.delay = max(slot.delay, floor)
