"""Reading requests and keeping connections: a small HTTP/1.1 server that takes targets as they are sent.

The standard library's http.server splits the request line as text and so breaks raw UTF-8 addresses, which
Arabic sites print and readers send.
"""

import logging
import socket
import socketserver
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPException, parse_headers
from io import BufferedIOBase

from crawler.demo.exchange import PLAIN, Reply
from crawler.demo.wire import Response, respond

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
METHODS = ("GET", "HEAD")
_LINE = 65_536  # bytes of a request line
_PATIENCE = 30  # seconds that an idle connection is kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request as it was sent."""

    method: str
    target: bytes
    version: str
    headers: Mapping[str, str]  # names in lower case, values read as Latin-1

    @property
    def stays(self) -> bool:
        """Whether the connection outlives the answer: a body that nobody read would spoil the next one."""
        has_body = self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers
        closes = self.version != "HTTP/1.1" or self.headers.get("connection", "").lower() == "close"
        return self.method in METHODS and not has_body and not closes


class BadRequestError(Exception):
    """What was sent is no request that can be answered; raised by `read_request`."""


def read_request(stream: BufferedIOBase) -> Asked | None:
    """The next request, or None where the reader has no more. Raises BadRequestError."""
    line = stream.readline(_LINE + 1)
    if not line.strip():
        return None
    parts = line.rstrip(b"\r\n").split(b" ")
    if len(line) > _LINE or len(parts) != 3 or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):  # noqa: PLR2004
        raise BadRequestError("no request line of HTTP/1.1")
    try:
        headers = parse_headers(stream)
    except HTTPException as error:
        raise BadRequestError("headers that are none, or too many") from error
    return Asked(
        method=parts[0].decode("latin-1"),
        target=parts[1],
        version=parts[2].decode("ascii"),
        headers={name.lower(): value.strip() for name, value in headers.items()},
    )


def plain(status: int, text: str, **headers: str) -> Reply:
    """A short answer in words, for readers who asked something impossible."""
    return Reply(body=f"{text}\n".encode(), content_type=PLAIN, status=status, headers=headers)


class _Connection(socketserver.StreamRequestHandler):
    timeout = _PATIENCE
    disable_nagle_algorithm = True
    server: "Listener"

    def handle(self) -> None:
        try:
            while self._exchange():
                pass
        except (TimeoutError, ConnectionError, ssl.SSLError) as error:
            logger.debug("A reader left: %s", error)

    def _exchange(self) -> bool:
        """Answer one request; whether another may follow."""
        try:
            asked = read_request(self.rfile)
        except BadRequestError as error:
            self._send(respond(plain(400, f"Bad request: {error}"), "GET", {}), closing=True)
            return False
        if asked is None:
            return False
        self._send(self.server.answer(asked), closing=not asked.stays)
        return asked.stays

    def _send(self, response: Response, *, closing: bool) -> None:
        self.wfile.write(response.head(formatdate(usegmt=True), closing=closing) + response.body)


class Listener(socketserver.ThreadingTCPServer):
    """One port on the loopback interface; `answer` is called in the threads of its connections."""

    allow_reuse_address = True
    daemon_threads = False  # server_close() waits for them
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Asked], Response], tls: ssl.SSLContext | None) -> None:
        self.answer = answer
        self._tls = tls
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Connection)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self._tls:  # the handshake happens at the first read, in the connection's own thread
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def close_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        super().close_request(request)
        self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Say in the log, rather than on stderr, that an answer failed; the reader sees the line drop."""
        logger.exception("No answer for %s", client_address)  # noqa: LOG004  (called while it is handled)

    def stop(self) -> None:
        """Take no more connections, drop the open ones, and wait until their threads have ended."""
        self.shutdown()
        for connection in list(self._open):
            with suppress(OSError):  # the reader hung up first
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # under TLS too: past its own layer
        self.server_close()
