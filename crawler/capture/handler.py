"""The download handler for http and https: Scrapy's own, which also archives every exchange byte for byte.

It is below all middlewares, so redirects, retries, robots.txt and failures are archived as well. Its
settings: CONNECT_TO (see `crawler.capture.connect_to`), PRIVATE_HOSTS (host names that may resolve to private
addresses) and HEADERS_MAXSIZE (bytes that may come before a body).

It writes into `request.meta["record"]` where the payload of the response is archived; for a revisit, where
the original is, and `revisit` is true. Without a response the dict has the date only. A conditional request
has in `request.meta["original"]` the capture that it refers to: a `crawler.archive.originals.Original` as a
dict.
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
from crawler.site import Site

logger = logging.getLogger(__name__)
_CONNECT_SECONDS = 30.0  # timeout where DownloadTimeoutMiddleware set no download_timeout


@runtime_checkable
class RecordingExtension(Protocol):
    """An extension with a recorder, as `crawler.extensions.run.RunExtension` is."""

    recorder: Recorder


@runtime_checkable
class SpiderOfSite(Protocol):
    """A spider that crawls one site."""

    site: Site


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
            private_hosts=_private_hosts(crawler),
        )
        self._pool.maxPersistentPerHost = persistent
        self._max_head = crawler.settings.getint("HEADERS_MAXSIZE")
        self._max_body = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._ending: asyncio.Task[None] | None = None
        self._warned = False

    async def download_request(self, request: Request) -> Response:
        """Download a response and archive the exchange; return after the record is written."""
        request.meta.pop("record", None)  # a retry or redirect copies the meta of its predecessor
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
        if overlong := self._overlong(request, tap):  # Scrapy blames the server where the crawler cut
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
        request.meta["record"] = _record_of(recorded, exchange)

    def _recorder(self) -> Recorder | None:
        """Return the recorder of the run, None outside of runs, as in `scrapy shell` and `scrapy fetch`."""
        if self._found is not None:
            return self._found
        for extension in self.crawler.extensions.middlewares:
            if isinstance(extension, RecordingExtension):
                self._found = extension.recorder
                return self._found
        if not self._warned:
            self._warned = True
            logger.warning("There is no run, so nothing is archived.")
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
        body = request.meta.get("download_maxsize") or self._max_body
        return Wiretap(
            connect_seconds=request.meta.get("download_timeout") or _CONNECT_SECONDS,
            max_head=self._max_head,
            # chunks of few bytes double a body on the wire; no bound of the body: no bound of the wire
            max_wire=2 * body + self._max_head if body else sys.maxsize,
        )

    def _overlong(self, request: Request, tap: Wiretap) -> DownloadCancelledError | None:
        if not tap.legs or tap.legs[-1].overlong is None:
            return None
        return DownloadCancelledError(f"{request.url}: too many bytes of {tap.legs[-1].overlong}.")

    def _private(self, request: Request, tap: Wiretap) -> PrivateAddressError | None:
        """Return the error where a private address was refused and no other address connected."""
        address = tap.refused
        if address is None or tap.legs:
            return None
        self.crawler.stats.inc_value("capture/refused_private")
        message = f"{request.url} resolves to {address}, which is not an address of the public internet."
        logger.warning("%s", message)
        return PrivateAddressError(message)

    def _end_crawl(self, failure: ArchiveError) -> None:
        if self._ending is not None or self.crawler.engine is None or self.crawler.engine.spider is None:
            return
        logger.error("The archive cannot be written, so the crawl ends. %s", failure)
        # Not awaited: the engine waits for this request before it closes.
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
        protocol="http/1.0" if response[:64].lstrip().upper().startswith(b"HTTP/1.0") else "http/1.1",
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
    original = request.meta.get("original")
    if original is None or response is None or response.status != HTTPStatus.NOT_MODIFIED:
        return None
    return Original.of(original)


def _record_of(recorded: Recorded | None, exchange: Exchange) -> dict[str, Any]:
    date = recorded.held_since if recorded and recorded.held_since else exchange.started
    fields = {"date": date.isoformat()}
    if recorded is None:
        return fields
    return asdict(recorded.pointer) | fields | ({"revisit": True} if recorded.revisited else {})


def _private_hosts(crawler: Crawler) -> frozenset[str]:
    """Return the hosts that may be on a private address: those of PRIVATE_HOSTS, and the site's own."""
    spider = crawler.spider
    own: frozenset[str] = spider.site.private_hosts if isinstance(spider, SpiderOfSite) else frozenset()
    return own | {host.lower() for host in crawler.settings.getlist("PRIVATE_HOSTS")}
