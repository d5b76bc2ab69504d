"""The download handler for http and https: Scrapy's own, with every exchange kept byte for byte.

Sits below all middlewares, so redirects, retries, robots.txt and failures are kept as well. Settings:
CONNECT_TO (see `crawler.capture.connect_to`), PRIVATE_HOSTS, the host names that may lead to private
addresses, and HEADERS_MAXSIZE, the bytes that may come before a body. Leaves in `request.meta["record"]`
where the payload of the response lies (of a revisit: its original, and `revisit` is true), or the date where
there was no answer. A conditional request tells in `request.meta["original"]` what it is conditional upon:
a `crawler.archive.originals.Original` as a dict.
"""

import asyncio
import logging
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response

from crawler.archive.exchange import Exchange, Truncation
from crawler.archive.originals import Original
from crawler.archive.recorder import Recorded, Recorder
from crawler.capture.connect_to import parse_connect_to
from crawler.capture.contract import check_contract
from crawler.capture.outcome import describe, hop_of, truncation
from crawler.capture.peers import PrivateAddressError
from crawler.capture.wire import CapturePool
from crawler.capture.wiretap import CURRENT_TAP, Leg, Wiretap
from crawler.errors import ArchiveError

logger = logging.getLogger(__name__)
_CONNECT_SECONDS = 30.0  # where DownloadTimeoutMiddleware set no download_timeout


@runtime_checkable
class RecordingExtension(Protocol):
    """What the handler needs of an extension: `crawler.extensions.run.Run` is one."""

    recorder: Recorder


