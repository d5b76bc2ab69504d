"""Collect the bytes on the wire of one download: each copy of the request, and all of the responses."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class Leg:
    """The request on one connection. Twisted sends it on a new one, too, where the pooled one was closed."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)
    ip: str | None = None
    tls: tuple[str, str | None] | None = None  # version and IANA cipher suite
    sent: bool = True  # False until the TLS handshake is done: nothing of the request is on the wire yet
    complete: bool = False  # the parser reached the end of the response
    by_closing: bool = False  # that end was the end of the connection, closed by the server or the crawler
    excess: int = 0  # bytes received after that end
    overlong: str | None = None  # the part that was too long, where the crawler closed the connection for it


@dataclass(slots=True)
class Wiretap:
    """The legs of one call of `download_request`; its connections fill them in."""

    connect_seconds: float  # timeout of opening a connection
    max_head: int  # bytes before the body: status line, headers, and interim responses
    max_wire: int  # bytes of the whole response on the wire, with chunk sizes and trailers
    legs: list[Leg] = field(default_factory=list)
    refused: str | None = None  # the private address that the host resolved to

    def begin(self) -> Leg:
        """Add the leg of a connection that now gets the request."""
        self.legs.append(Leg())
        return self.legs[-1]


# The wiretap of the current download. Agent.request() asks the pool for a connection synchronously.
CURRENT_TAP: ContextVar[Wiretap] = ContextVar("CURRENT_TAP")


class TeeTransport:
    """Copy what a request writes to a transport. All other attributes are the transport's."""

    def __init__(self, transport: Any, copy: bytearray) -> None:
        self._transport = transport
        self._copy = copy

    def write(self, data: bytes) -> None:
        self._copy += data
        self._transport.write(data)

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802
        self.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
