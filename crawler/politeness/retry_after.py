"""Retry-After, honoured: a host that asks for a pause gets it (RFC 9110, section 10.2.3), within bounds."""

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

logger = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429
DOUBLINGS = 16  # beyond them every pause is longer than RETRY_AFTER_MAX anyway
PAUSING = frozenset({TOO_MANY_REQUESTS, 503})


class HostBusyError(IgnoreRequest):
    """The host said so often, and nothing else, that it is too busy, that this run asks it no more."""


@dataclass(slots=True)
class Patience:
    """What one host has asked of this run's time."""

    paused: float = 0.0  # seconds of pauses so far, those that overlap counted once
    until: float = 0.0  # monotonic moment at which the last of them ends
    in_a_row: int = 0  # busy answers since the last other one

    def grant(self, seconds: float, *, most: float, now: float) -> float:
        """The pause that a host gets of the one it asks for; all pauses together last `most` seconds."""
        begin = max(now, self.until)
        end = min(max(begin, now + seconds), begin + max(0.0, most - self.paused))
        self.paused += end - begin
        self.until = end
        return end - now


class RetryAfter:
    """Pauses a host's slot until the moment that its 429 or 503 named, up to RETRY_AFTER_MAX seconds.

    A 429 that names none gets a pause that doubles with each one in a row. All pauses of a host together last
    BUSY_SECONDS_MAX at most, after which its busy answers are not asked for again; and after BUSY_ANSWERS_MAX
    of them in a row, it is asked for nothing more.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.most = crawler.settings.getfloat("BUSY_SECONDS_MAX")
        self.busiest = crawler.settings.getint("BUSY_ANSWERS_MAX")
        self.hosts: defaultdict[str, Patience] = defaultdict(Patience)  # by slot key

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        key = self._downloader().get_slot_key(request)
        if key in self.hosts and self.hosts[key].in_a_row >= self.busiest:
            self.crawler.stats.inc_value("politeness/not_asked")
            raise _left_alone(key)

    def process_response(self, request: Request, response: Response) -> Response:
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
        if patience.in_a_row == self.busiest:
            self.crawler.stats.inc_value("politeness/given_up")
            dropped = self._downloader().drop_queue(host, _left_alone(host))
            self.crawler.stats.inc_value("politeness/not_asked", dropped)
            logger.warning("%s was too busy %d times in a row and is left alone.", host, self.busiest)
        if patience.in_a_row >= self.busiest or patience.paused >= self.most:
            request.meta["dont_retry"] = True
            return
        header = response.headers.get("Retry-After")
        asked = retry_after_seconds(header.decode("latin-1"), now=datetime.now(UTC)) if header else None
        if asked is None and response.status == TOO_MANY_REQUESTS:
            asked = 2.0 ** min(patience.in_a_row - 1, DOUBLINGS)
        if asked is not None:
            self._pause(host, asked)

    def _pause(self, host: str, asked: float) -> None:
        wanted = min(asked, self.longest)
        seconds = self.hosts[host].grant(wanted, most=self.most, now=time.monotonic())
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


def _left_alone(host: str) -> HostBusyError:
    return HostBusyError(f"{host} is too busy, as it says, and is left alone")


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
