"""Section pages: the article links of a list page and the pages that follow it. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from crawler.discovery.markup import Link, Links, links_of
from crawler.discovery.paging import Page
from crawler.discovery.scope import Scope
from crawler.discovery.shape import readable
from crawler.discovery.sieve import Entry, refusal, unanswered
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window
from crawler.urls import absolute

MAX_PAGES = 1_000
MAX_TITLE = 300  # characters; a longer link text holds a teaser
MIN_TITLE_WORDS = 3  # a shorter text says "more" or names a section

_FOLLOWING = frozenset(
    {
        "التالي", "التالى", "الصفحة التالية", "الصفحه التاليه", "المقالات الأقدم", "مقالات أقدم",
        "أخبار أقدم", "الأقدم", "next", "next page", "older", "older posts", "older entries",
    }
)  # fmt: skip
_INVITATION = re.compile(
    r"\W*(?:[إا]?قر[أا]|تابع|المزيد|للمزيد|التفاصيل|read more|more|continue)\b.{0,25}", re.IGNORECASE
)
_NO_LETTERS = re.compile(r"[\W_]+")
_PATH_NUMBER = re.compile(r"/(?:page|صفحة)[/-]?(\d{1,6})/?$", re.IGNORECASE)
_QUERY_NUMBER = frozenset({"page", "paged", "pg", "p", "pageno", "pagenumber", "pageindex", "currentpage"})


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists articles, and up to `pages` pages of the list.

    The following page is the one that the page links to. If only a script leads there, give `paging`: it is
    joined to the list's own address, with {page} replaced by the number of the page: "?page={page}".

    Raises ValueError if pages is not 1 to MAX_PAGES or paging has no {page}.
    """

    url: str
    pages: int = 1
    paging: str | None = None

    kind: ClassVar[str] = "listing"

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= MAX_PAGES:
            raise ValueError(f"Listing {self.url!r}: pages must be 1 to {MAX_PAGES}; it is {self.pages}.")
        if self.paging is not None and "{page}" not in self.paging:
            raise ValueError(f"Listing {self.url!r}: paging must hold {{page}}; it is {self.paging!r}.")

    def lookups(self, window: Window) -> Iterator[Lookup]:  # noqa: ARG002 - a list begins with its first page
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        if missing := unanswered(answer):
            yield missing
            return
        links = links_of(answer)
        if isinstance(links, Refusal):
            yield links
            return
        if not links.anchors:
            yield refusal("no-links", answer.url)
        page = Page(lookup, window, scope)
        for entry in article_entries(links, answer, scope):
            yield page.sift(entry)
        yield from page.turn(self._following(links, lookup, answer, scope), self.pages)

    def _following(self, links: Links, lookup: Lookup, answer: Answer, scope: Scope) -> str | None:
        if self.paging is not None:
            return absolute(self.url, urljoin(self.url, self.paging.replace("{page}", str(lookup.page + 1))))
        return following_page(links, lookup, answer, scope)


def following_page(links: Links, lookup: Lookup, answer: Answer, scope: Scope) -> str | None:
    """Return the address of the next page of the same list, as the page links to it, or None."""
    for link in (*links.declared, *links.anchors):
        if "next" in link.rel:
            return link.url
    anchors = [link for link in links.anchors if scope.on_site(link.url) and not scope.is_article(link.url)]
    return _by_text(anchors) or _by_number(anchors, answer.url, lookup.page)


def article_entries(links: Links, answer: Answer, scope: Scope) -> Iterator[Entry]:
    """Yield each article that a page links to once, in document order, with its first headline."""
    titles: dict[str, str | None] = {}
    for link in links.anchors:
        if scope.on_site(link.url) and link.url != answer.url and scope.is_article(link.url):
            titles[link.url] = titles.get(link.url) or _title(link.text)
    for url, title in titles.items():
        yield Entry(via=Listing.kind, base=answer.url, link=url, title=title)


def _title(text: str) -> str | None:
    """Return the text of a link if it may be a headline, else None."""
    if len(text) > MAX_TITLE or len(text.split()) < MIN_TITLE_WORDS or _INVITATION.fullmatch(text):
        return None
    return text


def _by_text(anchors: Iterable[Link]) -> str | None:
    for link in anchors:
        if _NO_LETTERS.sub(" ", link.text).strip().lower() in _FOLLOWING:
            return link.url
    return None


def _by_number(anchors: Iterable[Link], here: str, page: int) -> str | None:
    """Return the link to the next page number of the same list, by its text or its address."""
    trunk, number = _numbered(here)
    turned: dict[int, str] = {}
    for link in anchors:
        other, other_number = _numbered(link.url)
        if other != trunk or other_number is None:
            continue
        if link.text.isdecimal() and len(link.text) < 7 and int(link.text) == page + 1:  # noqa: PLR2004
            return link.url
        turned.setdefault(other_number, link.url)
    return turned.get((number or page) + 1)


def _numbered(url: str) -> tuple[str, int | None]:
    """Return an address without its page number, and that number."""
    parts = urlsplit(url)
    path = readable(parts.path)
    number = None
    if found := _PATH_NUMBER.search(path):
        path, number = path[: found.start()], int(found[1])
    query = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if number is None and name.lower() in _QUERY_NUMBER and value.isdecimal() and len(value) < 7:  # noqa: PLR2004
            number = int(value)
        else:
            query.append((name, value))
    return urlunsplit(("", parts.netloc, path.rstrip("/"), urlencode(query), "")), number
