"""Read the entries of an RSS, RDF or Atom feed. Pure.

Of a damaged feed every entry is read whose link is whole. Elements count by their names and by the vocabulary
of their prefix: `media:title` is no title of an entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.discovery.xml_scanner import (
    Declaration,
    Event,
    Scanner,
    Tag,
    Text,
    attributes_of,
    characters,
    is_sound,
)
from crawler.urls import MAX_URL, absolute, with_slashes

MAX_TAGS = 1_000_000  # of one feed
MAX_FIELD = 2 * MAX_URL  # characters of one field; a longer one is no title, link or date

_ROOTS = frozenset({"rss", "feed", "rdf"})
_ITEMS = frozenset({"item", "entry"})
_FIELDS = {
    "title": "title", "link": "link", "origlink": "original", "guid": "id", "id": "id",
    "pubdate": "published", "published": "published", "issued": "published",
    "date": "modified", "updated": "modified", "modified": "modified",
}  # fmt: skip
_VOCABULARIES = re.compile(
    r"www\.w3\.org/2005/atom|purl\.org/(?:atom/|rss/|dc/|net/rss1)|rssnamespace\.org/feedburner|/rss/?2?\.?0?$"
    r"|netscape\.com/rdf|backend\.userland\.com|blogs\.law\.harvard\.edu|www\.rssboard\.org",
    re.IGNORECASE,
)
_USUAL_PREFIXES = frozenset({"", "a10", "atom", "atom10", "dc", "dcterms", "feedburner", "rss"})
_PAGES_OF_HTML = frozenset({"", "text/html", "application/xhtml+xml"})
_MARKUP = re.compile(r"</\w+>|&#?\w+;")


@dataclass(slots=True)
class Item:
    """One entry of a feed; its addresses are absolute, or as written if they cannot be made so."""

    base: str  # the address that relative links are relative to
    title: str | None = None
    is_markup: bool = False  # the title is HTML
    original: str | None = None  # before a counting service put its own address in its place
    links: list[str] = field(default_factory=list)
    other_links: list[str] = field(
        default_factory=list
    )  # less likely ones: of another type than HTML, of an odd form
    id: str | None = None
    published: str | None = None
    modified: str | None = None


@dataclass(slots=True)
class Channel:
    """The fields of the feed itself, complete after the last item. `problem` is the slug of a refusal."""

    generator: str = ""
    older: dict[str, str] = field(default_factory=dict)  # link relation -> another page's address
    is_feed: bool = False
    problem: str = ""
    damaged: bool = False


def items(text: str, url: str, channel: Channel) -> Iterator[Item]:
    """Yield the entries of a feed, and fill in the channel; a problem ends the reading."""
    scanner, reader = Scanner(), _Reader(url, channel)
    for event in scanner.events([text]):
        if item := reader.take(event):
            yield item
        if channel.problem:
            return
    if item := reader.end():
        yield item
    channel.damaged = channel.damaged or scanner.damaged
    if not channel.is_feed:
        channel.problem = "not-a-feed"


class _Reader:
    """Builds items from the events of a scanner."""

    def __init__(self, url: str, channel: Channel) -> None:
        self._channel = channel
        self._base = url
        self._root = ""
        self._complete = False  # the root is closed
        self._has_type = False  # a document type stands before the root
        self._tags = 0
        self._vocabularies: dict[str, bool] = {}  # prefix -> whether its names are those of feeds
        self._item: Item | None = None
        self._start = Tag("", "", closes=False, empty=False, attributes="")  # of the item
        self._passed = ""  # the name of the element that is passed over
        self._nested = 0  # elements of that name inside it
        self._field: Tag | None = None  # the start tag of the field whose text is read
        self._parts: list[str] = []
        self._length = 0

    def take(self, event: Event) -> Item | None:
        """Take in an event; return the item that it ends."""
        if isinstance(event, Text):
            self._take_text(event)
            return None
        if isinstance(event, Declaration):
            self._channel.problem = "entity" if event.name == "ENTITY" else ""
            self._has_type = True
            return None
        self._tags += 1
        if self._tags > MAX_TAGS:
            self._channel.problem = "too-many-tags"
        if "xmlns:" in event.attributes:
            self._declare(event)
        if not self._root:
            self._open_root(event)
        elif event.name in _ITEMS and self._is_ours(event):
            return self._at_item(event)
        elif event.closes and event.name == self._root:
            self._complete = True
            return self._cut_off()
        else:
            self._at_element(event)
        return None

    def end(self) -> Item | None:
        """Return the item that the end of the document cut off, if its link is whole."""
        self._channel.damaged = self._channel.damaged or not self._complete
        return self._cut_off()

    def _declare(self, tag: Tag) -> None:
        for name, value in attributes_of(tag).items():
            if name.startswith("xmlns:"):
                self._vocabularies[name.removeprefix("xmlns:")] = bool(_VOCABULARIES.search(value))

    def _is_ours(self, tag: Tag) -> bool:
        """Return whether a name is of the vocabularies of feeds, or has the item's own prefix."""
        known = self._vocabularies.get(tag.prefix, tag.prefix in _USUAL_PREFIXES)
        return known or (self._item is not None and tag.prefix == self._start.prefix)

    def _open_root(self, tag: Tag) -> None:
        if tag.name in _ROOTS and not tag.closes:
            self._root, self._channel.is_feed = tag.name, True
            self._vocabularies.setdefault(tag.prefix, True)
            self._complete = tag.empty
            self._base = self._based(tag, self._base)
        elif tag.name in {"html", "urlset", "sitemapindex"}:
            self._channel.problem = "not-a-feed"
        else:  # a server's warning before the feed
            self._channel.damaged = True

    def _based(self, tag: Tag, base: str) -> str:
        if "xml:base" not in tag.attributes.lower():
            return base
        return absolute(base, attributes_of(tag).get("xml:base", "")) or base

    def _at_item(self, tag: Tag) -> Item | None:
        if tag.closes:
            self._channel.damaged = self._channel.damaged or bool(self._passed or self._field)
            return self._ended()
        cut_off = self._cut_off()
        self._start, self._item = tag, Item(base=self._based(tag, self._base))
        about = attributes_of(tag).get("rdf:about")
        self._item.id = about or None
        return self._ended() if tag.empty else cut_off

    def _at_element(self, tag: Tag) -> None:
        if self._field is not None:
            if tag.closes and (tag.prefix, tag.name) == (self._field.prefix, self._field.name):
                self._close_field(self._field)
                return
            if self._field.name == "title" and tag.name not in _FIELDS:
                self._parts.append(" ")  # markup inside a title
                return
            self._field, self._channel.damaged = None, True  # its own end is missing
        if self._passed:
            if tag.name == self._passed and not tag.empty:
                self._nested += -1 if tag.closes else 1
                self._passed = self._passed if self._nested else ""
        elif not tag.closes:
            self._open_element(tag)

    def _open_element(self, tag: Tag) -> None:
        name = _FIELDS.get(tag.name) if self._is_ours(tag) else None
        if tag.name == "link" and name:
            self._link(tag)
            name = None if "href" in tag.attributes.lower() or self._relation(tag) != "alternate" else name
        if self._item is None:
            name = "generator" if tag.name == "generator" else None
        elif name is None and tag.name != "link" and not tag.empty:
            self._passed, self._nested = tag.name, 1
        if name and not tag.empty:
            self._field, self._parts, self._length = tag, [], 0

    def _relation(self, tag: Tag) -> str:
        return attributes_of(tag).get("rel", "").strip().lower() or "alternate"

    def _link(self, tag: Tag) -> None:
        """Keep a link in attributes: an alternate of the item, or another page of the feed."""
        attributes = attributes_of(tag)
        href = attributes.get("href", "").strip()
        if not href:
            return
        relation = self._relation(tag)
        base = self._based(tag, self._item.base if self._item else self._base)
        address = absolute(base, with_slashes(href)) or href
        if self._item is None:
            self._channel.older.setdefault(relation, address)
        elif relation == "alternate":
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            links = self._item.links if kind in _PAGES_OF_HTML else self._item.other_links
            links.append(address)

    def _take_text(self, text: Text) -> None:
        if self._field is None:
            outside = self._complete or not (self._root or self._has_type)
            self._channel.damaged = self._channel.damaged or (outside and not text.written.isspace())
            return
        self._channel.damaged = self._channel.damaged or not (text.literal or is_sound(text.written))
        self._length += len(text.written)
        if self._length <= MAX_FIELD:
            self._parts.append(text.written if text.literal else characters(text.written))

    def _close_field(self, tag: Tag) -> None:
        text = "".join(self._parts) if self._length <= MAX_FIELD else ""
        self._field = None
        item = self._item
        if item is None:
            self._channel.generator = self._channel.generator or text
        elif text.strip():
            name = _FIELDS[tag.name]
            text = text.strip()
            if name == "link":
                kind = attributes_of(tag).get("type", "")
                usual = self._root != "feed" and kind in _PAGES_OF_HTML  # Atom's links have no text
                (item.links if usual else item.other_links).append(text)
            elif getattr(item, name) is None or (name == "id" and tag.name in {"guid", "id"}):
                setattr(item, name, text)
                if name == "title":
                    item.is_markup = self._is_markup(tag, text)

    def _is_markup(self, tag: Tag, text: str) -> bool:
        """Return whether a title is HTML: Atom says so, in RSS it is seen."""
        kind = attributes_of(tag).get("type", "").lower()
        if "html" in kind:
            return True
        return self._root != "feed" and not kind and _MARKUP.search(text) is not None

    def _cut_off(self) -> Item | None:
        """Return the open item, whose end is missing, if it has a whole link."""
        if self._item is None:
            return None
        self._channel.damaged = True
        item = self._ended()
        return item if item and (item.links or item.other_links or item.original or item.id) else None

    def _ended(self) -> Item | None:
        item, self._item = self._item, None
        self._field, self._passed = None, ""
        return item
