"""An S3 server in memory that reports success and does something else; each fault has a name."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.servers.http import Answer, Request, serving

FAULTS = frozenset(
    {
        "damages",  # keeps other bytes
        "damages-once",
        "drops",  # keeps nothing
        "knows-no-condition",  # 501 for If-None-Match
        "knows-no-checksum",  # 400 for x-amz-checksum-sha256
        "ignores-conditions",  # overwrites in spite of If-None-Match
        "ignores-ranges",
        "breaks-off",  # ends an answer early
        "refuses-deletes",
        "hides-what-is-missing",  # 403 instead of 404, as for a key that may not list
        "hides-what-is-there-once",  # the first question for an object is answered 404
        "refuses-locks",  # 400 for x-amz-object-lock-mode
        "ignores-locks",  # keeps the object and no lock
        "locks-for-a-minute",
        "is-full",
        "is-in-another-region",
    }
)
_RETENTION = "<Retention><Mode>{}</Mode><RetainUntilDate>{}</RetainUntilDate></Retention>"
_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>no</Message></Error>"
_GUARDS = {"if-none-match", "x-amz-checksum-sha256"}


class LyingServer:
    """`objects` is what it holds; `faults` may be changed at any time."""

    def __init__(self, *faults: str) -> None:
        if unknown := set(faults) - FAULTS:
            raise ValueError(f"no such faults: {unknown}")
        self.endpoint_url = ""
        self.faults = set(faults)
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.locks: dict[str, tuple[str, str]] = {}  # mode, until
        self.requests: list[tuple[str, frozenset[str]]] = []  # method, the guards that it carried

    def answer(self, request: Request) -> Answer:
        key = urlsplit(request.path).path
        guards = _GUARDS & set(request.headers) if request.method == "PUT" else frozenset()
        self.requests.append((request.method, frozenset(guards)))
        if request.method == "PUT":
            answer = self._put(key, request)
        elif request.method == "DELETE":
            answer = self._delete(key)
        else:
            answer = self._get(key, request)
            if request.method == "GET" and "breaks-off" in self.faults:
                answer = replace(answer, sent="half of the body")
            if key in self.objects:
                headers = {"ETag": _etag(self.objects[key]), **self.metadata.get(key, {})}
                answer = replace(answer, headers=headers)
        return answer

    def _put(self, key: str, request: Request) -> Answer:
        refusals = {
            "is-full": (507, "InsufficientStorage", True),
            "is-in-another-region": (301, "PermanentRedirect", True),
            "knows-no-condition": (501, "NotImplemented", _has(request, "if-none-match", "if-match")),
            "knows-no-checksum": (400, "InvalidArgument", _has(request, "x-amz-checksum-sha256")),
            "refuses-locks": (400, "InvalidRequest", _has(request, "x-amz-object-lock-mode")),
        }
        for fault, (status, code, fits) in refusals.items():
            if fault in self.faults and fits:
                return _error(status, code)
        if self._fails_a_condition(key, request) and "ignores-conditions" not in self.faults:
            return _error(412, "PreconditionFailed")
        if "drops" not in self.faults:
            self._keep(key, request)
        return Answer(content_type=None)

    def _fails_a_condition(self, key: str, request: Request) -> bool:
        there = self.objects.get(key)
        if "if-none-match" in request.headers:
            return there is not None
        wanted = request.headers.get("if-match")
        return wanted is not None and (there is None or wanted != _etag(there))

    def _keep(self, key: str, request: Request) -> None:
        body = request.body
        if {"damages", "damages-once"} & self.faults:
            body = bytes([body[0] ^ 1]) + body[1:]
            self.faults.discard("damages-once")
        self.objects[key] = body
        self.metadata[key] = {
            name: value for name, value in request.headers.items() if name.startswith("x-amz-meta-")
        }
        mode, until = (
            request.headers.get(f"x-amz-object-lock-{name}") for name in ("mode", "retain-until-date")
        )
        if "locks-for-a-minute" in self.faults:
            until = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
        if mode and until and "ignores-locks" not in self.faults:
            self.locks[key] = mode, until

    def _get(self, key: str, request: Request) -> Answer:
        body = self.objects.get(key)
        if "hides-what-is-there-once" in self.faults:
            self.faults.discard("hides-what-is-there-once")
            return _error(404, "NoSuchKey")
        if body is None:
            hidden = "hides-what-is-missing" in self.faults
            return _error(403, "AccessDenied") if hidden else _error(404, "NoSuchKey")
        if urlsplit(request.path).query.startswith("retention"):
            lock = self.locks.get(key)
            if lock is None:
                return _error(404, "NoSuchObjectLockConfiguration")
            return Answer(_RETENTION.format(*lock), content_type=None)
        if "range" in request.headers and "ignores-ranges" not in self.faults:
            first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
            return Answer(body[int(first) : int(last) + 1 if last else None], 206, content_type=None)
        return Answer(body, content_type=None)

    def _delete(self, key: str) -> Answer:
        if "refuses-deletes" in self.faults:
            return _error(403, "AccessDenied")
        self.objects.pop(key, None)
        return Answer(status=204, content_type=None)


@contextmanager
def lying_server(*faults: str) -> Iterator[LyingServer]:
    """Run the server until the block ends."""
    server = LyingServer(*faults)
    with serving(server.answer) as server.endpoint_url:
        yield server


def _has(request: Request, *names: str) -> bool:
    return any(name in request.headers for name in names)


def _error(status: int, code: str) -> Answer:
    return Answer(_ERROR.format(code), status, content_type=None)


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
