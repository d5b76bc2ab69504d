"""RSS and Atom feeds. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.arabic.decoding import decode
from crawler.discovery.feed_items import Channel, Item, items
from crawler.discovery.moments import read_moment
from crawler.discovery.paging import Page
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import Entry, plain_text, refusal, unanswered
from crawler.discovery.source import Answer, Finding, Lookup, Window
from crawler.urls import absolute, with_slashes

MAX_BYTES = 10 * 2**20  # of a feed without its content encoding
MAX_ENTRIES = 5_000  # of one feed; a usual feed has some dozens
MAX_PAGES = 1_000

_OLDER = ("next", "prev-archive")  # RFC 5005: paged feeds, archived feeds


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed with up to `pages` pages; older pages are those of RFC 5005 or WordPress.

    Raises ValueError if pages is not 1 to MAX_PAGES.
    """

    url: str
    pages: int = 1

    kind: ClassVar[str] = "feed"

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= MAX_PAGES:
            raise ValueError(f"Feed {self.url!r}: pages must be 1 to {MAX_PAGES}; it is {self.pages}.")

    def lookups(self, window: Window) -> Iterator[Lookup]:  # noqa: ARG002 - a feed has one beginning
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        if missing := unanswered(answer):
            yield missing
            return
        if len(answer.body) > MAX_BYTES:
            yield refusal("too-big", answer.url)
            return
        text = decode(answer.body, answer.headers.get("content-type")).text.lstrip("\ufeff \t\r\n")
        page, channel = Page(lookup, window, scope), Channel()
        for count, item in enumerate(items(text, answer.url, channel)):
            if count == MAX_ENTRIES:
                yield refusal("too-many-entries", answer.url)
                break
            entry = _entry(item, scope)
            yield page.sift(entry) if entry else refusal("no-link", item.title or "")
        if channel.problem or channel.damaged:
            yield refusal(channel.problem or "broken-xml", answer.url)
        if not channel.problem:
            yield from page.turn(_older(channel, lookup), self.pages)


def _entry(item: Item, scope: Scope) -> Entry | None:
    link = _link(item, scope)
    if link is None:
        return None
    return Entry(
        via=Feed.kind,
        base=item.base,
        link=link,
        title=plain_text(item.title) if item.title and item.is_markup else item.title,
        published=read_moment(item.published, scope.zone, scope.country),
        modified=read_moment(item.modified, scope.zone, scope.country),
        vouched=True,
    )


def _link(item: Item, scope: Scope) -> str | None:
    """Return the link that leads to the site: counting services put their own address before it."""
    named = item.id if item.id and item.id.lower().startswith(("http:", "https:")) else None
    links = [link for link in (item.original, *item.links, *item.other_links, named) if link]
    links = [with_slashes(link) for link in links]
    for link in links:
        url = absolute(item.base, link)
        if url and scope.on_site(url):
            return link
    return links[0] if links else None


def _older(channel: Channel, lookup: Lookup) -> str | None:
    """Return the address of the next older page: the one the feed declares, or WordPress's."""
    for relation in _OLDER:
        if relation in channel.older:
            return channel.older[relation]
    if "wordpress" not in channel.generator.lower():
        return None
    parts = urlsplit(lookup.url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(lookup.page + 1))])))
