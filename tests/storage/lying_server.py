"""An S3 server that says yes and does something else, as some real ones do; each fault by name."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import urlsplit

FAULTS = frozenset(
    {
        "damages",  # keeps other bytes
        "damages-once",
        "drops",  # keeps nothing
        "knows-no-condition",  # 501 for If-None-Match
        "knows-no-checksum",  # 400 for x-amz-checksum-sha256
        "ignores-conditions",  # overwrites whatever If-None-Match says
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


class LyingServer(ThreadingHTTPServer):
    """`objects` is what it holds; `faults` may be changed at any time."""

    daemon_threads = True

    def __init__(self, *faults: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if unknown := set(faults) - FAULTS:
            raise ValueError(f"no such faults: {unknown}")
        self.faults = set(faults)
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.locks: dict[str, tuple[str, str]] = {}  # mode, until
        self.requests: list[tuple[str, frozenset[str]]] = []  # method, the guards that it carried

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def lying_server(*faults: str) -> Iterator[LyingServer]:
    with LyingServer(*faults) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        server, body = self._server, self.rfile.read(int(self.headers["Content-Length"]))
        guards = {"if-none-match", "x-amz-checksum-sha256"} & {name.lower() for name in self.headers}
        server.requests.append(("PUT", frozenset(guards)))
        if "is-full" in server.faults:
            self._answer(507, _ERROR.format("InsufficientStorage").encode())
        elif "is-in-another-region" in server.faults:
            self._answer(301, _ERROR.format("PermanentRedirect").encode())
        elif "knows-no-condition" in server.faults and "if-none-match" in guards:
            self._answer(501, _ERROR.format("NotImplemented").encode())
        elif "knows-no-checksum" in server.faults and "x-amz-checksum-sha256" in guards:
            self._answer(400, _ERROR.format("InvalidArgument").encode())
        elif "knows-no-condition" in server.faults and "If-Match" in self.headers:
            self._answer(501, _ERROR.format("NotImplemented").encode())
        elif "refuses-locks" in server.faults and "x-amz-object-lock-mode" in self.headers:
            self._answer(400, _ERROR.format("InvalidRequest").encode())
        elif self._fails_a_condition() and "ignores-conditions" not in server.faults:
            self._answer(412, _ERROR.format("PreconditionFailed").encode())
        else:
            self._keep(body)
            self._answer(200)

    def _fails_a_condition(self) -> bool:
        there = self._server.objects.get(self._key)
        if "If-None-Match" in self.headers:
            return there is not None
        wanted = self.headers.get("If-Match")
        return wanted is not None and (there is None or wanted != _etag(there))

    def _keep(self, body: bytes) -> None:
        faults = self._server.faults
        if "drops" in faults:
            return
        if {"damages", "damages-once"} & faults:
            body = bytes([body[0] ^ 1]) + body[1:]
            faults.discard("damages-once")
        self._server.objects[self._key] = body
        self._server.metadata[self._key] = {
            name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")
        }
        mode, until = (
            self.headers.get(f"x-amz-object-lock-{name}") for name in ("mode", "retain-until-date")
        )
        if "locks-for-a-minute" in faults:
            until = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
        if mode and until and "ignores-locks" not in faults:
            self._server.locks[self._key] = mode, until

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self._server.requests.append((self.command, frozenset()))
        faults, body = self._server.faults, self._server.objects.get(self._key)
        if "hides-what-is-there-once" in faults:
            faults.discard("hides-what-is-there-once")
            self._answer(404, _ERROR.format("NoSuchKey").encode())
        elif body is None and "hides-what-is-missing" in faults:
            self._answer(403, _ERROR.format("AccessDenied").encode())
        elif body is None:
            self._answer(404, _ERROR.format("NoSuchKey").encode())
        elif urlsplit(self.path).query.startswith("retention"):
            self._answer_lock()
        elif "Range" in self.headers and "ignores-ranges" not in faults:
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            self._answer(206, body[int(first) : int(last) + 1 if last else None])
        else:
            self._answer(200, body)

    def do_DELETE(self) -> None:
        self._server.requests.append(("DELETE", frozenset()))
        if "refuses-deletes" in self._server.faults:
            self._answer(403, _ERROR.format("AccessDenied").encode())
        else:
            self._server.objects.pop(self._key, None)
            self._answer(204)

    def _answer_lock(self) -> None:
        lock = self._server.locks.get(self._key)
        if lock is None:
            self._answer(404, _ERROR.format("NoSuchObjectLockConfiguration").encode())
        else:
            self._answer(200, _RETENTION.format(*lock).encode())

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if self.command in {"GET", "HEAD"} and self._key in self._server.objects:
            self.send_header("ETag", _etag(self._server.objects[self._key]))
            for name, value in self._server.metadata.get(self._key, {}).items():
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if "breaks-off" in self._server.faults and self.command == "GET":
            body, self.close_connection = body[: len(body) // 2], True
        self.wfile.write(body)

    @property
    def _key(self) -> str:
        return urlsplit(self.path).path

    @property
    def _server(self) -> LyingServer:
        return cast("LyingServer", self.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing on stderr; `requests` tells what was asked."""


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
