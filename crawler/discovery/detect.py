"""Find the lists of a site that has no description. Pure.

The given page yields the feeds it declares, its WordPress API, its sections and its articles. robots.txt
yields the sitemaps; if it names none, the usual addresses of sitemaps are tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from crawler.arabic.decoding import decode
from crawler.discovery.feed import Feed
from crawler.discovery.inflate import UnreadableError, pieces
from crawler.discovery.listing import Listing, article_entries
from crawler.discovery.markup import Link, Links, links_of
from crawler.discovery.scope import Scope
from crawler.discovery.shape import leads_nowhere, readable
from crawler.discovery.sieve import Entry, refusal, sift, unanswered
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.sniff import document_kind, peek
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Source, Window
from crawler.discovery.wordpress import WordPress
from crawler.urls import absolute

MAX_FEEDS = 20
MAX_SITEMAPS = 100  # of one robots.txt
MAX_SECTIONS = 40
SECTION_PAGES = 5  # of each section
MAX_ROBOTS = 512 * 2**10  # bytes of robots.txt that are read; RFC 9309 requires at least 500 KiB

_ROBOTS = "/robots.txt"
_USUAL = ("sitemap.xml", "sitemap_index.xml", "news-sitemap.xml", "wp-sitemap.xml")
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_FEED_PATH = re.compile(r"/(?:feeds?|rss2?|atom)(?:[-_][\w-]*)?(?:\.(?:xml|php|aspx|\d+))?/?$", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?\b|/replies|التعليقات|تعليقات|تعليق ", re.IGNORECASE)
# The field as sites write it, with the misspellings that Google accepts; lines end in CR, LF or both.
_SITEMAP_LINE = re.compile(r"(?:^|[\r\n])[ \t]*site-?map[ \t]*[:\t ][ \t]*([^\s#]\S*)", re.IGNORECASE)
_OTHER_LANGUAGES = frozenset(
    {"en", "fr", "tr", "de", "es", "fa", "ur", "ku", "ru", "he", "zh", "english", "francais"}
)
_FOLDER_DEPTH = 3  # slashes of a path like /ar/news/
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{0,2000})")
_API = "https://api.w.org/"


@dataclass(frozen=True, slots=True)
class Detect:
    """All lists of a site, found from its home page or any other of its pages."""

    url: str

    kind: ClassVar[str] = "detect"

    def lookups(self, window: Window) -> Iterator[Lookup]:  # noqa: ARG002 - the search begins at the given page
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        if urlsplit(answer.url).path == _ROBOTS or urlsplit(lookup.url).path == _ROBOTS:
            yield from self._robots(answer, window)
            return
        if missing := unanswered(answer):
            yield missing
            if lookup.url == self.url:  # sitemaps may be there although the home page fails
                yield self._ask_robots(lookup)
            return
        source = _list_itself(answer)
        if source is not None:
            yield from source.read(replace(lookup, source=source), answer, window, scope)
        elif not scope.on_site(answer.url):
            yield refusal("moved", f"{lookup.url} {answer.url}")
        else:
            yield from self._page(lookup, answer, window, scope)

    def _page(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        links = links_of(answer)
        if isinstance(links, Refusal):
            yield links
            return
        if not links.anchors:
            yield refusal("no-links", answer.url)
        if scope.is_article(answer.url):
            yield sift(Entry(via=self.kind, base=answer.url, link=answer.url), window, scope)
        for url in _feeds(links, scope):
            yield from Feed(url).lookups(window)
        yield self._ask_robots(replace(lookup, url=answer.url))
        if api := _wordpress(links, answer, scope):
            yield from WordPress(api).lookups(window)
        for url in _sections(links, answer.url, scope):
            yield from Listing(url, pages=SECTION_PAGES).lookups(window)
        for entry in article_entries(links, answer, scope):
            yield sift(entry, window, scope)

    def _ask_robots(self, lookup: Lookup) -> Lookup:
        return Lookup(
            url=urljoin(lookup.url, _ROBOTS), source=self, depth=1, trail=lookup.trail | {lookup.url}
        )

    def _robots(self, answer: Answer, window: Window) -> Iterator[Finding]:
        """Yield the sitemaps that robots.txt names, or else the usual addresses of sitemaps."""
        missing = unanswered(answer)
        text = "" if missing else decode(answer.body[:MAX_ROBOTS], answer.headers.get("content-type")).text
        named = dict.fromkeys(absolute(answer.url, found) for found in _SITEMAP_LINE.findall(text))
        urls = [url for url in named if url is not None]
        if missing:
            yield missing
        if len(urls) > MAX_SITEMAPS:
            yield refusal("too-many-sitemaps", answer.url)
        for url in urls[:MAX_SITEMAPS] or self._usual_places(answer.url):
            yield from Sitemap(url).lookups(window)

    def _usual_places(self, robots: str) -> list[str]:
        """Return the usual addresses at the root of the host and, for a site below a path, at that path."""
        folder = urlsplit(urljoin(self.url, ".")).path
        folders = dict.fromkeys(["/", folder]) if folder.count("/") <= _FOLDER_DEPTH else ["/"]
        return [urljoin(robots, f"{folder}{name}") for folder in folders for name in _USUAL]


def _list_itself(answer: Answer) -> Source | None:
    """Return the source that reads an answer which is a list itself, or None for a page."""
    try:
        head, _ = peek(pieces(answer.body))
    except UnreadableError:
        return Sitemap(answer.url)  # packed, so not a page; the sitemap's reader reports the fault
    match document_kind(head):
        case "feed":
            return Feed(answer.url)
        case "sitemap" | "addresses":
            return Sitemap(answer.url)
    return None


def _feeds(links: Links, scope: Scope) -> list[str]:
    """Return the feeds that a page declares, on any host, or else those it links to; none of comments."""
    declared = [link for link in links.declared if "alternate" in link.rel and link.mime in _FEED_TYPES]
    linked = [
        link
        for link in links.anchors
        if scope.on_site(link.url) and _FEED_PATH.search(urlsplit(link.url).path)
    ]
    feeds = [link for link in declared or linked if not _COMMENTS.search(f"{readable(link.url)} {link.text}")]
    return list(dict.fromkeys(link.url for link in feeds))[:MAX_FEEDS]


def _wordpress(links: Links, answer: Answer, scope: Scope) -> str | None:
    """Return the API root that the page or its header declares, or the home of a site like WordPress."""
    declared = [link.url for link in links.declared if _API in link.rel]
    declared += [
        url
        for target, relations in _LINK_HEADER.findall(answer.headers.get("link", ""))
        if _API in relations and (url := absolute(answer.url, target))
    ]
    for url in declared:
        if scope.on_site(url):
            return url
    for link in links.declared:
        if "/wp-content/" in link.url and scope.on_site(link.url):
            return link.url.split("wp-content/", 1)[0]
    return None


def _sections(links: Links, page: str, scope: Scope) -> list[str]:
    """Return the lists that menus link to; without menus, all links that may be lists."""
    menu = _lists(links.anchors, page, scope, in_menu=True)
    return (menu or _lists(links.anchors, page, scope, in_menu=False))[:MAX_SECTIONS]


def _lists(anchors: tuple[Link, ...], page: str, scope: Scope, *, in_menu: bool) -> list[str]:
    found: dict[str, str] = {}
    home = urlsplit(page).path.strip("/")
    for link in anchors:
        if in_menu and not link.in_menu:
            continue
        parts = urlsplit(link.url)
        path = parts.path.strip("/")
        if (
            not scope.on_site(link.url)
            or path in ("", home)
            or path.split("/")[0].lower() in _OTHER_LANGUAGES
        ):
            continue
        if not scope.is_article(link.url) and not leads_nowhere(link.url):
            found.setdefault(f"{parts.netloc}/{path}?{parts.query}", link.url)
    return list(found.values())
