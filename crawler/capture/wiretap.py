"""What went over the wire for one download: every sending of the request, every byte of the answers."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class Leg:
    """The request on one connection. Twisted sends it again on a new one where a pooled one was dead."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)
    ip: str | None = None
    tls: tuple[str, str | None] | None = None  # version and IANA cipher suite
    sent: bool = True  # False while the TLS handshake goes on: bytes wait, none is on the wire
    complete: bool = False  # the parser saw the end of the message
    by_closing: bool = False  # where that end was the connection's: the server's doing, or ours
    excess: int = 0  # bytes after that end
    overlong: str | None = None  # what of the answer had no end, where that is why we hung up


@dataclass(slots=True)
class Wiretap:
    """Belongs to one call of `download_request`; filled in by the connection."""

    connect_seconds: float  # how long a connection may take to come about
    head_most: int  # bytes before the body: status line, headers, and interim answers
    wire_most: int  # bytes of the whole answer as it came, chunk sizes and trailers included
    legs: list[Leg] = field(default_factory=list)
    refused: str | None = None  # the private address that the host led to

    def begin(self) -> Leg:
        self.legs.append(Leg())
        return self.legs[-1]


# Agent.request() asks the pool for a connection synchronously, so this tells the pool whose it will be.
CURRENT_TAP: ContextVar[Wiretap] = ContextVar("CURRENT_TAP")


class TeeTransport:
    """Keeps a copy of what a request writes. All else is the transport's own affair."""

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
