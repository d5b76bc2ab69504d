"""Scrapy's downloader, which also keeps each host's bounds in bursts, in pauses and at the end of a run."""

import time
from collections.abc import Coroutine
from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import AsyncioLoopingCall, call_later, create_looping_call
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

ENDING_SECONDS = 1.0  # between two checks whether the run is ending


class RunEndingError(IgnoreRequest):
    """The request was still in its host's queue when the run had to end."""


class BoundedDownloader(Downloader):
    """Count a request as transferring from the moment it leaves its host's queue.

    Scrapy 2.19 counts it when its task first runs. Without a delay, a burst of requests leaves the queue
    before any task has run, and more than CONCURRENT_REQUESTS_PER_DOMAIN are sent. Scrapy's name for a host's
    queue with its bounds is slot.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._paused_until: dict[str, float] = {}  # key of the slot -> moment of the monotonic clock
        self._watch: AsyncioLoopingCall | LoopingCall | None = None

    def pause(self, key: str, seconds: float) -> None:
        """Send no further request of a slot for some seconds. Requests in flight go on."""
        self._paused_until[key] = max(self._paused_until.get(key, 0.0), time.monotonic() + seconds)
        if (slot := self.slots.get(key)) is not None:
            self._hold(key, slot)

    def drop_queue(self, key: str, error: Exception) -> int:
        """Fail every request that waits in a slot with this error, and return their number."""
        dropped = 0
        if (slot := self.slots.get(key)) is not None:
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(error)
                dropped += 1
        return dropped

    def close(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        super().close()

    def _hold(self, key: str, slot: Slot) -> None:
        seconds = self._paused_until.get(key, 0.0) - time.monotonic()
        if seconds > 0:  # Scrapy takes nothing from the queue while `latercall` is set
            if slot.latercall is not None:
                slot.latercall.cancel()
            slot.latercall = call_later(seconds, self._latercall, slot)

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request) if spider is None else super()._get_slot(request, spider)
        if slot.latercall is None:  # Scrapy drops idle slots, and their pause with them
            self._hold(key, slot)
        if self._watch is None:
            self._watch = create_looping_call(self._drop_queues_when_ending)
            self._watch.start(ENDING_SECONDS, now=False)
        return key, slot

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

    def _drop_queues_when_ending(self) -> None:
        """Fail all queued requests when the run ends; else it would first fetch them at the host's pace."""
        engine = self.crawler.engine
        closing = engine._slot is not None and engine._slot.closing is not None  # noqa: SLF001 - there is no public name
        if engine.running and not closing:
            return
        for key in list(self.slots):
            self.drop_queue(key, RunEndingError("the run is ending"))
