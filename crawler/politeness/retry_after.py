"""Pauses for hosts that answer 429 or 503, as Retry-After asks (RFC 9110, section 10.2.3), within bounds."""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.politeness.downloader import BoundedDownloader
from crawler.storage.backoff import doubled

logger = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429
PAUSING = frozenset({TOO_MANY_REQUESTS, 503})  # statuses of a busy host


class HostBusyError(IgnoreRequest):
    """The host gave BUSY_ANSWERS_MAX busy responses in a row. This run sends it no further request."""


@dataclass(slots=True)
class Patience:
    """The pauses of one host in this run."""

    paused: float = 0.0  # seconds of all pauses; overlapping ones count once
    until: float = 0.0  # moment of the monotonic clock when the last pause ends
    in_a_row: int = 0  # busy responses since the last other one

    def grant(self, seconds: float, *, most: float, now: float) -> float:
        """Return the seconds that a host gets of a pause; all its pauses together last `most` seconds."""
        begin = max(now, self.until)
        end = min(max(begin, now + seconds), begin + max(0.0, most - self.paused))
        self.paused += end - begin
        self.until = end
        return end - now


class RetryAfter:
    """Pause the slot of a host until the moment that its 429 or 503 names, up to RETRY_AFTER_MAX seconds.

    A 429 without a Retry-After gets a pause that doubles with each one in a row. All pauses of a host
    together last BUSY_SECONDS_MAX at most; after that its busy responses are not retried. After
    BUSY_ANSWERS_MAX busy responses in a row the host gets no further request.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.max_paused = crawler.settings.getfloat("BUSY_SECONDS_MAX")
        self.max_in_a_row = crawler.settings.getint("BUSY_ANSWERS_MAX")
        self.hosts: defaultdict[str, Patience] = defaultdict(Patience)  # by host (the key of its slot)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise HostBusyError for a request to a host that was too busy too often."""
        key = self._downloader().get_slot_key(request)
        if key in self.hosts and self.hosts[key].in_a_row >= self.max_in_a_row:
            self.crawler.stats.inc_value("politeness/not_asked")
            raise _host_busy(key)

    def process_response(self, request: Request, response: Response) -> Response:
        """Pause the host of a busy response; forget earlier ones after any other response."""
        key = request.meta.get("download_slot")
        if key is None:
            return response
        if response.status in PAUSING:
            self._busy(key, request, response)
        elif key in self.hosts:
            self.hosts[key].in_a_row = 0
        return response

    def _busy(self, host: str, request: Request, response: Response) -> None:
        patience = self.hosts[host]
        patience.in_a_row += 1
        if patience.in_a_row == self.max_in_a_row:
            self.crawler.stats.inc_value("politeness/given_up")
            dropped = self._downloader().drop_queue(host, _host_busy(host))
            self.crawler.stats.inc_value("politeness/not_asked", dropped)
            logger.warning(
                "%s was too busy %d times in a row; it gets no further request.", host, self.max_in_a_row
            )
        if patience.in_a_row >= self.max_in_a_row or patience.paused >= self.max_paused:
            request.meta["dont_retry"] = True
            return
        header = response.headers.get("Retry-After")
        asked = retry_after_seconds(header.decode("latin-1"), now=datetime.now(UTC)) if header else None
        if asked is None and response.status == TOO_MANY_REQUESTS:
            asked = doubled(1.0, patience.in_a_row - 1, self.longest)
        if asked is not None:
            self._pause(host, asked)

    def _pause(self, host: str, asked: float) -> None:
        wanted = min(asked, self.longest)
        seconds = self.hosts[host].grant(wanted, most=self.max_paused, now=time.monotonic())
        self._downloader().pause(host, seconds)
        self.crawler.stats.inc_value("politeness/retry_after")
        self.crawler.stats.set_value("politeness/waiting", f"{host} asked for {asked:.0f} s")
        self.crawler.stats.set_value(f"politeness/paused/{host}", round(self.hosts[host].paused, 1))
        logger.info("%s asks for a pause of %.0f s; it gets %.0f s.", host, asked, seconds)

    def _downloader(self) -> BoundedDownloader:
        downloader = self.crawler.engine.downloader
        if not isinstance(downloader, BoundedDownloader):
            raise TypeError(f"DOWNLOADER must be a BoundedDownloader, not {type(downloader).__name__}.")
        return downloader


def _host_busy(host: str) -> HostBusyError:
    return HostBusyError(f"{host} answers that it is too busy; it gets no further request")


def retry_after_seconds(value: str, *, now: datetime) -> float | None:
    """Return the seconds that a Retry-After value asks for, None for a malformed value."""
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
