"""A loopback proxy before a real S3 server that fails by plan: refuses, stalls, breaks off, lies, damages.

    plan = Script([Fault.UNAVAILABLE, None, Fault.DROP], method="PUT")
    with faulty_s3(swift.endpoint_url, plan) as proxy:
        …AWS_ENDPOINT_URL=proxy.endpoint…
    assert plan.done

What a plan decides depends on the requests alone (their order and a seed), never on the time. Clients that
ask side by side may ask in another order each time; then the faults are the same and whom they meet is not.
"""

import http.client
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import urlsplit

_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}
_BLOCK = 1 << 16
_ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>by plan</Message></Error>"


class Fault(StrEnum):
    """What happens to one request."""

    HANG_UP = "hang up"  # reset before a byte of it was read
    ERROR = "error"  # 500
    UNAVAILABLE = "unavailable"  # 503 SlowDown
    STALL = "stall"  # no answer; after `stall_seconds` the connection is reset
    RESET = "reset"  # in the middle: of the upload for a PUT, of the answer for all else
    LOSE_ANSWER = "lose answer"  # done by the server, and the client hears nothing
    DROP = "drop"  # 200, and the object is not kept (PUT only)
    DAMAGE = "damage"  # one byte is another: of the upload for a PUT, of the answer for all else


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a plan sees it."""

    number: int  # from 0, of all
    method: str
    path: str  # with bucket and query


class Plan(Protocol):
    """Called for one request at a time, in the order in which their heads are read."""

    def __call__(self, asked: Asked) -> Fault | None: ...


@dataclass
class Script:
    """These faults for the requests that fit, one after the other; then none."""

    faults: Sequence[Fault | None]
    method: str | None = None
    path_holds: str = ""
    _used: int = 0

    @property
    def done(self) -> bool:
        return self._used >= len(self.faults)

    def __call__(self, asked: Asked) -> Fault | None:
        fits = self.method in {None, asked.method} and self.path_holds in asked.path
        if not fits or self.done:
            return None
        self._used += 1
        return self.faults[self._used - 1]


@dataclass
class Seeded:
    """Faults at random, told by a seed: `rate` of the requests whose path fits, `most` of them at most."""

    seed: int
    rate: float = 0.3
    most: int = 50
    kinds: Sequence[Fault] = tuple(Fault)
    path_holds: Sequence[str] = ("",)  # one of these; all: the empty text
    given: Counter[Fault] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - to be the same each time

    def __call__(self, asked: Asked) -> Fault | None:
        if not any(part in asked.path for part in self.path_holds):
            return None
        # Drawn for each request, so that its fate depends on how many came before and on nothing else.
        hit, fault = self._random.random() < self.rate, self._random.choice(self.kinds)
        if not hit or self.given.total() >= self.most or (fault is Fault.DROP and asked.method != "PUT"):
            return None
        self.given[fault] += 1
        return fault


class FaultyS3(ThreadingHTTPServer):
    """The running proxy."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, real_endpoint: str, plan: Plan, stall_seconds: float, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.upstream = urlsplit(real_endpoint).netloc
        self.plan = plan
        self.stall_seconds = stall_seconds
        self.asked: list[tuple[Asked, Fault | None]] = []
        self.over = threading.Event()
        self._lock = threading.Lock()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fate(self, method: str, path: str) -> Fault | None:
        with self._lock:
            asked = Asked(len(self.asked), method, path)
            fault = self.plan(asked)
            self.asked.append((asked, fault))
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the plan."""


@contextmanager
def faulty_s3(real_endpoint: str, plan: Plan, *, stall_seconds: float = 1.0) -> Iterator[FaultyS3]:
    """Run the proxy until the block ends; what stalls then is reset."""
    server = FaultyS3(real_endpoint, plan, stall_seconds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def refused_endpoint() -> Iterator[str]:
    """An address where every connection is refused: a port that is bound and does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3

    def _serve(self) -> None:
        fault = self.server.fate(self.command, self.path)
        size = int(self.headers.get("Content-Length") or 0)
        if fault is Fault.HANG_UP:
            self._reset()
            return
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        upload = self.command == "PUT"
        if upload and fault is Fault.RESET:
            self.rfile.read(size // 2)
            self._reset()
            return
        body = self.rfile.read(size)
        if fault is Fault.STALL:
            self.server.over.wait(self.server.stall_seconds)
            self._reset()
        elif fault in {Fault.ERROR, Fault.UNAVAILABLE}:
            status, code = (500, b"InternalError") if fault is Fault.ERROR else (503, b"SlowDown")
            self._reply(status, [], b"" if self.command == "HEAD" else _ERROR % code)
        elif fault is Fault.DROP:
            self._reply(200, [("ETag", '"00000000000000000000000000000000"')], b"")
        else:
            self._forward(damaged(body) if upload and fault is Fault.DAMAGE else body, fault)

    def _forward(self, body: bytes, fault: Fault | None) -> None:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=30)
        try:
            # The Host header stays as the client signed it.
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            upstream.request(self.command, self.path, body=body, headers=headers)
            answer = upstream.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
            content = answer.read()
        finally:
            upstream.close()
        if fault is Fault.LOSE_ANSWER:
            self._reset()
            return
        down = self.command != "PUT"
        if down and fault is Fault.DAMAGE:
            content = damaged(content)
        self._reply(answer.status, kept, content, cut=down and fault is Fault.RESET)

    def _reply(
        self, status: int, headers: Sequence[tuple[str, str]], body: bytes, *, cut: bool = False
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._reset()

    def _reset(self) -> None:
        """Close with RST and not with FIN, as a machine does that fell over."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing on stderr; `asked` tells what was asked."""

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _serve  # noqa: N815 - the names that http.server calls


def damaged(body: bytes) -> bytes:
    """The same with one bit turned in the middle; nothing where there is nothing to damage."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body
