"""Read the rows of a sitemap in constant memory. Pure.

Elements are recognised by name without their namespace, because sites misspell namespaces or leave them out.
In a damaged sitemap each row is read whose address is complete, that is, closed by its own end tag.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.arabic.decoding import decode_pieces
from crawler.discovery.inflate import UnreadableError
from crawler.discovery.sieve import refusal
from crawler.discovery.source import Refusal
from crawler.discovery.xml_scanner import Declaration, Event, Scanner, Tag, Text, characters, is_sound
from crawler.urls import MAX_URL, with_slashes

MAX_FIELDS = 20_000  # elements in one row; image sitemaps allow a thousand images of some fields each
MAX_TAGS = 2_000_000  # of one sitemap; 50,000 rows of six fields have 700,000
MAX_DEPTH = 50  # elements within elements in one row

_ROWS = {"url": False, "sitemap": True}
_FIELDS = frozenset({"loc", "lastmod", "publication_date", "title"})
_LINE_END = re.compile(r"\r\n?|\n")
_ADDRESS = re.compile(r"https?:\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A page, or with `nested` a further sitemap."""

    loc: str
    nested: bool = False
    lastmod: str | None = None
    publication_date: str | None = None  # Google News
    title: str | None = None  # Google News
    news: bool = False  # the row describes a news article


def xml_rows(stream: Iterator[bytes], name: str, content_type: str | None = None) -> Iterator[Row | Refusal]:
    """Yield the rows of an XML sitemap, then the reason why it is broken or was not read to its end.

    `name` stands in refusals; `content_type` is the header's value.
    """
    scanner, reader = Scanner(), _Reader()
    try:
        for event in scanner.events(decode_pieces(stream, content_type)):
            if row := reader.take(event):
                yield row
            if reader.problem:
                break
    except UnreadableError as error:
        reader.problem = str(error)
    if row := reader.end():
        yield row
    if reader.problem or scanner.damaged or reader.damaged:
        yield refusal(reader.problem or "broken-xml", name)


def text_rows(stream: Iterator[bytes], name: str, content_type: str | None = None) -> Iterator[Row | Refusal]:
    """Yield the rows of a text sitemap: an address a line. What is no absolute address is refused."""
    rest = ""
    try:
        for piece in decode_pieces(stream, content_type):
            *lines, rest = _LINE_END.split(rest + piece)
            yield from _lines(lines)
            if len(rest) > MAX_URL:
                yield refusal("not-a-sitemap", name)
                return
        yield from _lines([rest])
    except UnreadableError as error:
        yield refusal(str(error), name)


class _Reader:
    """Builds rows from the events of a scanner; holds only the open row in memory."""

    def __init__(self) -> None:
        self.damaged = False
        self.problem = ""  # the slug of the reason why reading stopped
        self._root = ""  # the name of the document's first element
        self._complete = False  # that element is closed
        self._has_type = False  # a document type stands before it
        self._tags = 0
        self._row: Tag | None = None  # the start tag of the row that is open
        self._elements = 0  # in that row
        self._open: list[str] = []  # the names of the open elements in that row
        self._fields: dict[str, str] = {}
        self._news = False
        self._field = ""  # the field whose text is read, the last open element
        self._parts: list[str] = []
        self._length = 0

    def take(self, event: Event) -> Row | None:
        """Take in an event; return the row that it ends."""
        if isinstance(event, Text):
            if self._field:
                self._take_text(event)
            elif self._complete or not (self._root or self._has_type):
                self.damaged = self.damaged or not event.written.isspace()
            return None
        if isinstance(event, Declaration):
            self.problem = "entity" if event.name == "ENTITY" else ""
            self._has_type = True
            return None
        self._tags += 1
        if self._tags > MAX_TAGS:
            self.problem = "too-many-tags"
        if self._row is not None:
            return self._in_row(event, self._row)
        self._outside(event)
        return Row(loc="", nested=_ROWS[event.name]) if event.empty and event.name in _ROWS else None

    def end(self) -> Row | None:
        """Return the row that the end of the document cut off, if its address is whole."""
        self.damaged = self.damaged or not self._complete
        return self._cut_off() if self._row is not None else None

    def _outside(self, tag: Tag) -> None:
        """Take in a tag between rows."""
        self.damaged = self.damaged or self._complete
        if tag.closes:
            self._complete = self._complete or tag.name == self._root
            self.damaged = self.damaged or tag.name in _ROWS
        elif tag.name in _ROWS and not tag.empty:
            self._row, self._elements, self._fields, self._news = tag, 0, {}, False
            self._open, self._field = [], ""
        elif tag.name == "html" and not self._root:
            self.problem = "not-a-sitemap"
        if not tag.closes:
            self._complete = self._complete or (tag.empty and not self._root)
            self._root = self._root or tag.name

    def _in_row(self, tag: Tag, row: Tag) -> Row | None:
        if tag.prefix == row.prefix and tag.name == row.name:
            if tag.closes:
                self.damaged = self.damaged or bool(self._open)
                return self._ended()
            cut_off = self._cut_off()
            self._outside(tag)
            return cut_off
        if tag.closes and tag.name == self._root:
            cut_off = self._cut_off()
            self._outside(tag)
            return cut_off
        if tag.closes:
            self._close(tag.name)
        else:
            self._start(tag)
        return None

    def _start(self, tag: Tag) -> None:
        self._elements += 1
        if self._elements > MAX_FIELDS or len(self._open) > MAX_DEPTH:
            self.problem = "too-many-fields"
        if self._field:  # an element inside a field: the field's own end is missing
            self._open.pop()
            self._field, self.damaged = "", True
        self._news = self._news or (tag.name == "news" and not self._open)
        if tag.empty:
            return
        if tag.name in _FIELDS and self._open in ([], ["news"]) and tag.name not in self._fields:
            self._field, self._parts, self._length = tag.name, [], 0
        self._open.append(tag.name)

    def _close(self, name: str) -> None:
        if self._field == name:
            if text := "".join(self._parts).strip():
                self._fields[name] = text
        elif self._field or name not in self._open:
            self.damaged = True
        self._field = ""
        if name in self._open:
            while self._open.pop() != name:
                self.damaged = True

    def _take_text(self, text: Text) -> None:
        self.damaged = self.damaged or not (text.literal or is_sound(text.written))
        self._length += len(text.written)
        if self._length > 2 * MAX_URL:  # a shortened address would be another address
            self._field = ""
            return
        self._parts.append(text.written if text.literal else characters(text.written))

    def _cut_off(self) -> Row | None:
        """Return the open row, whose end is missing, if its address is whole."""
        self.damaged = True
        row = self._ended()
        return row if row.loc else None

    def _ended(self) -> Row:
        row, self._row = self._row, None
        fields, self._field = self._fields, ""
        return Row(
            loc=with_slashes(fields.get("loc", "")),
            nested=row is not None and _ROWS[row.name],
            lastmod=fields.get("lastmod"),
            publication_date=fields.get("publication_date"),
            title=fields.get("title"),
            news=self._news,
        )


def _lines(lines: list[str]) -> Iterator[Row | Refusal]:
    for line in lines:
        text = line.strip().removeprefix("\ufeff")
        if _ADDRESS.fullmatch(text):
            yield Row(loc=text)
        elif text:
            yield refusal("not-a-url", text)
