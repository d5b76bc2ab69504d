"""The rows of a sitemap, read piece by piece in constant memory. Pure.

Names count, namespaces do not: sites misspell them or leave them out. What was read before the XML breaks is
kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crawler.discovery.inflate import UnreadableError
from crawler.discovery.sieve import refusal
from crawler.discovery.source import Refusal
from crawler.discovery.xml import declares_entities, local_name
from crawler.urls import MAX_URL

MAX_FIELDS = 20_000  # elements in one row; image sitemaps allow a thousand images of some fields each

_ROWS = {"url": False, "sitemap": True}
_FIELDS = frozenset({"loc", "lastmod", "publication_date", "title"})
# libxml2's errors about prefixes that nobody declared; what they stand in is read all the same
_ABOUT_NAMES = frozenset({etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE, etree.ErrorTypes.NS_ERR_XML_NAMESPACE})


@dataclass(frozen=True, slots=True)
class Row:
    """A page, or with `nested` a further sitemap."""

    loc: str
    nested: bool = False
    lastmod: str | None = None
    publication_date: str | None = None  # Google News
    title: str | None = None  # Google News
    news: bool = False  # the row describes a news article


def xml_rows(stream: Iterator[bytes], name: str) -> Iterator[Row | Refusal]:
    """The rows of an XML sitemap as far as it can be read, then why it breaks; `name` stands in refusals."""
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    reader, more = _Reader(name), True
    while more and reader.problem is None:
        try:
            piece = next(stream, b"")
            more = bool(piece)
            if more:
                parser.feed(piece)
            else:
                parser.close()
        except UnreadableError as error:
            reader.problem = refusal(str(error), name)
        except etree.XMLSyntaxError as error:
            yield from reader.rows(parser)  # what was read before the break
            if not (reader.complete and error.code in _ABOUT_NAMES):  # type: ignore[attr-defined] # not in the stubs
                reader.problem = refusal("broken-xml", f"{name}: {error}")
            more = False
        yield from reader.rows(parser)
    if reader.problem:
        yield reader.problem


def text_rows(stream: Iterator[bytes], name: str) -> Iterator[Row | Refusal]:
    """The rows of a text sitemap: an address a line."""
    rest = b""
    try:
        for piece in stream:
            *lines, rest = (rest + piece).split(b"\n")
            yield from _lines(lines)
            if len(rest) > MAX_URL:
                yield refusal("not-a-sitemap", name)
                return
        yield from _lines([rest])
    except UnreadableError as error:
        yield refusal(str(error), name)


class _Reader:
    """Turns a parser's events into rows and throws away what was read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._row: Any = None  # the element of the row that is being read
        self._fields = 0
        self._root: Any = None
        self.complete = False  # the document's element is closed
        self.problem: Refusal | None = None

    def rows(self, parser: Any) -> Iterator[Row]:
        for event, element in parser.read_events():
            if event == "start":
                self._start(element)
            elif self._row is None or element is self._row:
                self.complete = element is self._root
                if self._row is not None:
                    self._row = None
                    yield _row(element)
                _forget(element)
            if self.problem:
                return

    def _start(self, element: Any) -> None:
        if self._root is None:
            self._root = element
            if declares_entities(element):
                self.problem = refusal("entity", self._name)
            elif local_name(element) == "html":
                self.problem = refusal("not-a-sitemap", self._name)
        if self._row is not None:
            self._fields += 1
            if self._fields > MAX_FIELDS:
                self.problem = refusal("too-many-fields", self._name)
        elif local_name(element) in _ROWS:
            self._row, self._fields = element, 0


def _row(element: Any) -> Row:
    fields: dict[str, str] = {}
    news = False
    for child in element:
        if local_name(child) == "news":
            news = True
            for detail in child:
                _take(fields, detail)
        else:
            _take(fields, child)
    return Row(
        loc=fields.get("loc", ""),
        nested=_ROWS[local_name(element)],
        lastmod=fields.get("lastmod"),
        publication_date=fields.get("publication_date"),
        title=fields.get("title"),
        news=news,
    )


def _take(fields: dict[str, str], element: Any) -> None:
    name = local_name(element)
    if name in _FIELDS and element.text and (text := element.text.strip()):
        fields.setdefault(name, text)


def _forget(element: Any) -> None:
    """Frees an element that was read and those before it; its tail stays, the parser may still be at it."""
    element.clear(keep_tail=True)
    while (earlier := element.getprevious()) is not None:
        earlier.getparent().remove(earlier)


def _lines(lines: list[bytes]) -> Iterator[Row]:
    for line in lines:
        if text := line.decode("utf-8", "replace").strip():
            yield Row(loc=text)
