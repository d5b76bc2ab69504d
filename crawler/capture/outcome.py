"""Describe the end of a download in the fields of WARC records."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response
from twisted.internet.error import ConnectionClosed
from twisted.web.client import ResponseFailed

from crawler.archive.exchange import Truncation
from crawler.capture.wiretap import Leg

_REASONS: tuple[tuple[type[BaseException], Truncation], ...] = (
    (DownloadTimeoutError, "time"),
    (DownloadCancelledError, "length"),  # DOWNLOAD_MAXSIZE
    (ResponseDataLossError, "disconnect"),
    (StopDownload, "unspecified"),
    (asyncio.CancelledError, "unspecified"),
)
_MAX_ERROR = 500  # characters


def truncation(leg: Leg, response: Response | None, error: BaseException | None) -> Truncation | None:
    """Return why the response on the wire is incomplete; None where it is complete or where there is none.

    A body without a length ends with the connection and is complete (Scrapy flags it `partial`), unless the
    crawler closed the connection.
    """
    stopped = response is not None and "download_stopped" in response.flags
    cut_by_us = leg.by_closing and (stopped or error is not None)
    if (leg.complete and not cut_by_us) or not leg.response:
        return None
    if response is not None:
        if stopped:
            return "unspecified"
        return "disconnect" if "dataloss" in response.flags else None
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, DownloadFailedError) and _lost_connection(error.__cause__):
        return "disconnect"
    return "unspecified"  # the crawler closed the connection: the bytes were not HTTP


def _lost_connection(cause: BaseException | None) -> bool:
    return isinstance(cause, ResponseFailed) and any(
        reason.check(ConnectionClosed) is not None for reason in cause.reasons
    )


def describe(error: BaseException | None) -> str | None:
    """Return one line for the metadata record, such as `DownloadTimeoutError: Getting … took longer`."""
    if error is None:
        return None
    return f"{type(error).__name__}: {error}"[:_MAX_ERROR]


def hop_of(request: Request, *, proxied: bool) -> Mapping[str, str]:
    """Return how the URL was found: via, hops (one letter for each hop, as in Heritrix) and source.

    The spider puts the three into `request.meta["hop"]`. Each redirect adds a hop. A request for robots.txt
    has a value of its own.
    """
    fields = request.meta.get("hop") or {}
    hop = {name: str(value) for name, value in fields.items() if name in {"via", "hops", "source"} and value}
    if not hop and urlsplit(request.url).path == "/robots.txt":
        hop = {"hops": "P", "source": "robots"}
    redirects = request.meta.get("redirect_urls") or []
    if redirects:
        hop |= {"via": str(redirects[-1]), "hops": hop.get("hops", "") + "R" * len(redirects)}
    if proxied:
        hop["proxied"] = "yes"  # the record has no WARC-IP-Address for this reason
    return hop
