"""Serve files of the archive over HTTP on loopback, by range, to readers without access to the storage."""

import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

from crawler.errors import ArchiveError
from crawler.storage import Storage

LOOPBACK = "127.0.0.1"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")
_PIECE = 1 << 16  # bytes
_OPEN_FILES_MAX = 16  # files read at the same time; later requests wait
_IDLE_SECONDS = 60.0  # until a silent connection is closed


@dataclass(frozen=True, slots=True)
class _File:
    size: int  # bytes
    open: Callable[[int, int], BinaryIO]  # takes the first byte and the number of bytes


@contextmanager
def serving(storage: Storage, sizes: Mapping[str, int]) -> Iterator[str]:
    """Serve the files with these keys (and sizes in bytes) until the block ends.

    Yields the address before a key, `http://127.0.0.1:<port>/<secret>`. The secret keeps out other users of
    this machine, who can reach the port and may have no access to the archive.
    """
    secret = secrets.token_urlsafe(16)

    class Handler(_Handler):
        files = {f"/{secret}/{key}": _File(size, _opener(storage, key)) for key, size in sizes.items()}  # noqa: RUF012
        room = threading.BoundedSemaphore(_OPEN_FILES_MAX)

    server = _Server((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/{secret}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _opener(storage: Storage, key: str) -> Callable[[int, int], BinaryIO]:
    return lambda start, length: storage.open(key, start, length)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Close the connection without a traceback where the reader hung up or the archive failed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ArchiveError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # ours is wider


class _Handler(BaseHTTPRequestHandler):
    """Answer GET for a file or for one range of it."""

    files: Mapping[str, _File]
    room: threading.BoundedSemaphore
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        file = self.files.get(self.path)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        header = self.headers.get("Range")
        match = _RANGE.fullmatch(header or "bytes=0-")
        start = int(match[1]) if match else file.size
        end = min(int(match[2]) + 1, file.size) if match and match[2] else file.size
        if start >= end:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        with self.room:
            try:
                stream = file.open(start, end - start)
            except ArchiveError as error:
                self.send_error(HTTPStatus.BAD_GATEWAY, explain=str(error))
                return
            with stream:
                self._head(start, end, file.size, ranged=header is not None)
                while data := stream.read(_PIECE):
                    self.wfile.write(data)

    def _head(self, start: int, end: int, size: int, *, ranged: bool) -> None:
        self.send_response(HTTPStatus.PARTIAL_CONTENT if ranged else HTTPStatus.OK)
        self.send_header("Content-Type", "application/warc")
        self.send_header("Content-Length", str(end - start))
        if ranged:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing: the readers report what failed."""
