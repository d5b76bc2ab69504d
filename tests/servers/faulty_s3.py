"""A loopback proxy before a real S3 server that fails by plan: refuses, stalls, breaks off, lies, damages.

    plan = Script([Fault.UNAVAILABLE, None, Fault.DROP], method="PUT")
    with faulty_s3(swift.endpoint_url, plan) as proxy:
        …AWS_ENDPOINT_URL=proxy.endpoint…
    assert plan.done

A plan decides by the requests alone (their order and a seed), never by time. Clients that send requests in
parallel may send them in another order each time: then the same faults hit other requests.
"""

import http.client
import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from tests.servers.http import Answer, Request, serving

_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}
_ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>by plan</Message></Error>"
_RESET = Answer(sent="nothing", reset=True)


class Fault(StrEnum):
    """A fault of one request."""

    HANG_UP = "hang up"  # reset before a byte of the body is read
    ERROR = "error"  # 500
    UNAVAILABLE = "unavailable"  # 503 SlowDown
    STALL = "stall"  # no answer; the connection is reset after `stall_seconds`
    RESET = "reset"  # in the middle of the upload of a PUT, in the middle of the answer to other requests
    LOSE_ANSWER = "lose answer"  # the server does it, and the connection is reset before the answer
    DROP = "drop"  # 200, and the object is not stored (PUT only)
    DAMAGE = "damage"  # one bit is flipped in the upload of a PUT, in the answer to other requests


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as a plan knows it."""

    number: int  # counted from 0
    method: str
    path: str  # with bucket and query


class Plan(Protocol):
    """Decides about one request at a time, in the order in which their heads are read."""

    def __call__(self, asked: Asked) -> Fault | None: ...


@dataclass
class Script:
    """Gives these faults to the requests that match, one after the other; then none."""

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


@dataclass(frozen=True)
class Always:
    """Gives one fault to every upload whose path contains `path_holds`."""

    fault: Fault
    path_holds: str

    def __call__(self, asked: Asked) -> Fault | None:
        return self.fault if asked.method == "PUT" and self.path_holds in asked.path else None


@dataclass
class Seeded:
    """Gives random faults, by a seed, to `rate` of the requests whose path matches, up to `most` faults."""

    seed: int
    rate: float = 0.3
    most: int = 50
    kinds: Sequence[Fault] = tuple(Fault)
    path_holds: Sequence[str] = ("",)  # any of these; the empty text matches every path
    given: Counter[Fault] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable

    def __call__(self, asked: Asked) -> Fault | None:
        if not any(part in asked.path for part in self.path_holds):
            return None
        # Drawn for each request, so that its fault depends only on the number of requests before it.
        hit, fault = self._random.random() < self.rate, self._random.choice(self.kinds)
        if not hit or self.given.total() >= self.most or (fault is Fault.DROP and asked.method != "PUT"):
            return None
        self.given[fault] += 1
        return fault


class FaultyS3:
    """The proxy: asks its plan about each request, and forwards it unless the fault forbids."""

    def __init__(self, real_endpoint: str, plan: Plan, stall_seconds: float) -> None:
        self.endpoint = ""
        self.asked: list[tuple[Asked, Fault | None]] = []
        self.over = threading.Event()
        self._upstream = urlsplit(real_endpoint).netloc
        self.plan = plan
        self._stall_seconds = stall_seconds
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        fault = self._decide(request.method, request.path)
        if fault in {Fault.HANG_UP, Fault.STALL} or (fault is Fault.RESET and request.method == "PUT"):
            return self._reset_before_forwarding(fault, request)
        if fault in {Fault.ERROR, Fault.UNAVAILABLE}:
            status, code = (500, b"InternalError") if fault is Fault.ERROR else (503, b"SlowDown")
            return Answer(_ERROR % code, status, content_type=None)
        if fault is Fault.DROP:
            return Answer(headers={"ETag": '"00000000000000000000000000000000"'}, content_type=None)
        return self._forwarded(request, fault)

    def _reset_before_forwarding(self, fault: Fault | None, request: Request) -> Answer:
        if fault is Fault.RESET:
            request.read(int(request.headers["content-length"]) // 2)
        elif fault is Fault.STALL:
            _ = request.body
            self.over.wait(self._stall_seconds)
        return _RESET

    def _forwarded(self, request: Request, fault: Fault | None) -> Answer:
        damages, upload = fault is Fault.DAMAGE, request.method == "PUT"
        answer = self._ask_upstream(request, damaged(request.body) if upload and damages else request.body)
        if fault is Fault.LOSE_ANSWER:
            return _RESET
        if fault is Fault.RESET:
            return replace(answer, sent="half of the body", reset=True)
        return replace(answer, body=damaged(answer.data)) if damages and not upload else answer

    def _decide(self, method: str, path: str) -> Fault | None:
        with self._lock:
            asked = Asked(len(self.asked), method, path)
            fault = self.plan(asked)
            self.asked.append((asked, fault))
            return fault

    def _ask_upstream(self, request: Request, body: bytes) -> Answer:
        upstream = http.client.HTTPConnection(self._upstream, timeout=30)
        try:
            # The Host header stays as the client signed it.
            headers = {name: value for name, value in request.headers.items() if name != "expect"}
            upstream.request(request.method, request.path, body=body, headers=headers)
            answer = upstream.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            return Answer(answer.read(), answer.status, content_type=None, headers=kept)
        finally:
            upstream.close()


@contextmanager
def faulty_s3(real_endpoint: str, plan: Plan, *, stall_seconds: float = 1.0) -> Iterator[FaultyS3]:
    """Run the proxy until the block ends; requests that still stall are reset then."""
    proxy = FaultyS3(real_endpoint, plan, stall_seconds)
    with serving(proxy.answer) as proxy.endpoint:
        try:
            yield proxy
        finally:
            proxy.over.set()


@contextmanager
def refused_endpoint() -> Iterator[str]:
    """Yield an address that refuses every connection: its port is bound and does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def damaged(body: bytes) -> bytes:
    """Return the bytes with one bit flipped in the middle; an empty body stays empty."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body
