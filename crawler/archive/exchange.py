"""One exchange with a server: the bytes sent, the bytes received, and the circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from crawler.archive.originals import Original

Truncation = Literal["length", "time", "disconnect", "unspecified"]  # as WARC 1.1 §5.13 names the reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A request and its response, both as they were on the wire.

    An exchange that never reached a server has no request bytes. One without a response has no response
    bytes, and `error` says what failed. Raises ValueError where the address is not ASCII or `started` is not
    in UTC.
    """

    uri: str  # ASCII, as RFC 3986 wants it
    request: bytes  # everything sent; the archive drops credentials from it
    response: bytes  # everything received up to the end of the message, interim (1xx) answers included
    started: datetime  # aware, UTC, microseconds: when the first byte was sent
    duration: timedelta
    ip: str | None = None  # of the server; None where it is unknown, as behind a proxy
    protocol: str = "http/1.1"
    tls_version: str | None = None  # tls/1.3
    tls_cipher: str | None = None  # IANA name, TLS_AES_256_GCM_SHA384
    truncated: Truncation | None = None
    error: str | None = None  # one line
    excess: int = 0  # bytes that the server sent after the end of its message; they are not kept
    superseded: tuple["Exchange", ...] = ()  # the same request on dead connections, oldest first
    hop: Mapping[str, str] = field(
        default_factory=dict
    )  # via, hops (E, L, R…), source: how the URL was found
    not_modified: Original | None = None  # the capture that a 304 confirms

    def __post_init__(self) -> None:
        if not self.uri.isascii() or any(character <= " " or character == "\x7f" for character in self.uri):
            raise ValueError(f"an exchange's address must be printable ASCII; it is {self.uri!r}")
        if self.started.utcoffset() != timedelta(0):
            raise ValueError(f"an exchange begins at a moment in UTC, not at {self.started!r}")

    @property
    def method(self) -> str:
        """The request method: GET, HEAD, POST…; an empty string where nothing was sent."""
        return self.request.partition(b" ")[0].decode("ascii", "replace")


def now() -> datetime:
    """Return the current moment in UTC, for `Exchange.started`."""
    return datetime.now(UTC)
