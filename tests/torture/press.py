"""The town's newspaper on loopback: answers conditional requests, counts, calls a hook at each request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.servers.http import Answer, Request, bytes_of, serving
from tests.torture.town import Town

HOME = "http://town.example/"  # the same bytes are served at every port


@dataclass
class Press:
    """The running newspaper, and what it was asked for."""

    town: Town
    connect_to: str = ""  # for the setting CONNECT_TO: where the crawl finds the newspaper's host
    on_asked: Callable[[int], None] | None = None  # called before the answer, with the number of requests
    asked: list[str] = field(default_factory=list)  # paths
    not_modified: int = 0
    sent: int = 0  # bytes of answers, heads included

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked, self.not_modified, self.sent = [], 0, 0

    def answer(self, request: Request) -> Answer:
        self.asked.append(request.path)
        if self.on_asked is not None:
            self.on_asked(len(self.asked))
        answer = self.town.answer(request.path)
        tag = answer.headers.get("ETag")
        if tag is not None and request.headers.get("if-none-match") == tag:
            self.not_modified += 1
            answer = Answer(status=304, headers={"ETag": tag})
        self.sent += len(bytes_of(answer, request.method))
        return answer


@contextmanager
def printing(
    pages: int, *, list_validators: bool = True, padding: int = 0, paragraphs: int = 4
) -> Iterator[Press]:
    """Serve a town's newspaper until the block ends."""
    town = Town(HOME, pages, list_validators=list_validators, padding=padding, paragraphs=paragraphs)
    press = Press(town)
    with serving(press.answer) as url:
        press.connect_to = f"{urlsplit(HOME).netloc}:80:{urlsplit(url).netloc}"
        yield press
