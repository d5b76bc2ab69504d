"""WordPress's REST API: every post of a site, with exact dates, newest first. Pure.

https://developer.wordpress.org/rest-api/reference/posts/
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.arabic.decoding import decode
from crawler.discovery.moments import Moment, read_moment
from crawler.discovery.paging import Page
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import Entry, plain_text, refusal
from crawler.discovery.source import Answer, Finding, Lookup, Window

MAX_BYTES = 20 * 2**20  # of one page of the list
MAX_PAGES = 5_000  # half a million posts
PER_PAGE = 100  # the maximum of WordPress
SMALLER = {100: 20, 20: 5}  # posts a page -> posts on each smaller page that is requested after a failure
MAX_STARTS = 20  # places in a body at which JSON may begin behind other output of the server

_FIELDS = "id,link,date_gmt,modified_gmt,title"
_ROUTE = "/wp/v2/posts"
_SLACK = timedelta(days=1)  # WordPress before 5.3 compares the bounds with its local time
_PLAIN = "rest_route"  # the query field with the route on servers that rewrite no addresses
_CHANGED = "modified_after"
_LONGEST_NUMBER = 10  # digits
_OK, _BAD_REQUEST, _MISSING, _SERVER_ERROR = 200, 400, 404, 500
_START = re.compile(r"\[\s*(?:\{|\])|\{\s*\"")


@dataclass(frozen=True, slots=True)
class WordPress:
    """The posts of a WordPress site, given by its home or its API's root (…/wp-json/, …?rest_route=/).

    Raises ValueError if pages is not 1 to MAX_PAGES.
    """

    url: str
    pages: int = MAX_PAGES

    kind: ClassVar[str] = "wordpress"

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= MAX_PAGES:
            raise ValueError(f"WordPress {self.url!r}: pages must be 1 to {MAX_PAGES}; it is {self.pages}.")

    def lookups(self, window: Window) -> Iterator[Lookup]:
        yield Lookup(url=_address(self.url, 1, window), source=self)

    def changed_since(self, lookup: Lookup, moment: datetime) -> Lookup:
        """Return the lookup of the posts published or changed since a moment, latest change first.

        WordPress before 5.7 knows no `modified_after` and gives everything in that order, which is read as
        far as the changes go.
        """
        parts = urlsplit(lookup.url)
        query = [(name, "modified" if name == "orderby" else value) for name, value in parse_qsl(parts.query)]
        query = [(name, value) for name, value in query if name != _CHANGED]
        query.append((_CHANGED, _utc(moment, -_SLACK)))
        return replace(lookup, url=urlunsplit(parts._replace(query=urlencode(query, safe="/,:"))))

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        posts = _json(answer)
        if answer.status == _BAD_REQUEST and _code(posts) == "rest_post_invalid_page_number":
            return
        if answer.status != _OK or not isinstance(posts, list):
            yield from self._smaller(lookup, answer) or self._missing(lookup, answer, window)
            return
        page = Page(lookup, window, scope)
        entries = [_entry(post, answer.url) for post in posts[:PER_PAGE]]
        for entry in entries:
            yield page.sift(entry) if entry else refusal("no-link", answer.url)
        if len(posts) > PER_PAGE:
            yield refusal("too-many-entries", answer.url)
        further = lookup.page < _total_pages(answer, lookup.page, len(posts))
        if further and not _is_past_changes(lookup, entries):
            last_page = self.pages * (PER_PAGE // _per_page(lookup))
            yield from page.turn(_with(lookup.url, page=lookup.page + 1), last_page)

    def _smaller(self, lookup: Lookup, answer: Answer) -> list[Lookup]:
        """Return the lookup of the same posts on smaller pages, where a page is too large for the server."""
        size = _per_page(lookup)
        if answer.status < _SERVER_ERROR or size not in SMALLER:
            return []
        page = (lookup.page - 1) * (size // SMALLER[size]) + 1
        return [replace(lookup, url=_with(lookup.url, per_page=SMALLER[size], page=page), page=page)]

    def _missing(self, lookup: Lookup, answer: Answer, window: Window) -> Iterator[Finding]:
        """Yield the lookup of the API in the query, for sites that rewrite no addresses; once for a site."""
        rewritten = _PLAIN not in urlsplit(lookup.url).query
        if rewritten and lookup.page == 1 and answer.status in (_OK, _MISSING):
            home = self.url.split("/wp-json", 1)[0]
            yield Lookup(
                url=_address(f"{home.rstrip('/')}/?{_PLAIN}=/", 1, window), source=self, depth=lookup.depth
            )
        else:
            yield refusal("no-wordpress-api", f"{answer.status} {answer.url}")


def _address(root: str, page: int, window: Window) -> str:
    parts = urlsplit(root)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != _PLAIN]
    path = parts.path
    if _PLAIN in parts.query:
        query.append((_PLAIN, _ROUTE))
    elif "/wp-json" in path:
        path = path.rstrip("/") + _ROUTE
    else:
        path = path.rstrip("/") + "/wp-json" + _ROUTE
    query += [("per_page", str(PER_PAGE)), ("page", str(page)), ("orderby", "date"), ("order", "desc")]
    query.append(("_fields", _FIELDS))
    if window.since:
        query.append(("after", _utc(window.since, -_SLACK)))
    if window.until:
        query.append(("before", _utc(window.until, _SLACK)))
    return urlunsplit(parts._replace(path=path, query=urlencode(query, safe="/,:"), fragment=""))


def _is_past_changes(lookup: Lookup, entries: Sequence[Entry | None]) -> bool:
    """Return whether a page of changes ends with a post that changed before the wanted moment."""
    asked = read_moment(dict(parse_qsl(urlsplit(lookup.url).query)).get(_CHANGED))
    last = entries[-1].modified if entries and entries[-1] else None
    return asked is not None and last is not None and last.latest < asked.earliest


def _utc(moment: datetime, slack: timedelta) -> str:
    return (moment.astimezone(UTC) + slack).strftime("%Y-%m-%dT%H:%M:%SZ")


def _with(url: str, **fields: int) -> str:
    """Return the address with other values of its query's fields."""
    parts = urlsplit(url)
    query = [(name, str(fields.get(name, value))) for name, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(query=urlencode(query, safe="/,:")))


