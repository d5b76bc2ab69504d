"""The well-behaved server of the tests: HTTP/1.1 on loopback, each answer given by a function.

    def answer(request: Request) -> Answer: …
    with serving(answer) as url: …

The function runs in a thread for each connection. What a server says wrongly on the wire is `raw.py`'s.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

_STOP_SECONDS = 0.02  # between two looks whether the server is to stop
_WITHOUT_BODY = {204, 304}


@dataclass
class Request:
    """One request as it came; its body is read when it is asked for."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # lower-case names
    connection: int  # the client's port
    read: Callable[[int], bytes] = field(repr=False)  # so many bytes of the body

    @cached_property
    def body(self) -> bytes:
        return self.read(int(self.headers.get("content-length") or 0))


@dataclass(frozen=True)
class Answer:
    """What is answered to one request, and how much of it is sent."""

    body: str | bytes = ""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Literal["all", "half of the body", "nothing"] = "all"  # anything but all ends the connection
    reset: bool = False  # with RST and not with FIN, as the machine of a server does that fell over

    @property
    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


def bytes_of(answer: Answer, method: str) -> bytes:
    """Return the answer as it is sent to a request of this method."""
    fields = dict(answer.headers)
    names = {name.lower() for name in fields}
    if answer.content_type is not None and "content-type" not in names:
        fields["Content-Type"] = answer.content_type
    if answer.status not in _WITHOUT_BODY and "content-length" not in names:
        fields["Content-Length"] = str(len(answer.data))
    if "date" not in names:
        fields["Date"] = formatdate(usegmt=True)
    reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
    head = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in fields.items())]
    body = b"" if method == "HEAD" or answer.status in _WITHOUT_BODY else answer.data
    kept = body if answer.sent == "all" else body[: len(body) // 2]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + kept


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """Yield the address of the server, without a slash at its end; serve until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.answer = answer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _STOP_SECONDS})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    answer: Callable[[Request], Answer]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up, or are killed, are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.client_address[1], self._read)
        answer = self.server.answer(request)
        if answer.sent == "all":
            _ = request.body  # else it would be taken for the next request
        else:
            self.close_connection = True
        if answer.sent != "nothing":
            self.wfile.write(bytes_of(answer, self.command))
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

    def handle_expect_100(self) -> bool:
        return True  # `_read` says Continue, so that an answer may come without the body

    def _read(self, size: int) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.rfile.read(size)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _serve  # noqa: N815 - the names that http.server calls
