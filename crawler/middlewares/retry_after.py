"""Retry-After, honoured: a host that asks for a pause gets it (RFC 9110, section 10.2.3)."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)

PAUSING = frozenset({429, 503})


class RetryAfter:
    """Holds requests to a host until the moment that its 429 or 503 named, up to RETRY_AFTER_MAX seconds."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self._until: dict[str, float] = {}  # host -> monotonic moment

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        while (wait := self._until.get(host, 0.0) - time.monotonic()) > 0:  # noqa: ASYNC110 - a moment is awaited
            # the pause may have grown meanwhile, so look again
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in PAUSING and (header := response.headers.get("Retry-After")):
            asked = retry_after_seconds(header.decode("latin-1"), now=datetime.now(UTC))
            if asked is not None:
                self._pause(urlparse_cached(request).netloc, asked)
        return response

    def _pause(self, host: str, asked: float) -> None:
        seconds = min(asked, self.longest)
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)
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
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
