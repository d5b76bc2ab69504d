"""Scrapy's downloader, with the number of requests to a host bounded in bursts as well."""

from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.http import Response
from twisted.internet.defer import Deferred


class BoundedDownloader(Downloader):
    """Counts a request as transferring from the moment it leaves its host's queue.

    Scrapy 2.19 counts it when its task first runs. Where no delay is set, a burst of requests leaves the
    queue before any task has run, and CONCURRENT_REQUESTS_PER_DOMAIN does not hold.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
