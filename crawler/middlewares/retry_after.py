"""Retry-After, honoured: a host that asks for a pause gets it (RFC 9110, section 10.2.3)."""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.capture.downloader import BoundedDownloader

logger = logging.getLogger(__name__)

PAUSING = frozenset({429, 503})


class RetryAfter:
    """Pauses a host's slot until the moment that its 429 or 503 named, up to RETRY_AFTER_MAX seconds."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("RETRY_AFTER_MAX")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in PAUSING and (header := response.headers.get("Retry-After")):
            asked = retry_after_seconds(header.decode("latin-1"), now=datetime.now(UTC))
            key = request.meta.get("download_slot")
            if asked is not None and key is not None:
                self._pause(key, asked)
        return response

    def _pause(self, host: str, asked: float) -> None:
        downloader = self.crawler.engine.downloader
        if not isinstance(downloader, BoundedDownloader):
            raise TypeError(f"DOWNLOADER must be a BoundedDownloader, not {type(downloader).__name__}.")
        seconds = min(asked, self.longest)
        downloader.pause(host, seconds)
        self.crawler.stats.inc_value("politeness/retry_after")
        self.crawler.stats.set_value("politeness/waiting", f"{host} asked for {seconds:.0f} s")
        logger.info("%s asks for a pause of %.0f s; it gets %.0f s.", host, asked, seconds)


def retry_after_seconds(value: str, *, now: datetime) -> float | None:
    """Seconds to wait that a Retry-After value asks for, or None where it says nothing."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None
