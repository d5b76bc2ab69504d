"""The town's paper on loopback: answers conditional requests, counts, and calls somebody at each request."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.torture.town import Answer, Town


@dataclass
class Press:
    """The running paper, and what it was asked."""

    town: Town
    on_asked: Callable[[int], None] | None = None  # told how many requests came so far, before the answer
    asked: list[str] = field(default_factory=list)  # paths
    not_modified: int = 0
    sent: int = 0  # bytes of answers, heads included

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked, self.not_modified, self.sent = [], 0, 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    press: Press

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        press = self.server.press
        press.asked.append(self.path)
        if press.on_asked is not None:
            press.on_asked(len(press.asked))
        answer = press.town.answer(self.path)
        tag = answer.headers.get("ETag")
        if tag is not None and self.headers.get("If-None-Match") == tag:
            press.not_modified += 1
            answer = Answer(b"", 304, answer.content_type, {"ETag": tag})
        lines = [f"HTTP/1.1 {answer.status} As planned", f"Content-Type: {answer.content_type}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status != 304:
            lines.append(f"Content-Length: {len(answer.body)}")
        data = "\r\n".join((*lines, "", "")).encode() + answer.body
        press.sent += len(data)
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Stay silent: `asked` tells it."""


@contextmanager
def printing(
    pages: int, *, list_validators: bool = True, padding: int = 0, paragraphs: int = 4
) -> Iterator[Press]:
    """Serve a town's paper until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    home = f"http://127.0.0.1:{server.server_address[1]}/"
    town = Town(home, pages, list_validators=list_validators, padding=padding, paragraphs=paragraphs)
    press = Press(town)
    server.press = press
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield press
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
