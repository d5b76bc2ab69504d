"""A newspaper of a test's own making: a table of answers on loopback, and a list of what was asked."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = (
    "اجتمع أهالي البلدة صباح اليوم في الساحة العامة وناقشوا خطة البلدية لترميم السوق القديم وتوسيع الحديقة"
)


@dataclass(frozen=True)
class Answer:
    """What one path answers."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]  # lower-case names
    connection: int  # the client's port


@dataclass
class Paper:
    """The open paper."""

    home: str
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def story(number: int) -> Answer:
    """An article with a text of its own."""
    paragraphs = "".join(
        f"<p>{WORDS}، وهذه هي الفقرة رقم {part} من الخبر رقم {number}.</p>" for part in range(1, 5)
    )
    head = '<meta charset="utf-8"><meta property="og:type" content="article">'
    body = f"<article><h1>أهالي البلدة يناقشون ترميم السوق للمرة {number}</h1>{paragraphs}</article>"
    return Answer(f'<!DOCTYPE html><html lang="ar" dir="rtl"><head>{head}</head><body>{body}</body></html>')


def path_of(number: int) -> str:
    return f"/2026/05/01/story-number-{number}/"


def front_page(*feeds: str) -> Answer:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return Answer(f"<!DOCTYPE html><html><head><title>صحيفة</title>{links}</head><body></body></html>")


def rss(*paths: str) -> Answer:
    items = "".join(f"<item><link>{path}</link></item>" for path in paths)
    return Answer(f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml")


@contextmanager
def open_paper(answers: Mapping[str, Answer]) -> Iterator[Paper]:
    """Serve the table until the block ends; what it does not hold is a 404."""
    paper = Paper("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            paper.asked.append(Asked(self.path, headers, self.client_address[1]))
            answer = answers.get(self.path, Answer("", 404))
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.content_type, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            """Stay silent: the test looks at `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    paper.home = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield paper
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


STORIES = range(1, 13)


class Watched(dict[str, Answer]):
    """A paper's answers, and something to do when one of them is asked for."""

    def __init__(self, path: str, deed: Callable[[], None]) -> None:
        paths = [path_of(number) for number in STORIES]
        super().__init__({"/": front_page("/feed/"), "/feed/": rss(*paths)})
        self.update({path_of(number): story(number) for number in STORIES})
        self._path, self._deed = path, deed

    def get(self, path: str, default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        if path == self._path:
            self._deed()
        return super().get(path, default)