def _per_page(lookup: Lookup) -> int:
    """Return the number of posts that a lookup asks for."""
    value = dict(parse_qsl(urlsplit(lookup.url).query)).get("per_page", "")
    return int(value) if value in map(str, (PER_PAGE, *SMALLER.values())) else PER_PAGE


def _json(answer: Answer) -> Any:
    """Return the JSON of a body, or None where there is none of a bearable size.

    Warnings that a server printed before it, and the comment of a cache behind it, are passed over.
    """
    if len(answer.body) > MAX_BYTES:
        return None
    text = decode(answer.body, answer.headers.get("content-type")).text
    whole = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    starts = [whole, *(match.start() for match in islice(_START.finditer(text), MAX_STARTS))]
    decoder, found = json.JSONDecoder(), None
    for start in starts:
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list) or (isinstance(value, dict) and "code" in value):
            return value
        found = found or value
    return found


def _code(said: Any) -> str | None:
    return said.get("code") if isinstance(said, dict) else None


def _total_pages(answer: Answer, page: int, posts: int) -> int:
    """Return the number of pages by the header; without it there may be one more behind each with posts.

    A page that holds fewer posts than were asked for is no last page: some servers never give more.
    """
    said = answer.headers.get("x-wp-totalpages", "").strip()
    if said.isascii() and said.isdecimal() and len(said) < _LONGEST_NUMBER:
        return int(said)
    return page + (posts > 0)


def _entry(post: Any, base: str) -> Entry | None:
    if not isinstance(post, dict) or not isinstance(post.get("link"), str) or not post["link"].strip():
        return None
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    return Entry(
        via=WordPress.kind,
        base=base,
        link=post["link"],
        title=plain_text(rendered) if isinstance(rendered, str) else None,
        published=_greenwich(post.get("date_gmt")),
        modified=_greenwich(post.get("modified_gmt")),
        vouched=True,
    )


def _greenwich(text: Any) -> Moment | None:
    """Return a moment of the API, which writes UTC without its zone."""
    return read_moment(f"{text.removesuffix('Z')}Z") if isinstance(text, str) and "T" in text else None
