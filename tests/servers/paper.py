"""A newspaper on loopback, for one test: a table of answers, and a list of its requests."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.http import Answer, Request, serving

__all__ = ["Answer", "Request"]  # for those who fill a newspaper

WORDS = (
    "اجتمع أهالي البلدة صباح اليوم في الساحة العامة وناقشوا خطة البلدية لترميم السوق القديم وتوسيع الحديقة"
)


NOT_FOUND = Answer(status=404)


@dataclass
class Paper:
    """The running newspaper, and its requests in order."""

    home: str
    asked: list[Request] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def story(number: int) -> Answer:
    """Return the page of an article; each number has another text."""
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
def open_paper(answers: Mapping[str, Answer] | Callable[[Request], Answer]) -> Iterator[Paper]:
    """Serve a table of paths, or a function, until the block ends; what a table does not hold is a 404."""
    paper = Paper("")

    def answer(request: Request) -> Answer:
        paper.asked.append(request)
        if callable(answers):
            return answers(request)
        return answers.get(request.path, NOT_FOUND)

    with serving(answer) as url:
        paper.home = f"{url}/"
        yield paper


STORIES = range(1, 13)


class Watched(dict[str, Answer]):
    """The answers of a newspaper of twelve stories, and a call when one path is requested."""

    def __init__(self, path: str, on_request: Callable[[], None]) -> None:
        paths = [path_of(number) for number in STORIES]
        super().__init__({"/": front_page("/feed/"), "/feed/": rss(*paths)})
        self.update({path_of(number): story(number) for number in STORIES})
        self._path, self._on_request = path, on_request

    def get(self, path: str, default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        if path == self._path:
            self._on_request()
        return super().get(path, default)
