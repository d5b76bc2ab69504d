"""How a download ended, in the words of the archive."""

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
_LONGEST_ERROR = 500


def truncation(leg: Leg, response: Response | None, error: BaseException | None) -> Truncation | None:
    """Why the message on the wire is not whole; None where it is, or where there is none.

    A body that ends with the connection is whole (Scrapy flags it `partial`), unless it was we who hung up.
    """
    stopped = response is not None and "download_stopped" in response.flags
    by_us = leg.by_closing and (stopped or error is not None)
    if (leg.complete and not by_us) or not leg.response:
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
    return "unspecified"  # we hung up: the bytes were no HTTP


def _lost_connection(cause: BaseException | None) -> bool:
    return isinstance(cause, ResponseFailed) and any(
        reason.check(ConnectionClosed) is not None for reason in cause.reasons
    )


def describe(error: BaseException | None) -> str | None:
    """One line for the metadata record, such as `DownloadTimeoutError: Getting … took longer`."""
    if error is None:
        return None
    return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]


def hop_of(request: Request, *, proxied: bool) -> Mapping[str, str]:
    """How the URL was found: via, hops (one letter a hop, as Heritrix writes them) and source.

    The spider says it in `request.meta["hop"]`; redirects add to it, and robots.txt speaks for itself.
    """
    told = request.meta.get("hop") or {}
    hop = {name: str(value) for name, value in told.items() if name in {"via", "hops", "source"} and value}
    if not hop and urlsplit(request.url).path == "/robots.txt":
        hop = {"hops": "P", "source": "robots"}
    redirects = request.meta.get("redirect_urls") or []
    if redirects:
        hop |= {"via": str(redirects[-1]), "hops": hop.get("hops", "") + "R" * len(redirects)}
    if proxied:
        hop["proxied"] = "yes"  # which is why there is no WARC-IP-Address
    return hop
