"""What a page is made with: the room, the request and the words of its language."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crawler import __version__
from crawler.browse.asked import address
from crawler.browse.rendering import render, style_digest
from crawler.browse.room import Room
from crawler.browse.wording import Wording, language_of
from crawler.report.words import reason

LANGUAGE = "lang"  # parameter of an address, and name of the cookie that keeps the choice
_COOKIE = "warraq_lang"
_YEAR = 365 * 24 * 3_600  # seconds


class PageError(Exception):
    """A page that cannot be shown. `name` is that of a sentence in words.json."""

    def __init__(self, status: HTTPStatus, name: str, **values: object) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.values = values


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One request."""

    room: Room
    request: Request
    wording: Wording

    @classmethod
    def of(cls, room: Room, request: Request) -> "View":
        language = language_of(
            request.query_params.get(LANGUAGE),
            request.cookies.get(_COOKIE),
            request.headers.get("accept-language"),
        )
        return cls(room=room, request=request, wording=Wording(language))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address, without the choice of a language."""
        return [pair for pair in self.request.query_params.multi_items() if pair[0] != LANGUAGE]

    def parameter(self, name: str) -> str:
        """Return a parameter of the address; empty where it is not there."""
        return self.request.query_params.get(name, "").strip()

    @property
    def origin(self) -> str:
        """The scheme and host by which the reader reaches this server; the Host header was checked."""
        return f"{self.request.url.scheme}://{self.request.headers['host']}"

    def page(self, template: str, status: int = HTTPStatus.OK, /, **values: Any) -> Response:
        """Render a template with what every page needs."""
        path = self.request.url.path
        other = "en" if self.wording.language == "ar" else "ar"
        shared = {
            "t": self.wording.word,
            "w": self.wording,
            "path": path,
            "switch": address(path, [*self.pairs, (LANGUAGE, other)]),
            "other": other,
            "words": self.parameter("q"),
            "version": __version__,
            "freshness": self.room.freshness,
            "feed": None,
            "style": style_digest(),
            "answer": partial(_answer, self.wording),
        }
        response = HTMLResponse(render(template, shared | values), status)
        response.headers["Content-Language"] = self.wording.language
        response.headers["Vary"] = "Accept-Language, Cookie"
        if self.request.query_params.get(LANGUAGE) in {"ar", "en"}:
            response.set_cookie(
                _COOKIE, self.wording.language, max_age=_YEAR, httponly=True, samesite="strict"
            )
        return response


def _answer(wording: Wording, slug: str) -> str:
    """Return what a site answered, in words."""
    pair = reason(slug)
    if pair is None:
        return slug
    return pair[1] if wording.language == "ar" else pair[0]


Handler = Callable[[View], Response]
