"""Scrapy's downloader, with each host's bounds kept in bursts, in pauses, and when the run ends."""

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

ENDING_SECONDS = 1.0  # between two looks whether the run is ending


class RunEndingError(IgnoreRequest):
    """The request still waited for its turn when the run was told to end."""


class BoundedDownloader(Downloader):
    """Counts a request as transferring from the moment it leaves its host's queue.

    Scrapy 2.19 counts it when its task first runs. Where no delay is set, a burst of requests leaves the
    queue before any task has run, and CONCURRENT_REQUESTS_PER_DOMAIN does not hold.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._paused_until: dict[str, float] = {}  # slot key -> monotonic moment
        self._watch: AsyncioLoopingCall | LoopingCall | None = None

    def pause(self, key: str, seconds: float) -> None:
        """Let nothing more of a slot go out for so long; what is under way comes home."""
        self._paused_until[key] = max(self._paused_until.get(key, 0.0), time.monotonic() + seconds)
        if (slot := self.slots.get(key)) is not None:
            self._hold(key, slot)

    def drop_queue(self, key: str, error: Exception) -> int:
        """Fail what waits for its turn in a slot; returns how many requests that were."""
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
        if seconds > 0:  # while a later call is due, Scrapy takes nothing from the slot's queue
            if slot.latercall is not None:
                slot.latercall.cancel()
            slot.latercall = call_later(seconds, self._latercall, slot)

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request) if spider is None else super()._get_slot(request, spider)
        if slot.latercall is None:  # Scrapy forgets idle slots, and with them their pause
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
        """Whoever ends a run need not wait until everything queued was fetched at the host's pace."""
        engine = self.crawler.engine
        closing = engine._slot is not None and engine._slot.closing is not None  # noqa: SLF001 - it tells no one
        if engine.running and not closing:
            return
        for key in list(self.slots):
            self.drop_queue(key, RunEndingError("the run is ending"))
