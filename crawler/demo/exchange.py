"""Requests to a demo newspaper and its replies, without the details of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

HTML = "text/html; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
PLAIN = "text/plain; charset=utf-8"
PNG = "image/png"
SVG = "image/svg+xml"
CSS_TYPE = "text/css; charset=UTF-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A GET (or HEAD) for one of the newspaper's addresses."""

    origin: str  # scheme and authority of the request; absolute links begin with it
    path: str  # percent-decoded, starts with /
    query: Mapping[str, str] = field(default_factory=dict)  # the last value of each name
    visit: int = 0  # number of earlier requests for this address since the server started


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A newspaper's reply; the server adds compression, conditions and framing."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None  # aware; absent on pages without Last-Modified
    chunked: bool = False  # sent without Content-Length


def page(html: str, *, modified: datetime | None = None, status: int = 200, chunked: bool = False) -> Reply:
    return Reply(body=html.encode(), modified=modified, status=status, chunked=chunked)


def xml(text: str, *, modified: datetime | None = None, content_type: str = XML) -> Reply:
    return Reply(body=text.encode(), content_type=content_type, modified=modified)


def redirect(location: str) -> Reply:
    """Return a permanent redirect to an ASCII URL."""
    return Reply(body=b"", status=301, headers={"Location": location})
