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


@dataclass(frozen=True)
class Always:
    """One fault for every upload whose path holds a text."""

    fault: Fault
    path_holds: str

    def __call__(self, asked: Asked) -> Fault | None:
        return self.fault if asked.method == "PUT" and self.path_holds in asked.path else None


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


class FaultyS3:
    """The proxy: decides about each request and forwards it, or what its fault leaves of it."""

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
    """Run the proxy until the block ends; what stalls then is reset."""
    proxy = FaultyS3(real_endpoint, plan, stall_seconds)
    with serving(proxy.answer) as proxy.endpoint:
        try:
            yield proxy
        finally:
            proxy.over.set()


@contextmanager
def refused_endpoint() -> Iterator[str]:
    """An address where every connection is refused: a port that is bound and does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def damaged(body: bytes) -> bytes:
    """The same with one bit turned in the middle; nothing where there is nothing to damage."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body
