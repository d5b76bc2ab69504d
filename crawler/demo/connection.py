"""A small HTTP/1.1 server that keeps request targets as bytes.

The standard library's http.server splits the request line as text, which breaks the raw UTF-8 addresses that
Arabic sites link and browsers send.
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
_MAX_LINE = 65_536  # bytes of a request line
_IDLE_SECONDS = 30  # until an idle connection is closed


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request, not decoded."""

    method: str
    target: bytes
    version: str
    headers: Mapping[str, str]  # names in lower case, values decoded as Latin-1

    @property
    def stays(self) -> bool:
        """Whether the connection stays open: an unread body would be taken for the next request."""
        has_body = self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers
        closes = self.version != "HTTP/1.1" or self.headers.get("connection", "").lower() == "close"
        return self.method in METHODS and not has_body and not closes


class BadRequestError(Exception):
    """The bytes are not a request that the server understands."""


def read_request(stream: BufferedIOBase) -> Asked | None:
    """Read the next request, or return None at the end of the connection. Raises BadRequestError."""
    line = stream.readline(_MAX_LINE + 1)
    if not line.strip():
        return None
    parts = line.rstrip(b"\r\n").split(b" ")
    if len(line) > _MAX_LINE or len(parts) != 3 or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):  # noqa: PLR2004
        raise BadRequestError("not a request line of HTTP/1.1")
    try:
        headers = parse_headers(stream)
    except HTTPException as error:
        raise BadRequestError("malformed headers, or too many") from error
    return Asked(
        method=parts[0].decode("latin-1"),
        target=parts[1],
        version=parts[2].decode("ascii"),
        headers={name.lower(): value.strip() for name, value in headers.items()},
    )


def plain(status: int, text: str, **headers: str) -> Reply:
    """Return a short reply in plain text, for a request that cannot be answered."""
    return Reply(body=f"{text}\n".encode(), content_type=PLAIN, status=status, headers=headers)


class _Connection(socketserver.StreamRequestHandler):
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    server: "Listener"

    def handle(self) -> None:
        try:
            while self._exchange():
                pass
        except (TimeoutError, ConnectionError, ssl.SSLError) as error:
            logger.debug("A client left: %s", error)

    def _exchange(self) -> bool:
        """Answer one request; return whether another may follow."""
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
    """A port on the loopback interface; `answer` is called in the threads of its connections."""

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
        """Log that a response failed, instead of on stderr; the client sees a closed connection."""
        logger.exception("No answer for %s", client_address)  # noqa: LOG004  (called while it is handled)

    def stop(self) -> None:
        """Accept no more connections, close the open ones, and wait until their threads have ended."""
        self.shutdown()
        for connection in list(self._open):
            with suppress(OSError):  # the client closed it first
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # also under TLS: on the TCP socket
        self.server_close()
