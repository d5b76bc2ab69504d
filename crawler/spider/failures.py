"""The reason for which a request failed, for counters, the ledger and tables."""

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
from crawler.errors import ArchiveError, Reason, http_reason
from crawler.politeness.downloader import RunEndingError
from crawler.politeness.retry_after import HostBusyError
from crawler.politeness.robots import RobotsForbiddenError, RobotsUnreachableError

_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (PrivateAddressError, Reason.PRIVATE_ADDRESS),
    (RobotsForbiddenError, Reason.ROBOTS),
    (RobotsUnreachableError, Reason.ROBOTS_UNREACHABLE),
    (HostBusyError, Reason.HOST_BUSY),
    (RunEndingError, Reason.RUN_ENDED),
    (ArchiveError, Reason.RUN_ENDED),  # an exchange that cannot be kept ends the run; the next one asks again
    (DownloadTimeoutError, Reason.TIMEOUT),
    (DownloadConnectionRefusedError, Reason.CONNECTION_REFUSED),
    (CannotResolveHostError, Reason.DNS),
    (ResponseDataLossError, Reason.CUT_SHORT),
    (DownloadCancelledError, Reason.TOO_LARGE),
    (DownloadFailedError, Reason.CONNECTION_LOST),
)
# Scrapy raises IgnoreRequest for these; only the text distinguishes them.
_IGNORED = (
    ("max redirections", Reason.REDIRECT_LOOP),
    ("exceeded", Reason.TOO_LARGE),
)


def failure_reason(failure: Failure) -> str:
    """Return the reason for a failed request, or the class name of an unforeseen error."""
    return _reason(failure.value)


def cause_of(failure: Failure) -> str:
    """Return the reason for a failed request or, if its robots.txt failed, the reason for that.

    For example `dns`, `tls`, `robots-unreachable: http-503`.
    """
    error = failure.value
    if isinstance(error, RobotsUnreachableError):
        if error.status is not None:
            return f"{Reason.ROBOTS_UNREACHABLE}: {http_reason(error.status)}"
        error = error.__cause__ or error
    reason = _reason(error)
    return "tls" if reason == Reason.CONNECTION_LOST and "SSL" in str(error) else reason


def _reason(error: BaseException | None) -> str:
    if isinstance(error, HttpError):
        return http_reason(error.response.status)
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, IgnoreRequest):
        return next((reason for text, reason in _IGNORED if text in str(error)), Reason.IGNORED)
    return type(error).__name__
