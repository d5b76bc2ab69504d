"""Short names for why a request came to nothing, for counters and tables."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.capture.peers import PrivateAddressError
from crawler.errors import ArchiveError
from crawler.politeness.downloader import RunEndingError
from crawler.politeness.retry_after import HostBusyError
from crawler.politeness.robots import RobotsForbiddenError, RobotsUnreachableError

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (PrivateAddressError, "private-address"),
    (RobotsForbiddenError, "robots"),
    (RobotsUnreachableError, "robots-unreachable"),
    (HostBusyError, "host-busy"),
    (RunEndingError, "run-ended"),
    (ArchiveError, "run-ended"),  # what cannot be kept ends the run, and the next one asks again
    (DownloadTimeoutError, "timeout"),
    (DownloadConnectionRefusedError, "connection-refused"),
    (CannotResolveHostError, "dns"),
    (ResponseDataLossError, "cut-short"),
    (DownloadCancelledError, "too-large"),
    (DownloadFailedError, "connection-lost"),
)
_IGNORED = (
    ("max redirections", "redirect-loop"),
    ("exceeded", "too-large"),
)


def failure_reason(failure: Failure) -> str:
    """A slug such as http-404, timeout, robots; an unforeseen error gives its class name."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"http-{error.response.status}"
    for kind, slug in _REASONS:
        if isinstance(error, kind):
            return slug
    if isinstance(error, IgnoreRequest):  # Scrapy tells these apart by their text only
        return next((slug for text, slug in _IGNORED if text in str(error)), "ignored")
    return type(error).__name__