class CaptureHandler(HTTP11DownloadHandler):
    """Raises what Scrapy's handler raises, PrivateAddressError, and ArchiveError, which ends the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        check_contract()
        super().__init__(crawler)
        self._found: Recorder | None = None
        from twisted.internet import reactor  # noqa: PLC0415  # importing it installs one

        persistent = self._pool.maxPersistentPerHost
        self._pool = CapturePool(
            reactor,
            policy=self._contextFactory,
            connect_to=parse_connect_to(crawler.settings.getlist("CONNECT_TO")),
            private_hosts=frozenset(host.lower() for host in crawler.settings.getlist("PRIVATE_HOSTS")),
        )
        self._pool.maxPersistentPerHost = persistent
        self._head_most = crawler.settings.getint("HEADERS_MAXSIZE")
        self._body_most = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._ending: asyncio.Task[None] | None = None
        self._warned = False

    async def download_request(self, request: Request) -> Response:
        """Downloads and records; returns once the record is written."""
        request.meta.pop("record", None)  # a retry or redirect copies the meta of what it follows
        tap = self._wiretap(request)
        began = datetime.now(UTC), time.monotonic()
        token = CURRENT_TAP.set(tap)
        try:
            response = await super().download_request(request)
        except (Exception, asyncio.CancelledError) as error:
            reason = self._private(request, tap) or self._overlong(request, tap) or error
            await self._keep(request, tap, began, error=reason)
            if reason is error:
                raise
            raise reason from error
        finally:
            CURRENT_TAP.reset(token)
        if overlong := self._overlong(request, tap):  # Scrapy takes what we cut for what the server cut
            await self._keep(request, tap, began, error=overlong)
            raise overlong
        await self._keep(request, tap, began, response=response)
        return response

    async def _keep(
        self,
        request: Request,
        tap: Wiretap,
        began: tuple[datetime, float],
        *,
        response: Response | None = None,
        error: BaseException | None = None,
    ) -> None:
        ended = time.monotonic()
        legs = tap.legs or [Leg(*began)]
        exchange = _exchange(
            request,
            legs[-1],
            ended=ended,
            superseded=tuple(
                _exchange(request, leg, ended=later.clock, error="connection lost, sent again")
                for leg, later in pairwise(legs)
            ),
            truncated=truncation(legs[-1], response, error),
            error=describe(error),
            not_modified=_not_modified(request, response),
        )
        recorder = self._recorder()
        if recorder is None:
            return
        self._count(exchange, legs[-1].overlong)
        try:
            recorded = await recorder.record(exchange)
        except ArchiveError as failure:
            self._end_crawl(failure)
            raise
        request.meta["record"] = _told(recorded, exchange)

    def _recorder(self) -> Recorder | None:
        """None outside of runs, as in `scrapy shell` and `scrapy fetch`."""
        if self._found is not None:
            return self._found
        for extension in self.crawler.extensions.middlewares:
            if isinstance(extension, RecordingExtension):
                self._found = extension.recorder
                return self._found
        if not self._warned:
            self._warned = True
            logger.warning("No run is under way, so nothing is archived.")
        return None

    def _count(self, exchange: Exchange, overlong: str | None) -> None:
        stats = self.crawler.stats
        for each in (exchange, *exchange.superseded):
            stats.inc_value("capture/exchanges")
            stats.inc_value("capture/bytes_sent", len(each.request))
            stats.inc_value("capture/bytes_received", len(each.response))
        if exchange.superseded:
            stats.inc_value("capture/superseded", len(exchange.superseded))
        if exchange.truncated:
            stats.inc_value(f"capture/truncated/{exchange.truncated}")
        if overlong:
            stats.inc_value(f"capture/overlong/{overlong}")

    def _wiretap(self, request: Request) -> Wiretap:
        body = request.meta.get("download_maxsize") or self._body_most
        return Wiretap(
            connect_seconds=request.meta.get("download_timeout") or _CONNECT_SECONDS,
            head_most=self._head_most,
            # a body of few bytes a chunk doubles on the wire; where the body has no bound, nor has the wire
            wire_most=2 * body + self._head_most if body else sys.maxsize,
        )

    def _overlong(self, request: Request, tap: Wiretap) -> DownloadCancelledError | None:
        if not tap.legs or tap.legs[-1].overlong is None:
            return None
        return DownloadCancelledError(f"{request.url}: its {tap.legs[-1].overlong} had no end.")

    def _private(self, request: Request, tap: Wiretap) -> PrivateAddressError | None:
        """Another address of the host may have failed in its own way since one was refused."""
        address = tap.refused
        if address is None or tap.legs:
            return None
        self.crawler.stats.inc_value("capture/refused_private")
        message = f"{request.url} leads to {address}, which is not an address of the public internet."
        logger.warning("%s", message)
        return PrivateAddressError(message)

    def _end_crawl(self, failure: ArchiveError) -> None:
        if self._ending is not None or self.crawler.engine is None or self.crawler.engine.spider is None:
            return
        logger.error("Nothing more can be archived, so the crawl ends. %s", failure)
        # Not awaited: the engine waits for this very request before it closes.
        self._ending = asyncio.ensure_future(
            self.crawler.engine.close_spider_async(reason="archive_failed"),
        )


def _exchange(
    request: Request,
    leg: Leg,
    *,
    ended: float,
    superseded: tuple[Exchange, ...] = (),
    truncated: Truncation | None = None,
    error: str | None = None,
    not_modified: Original | None = None,
) -> Exchange:
    proxied = bool(request.meta.get("proxy"))
    response = bytes(leg.response)
    return Exchange(
        uri=urldefrag(request.url)[0],
        request=bytes(leg.request) if leg.sent else b"",
        response=response,
        started=leg.started,
        duration=timedelta(seconds=max(0.0, ended - leg.clock)),
        ip=None if proxied else leg.ip,
        protocol="http/1.0" if response.startswith(b"HTTP/1.0") else "http/1.1",
        tls_version=leg.tls[0] if leg.tls else None,
        tls_cipher=leg.tls[1] if leg.tls else None,
        truncated=truncated,
        error=error,
        excess=leg.excess,
        superseded=superseded,
        hop=hop_of(request, proxied=proxied),
        not_modified=not_modified,
    )


def _not_modified(request: Request, response: Response | None) -> Original | None:
    told = request.meta.get("original")
    if told is None or response is None or response.status != HTTPStatus.NOT_MODIFIED:
        return None
    return Original.of(told)


def _told(recorded: Recorded | None, exchange: Exchange) -> dict[str, Any]:
    date = recorded.held_since if recorded and recorded.held_since else exchange.started
    told = {"date": date.isoformat()}
    if recorded is None:
        return told
    return asdict(recorded.pointer) | told | ({"revisit": True} if recorded.revisited else {})
