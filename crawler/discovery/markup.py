"""The links of an HTML page. Pure.

The links are collected while the parser runs. No tree is built: for an element with very many attributes lxml
needs quadratic time to build one, and deep nesting costs memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from crawler.arabic.decoding import decode
from crawler.discovery.sieve import refusal
from crawler.discovery.source import Answer, Refusal
from crawler.discovery.xml_scanner import without_controls
from crawler.urls import absolute

MAX_BYTES = 10 * 2**20  # bytes of a page that are read
MAX_LINKS = 5_000  # anchors of a page, and link elements
MAX_ELEMENTS = 200_000  # of a page; large front pages have ten thousand
MAX_ADDRESSES = 2**22  # characters of all addresses of a page, in ASCII; a long base makes each of them long
MAX_TEXT = 2_000  # characters of an anchor's text

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    {"b", "i", "em", "strong", "mark", "u", "font", "bdi", "bdo", "wbr"}
)  # inline elements that may stand within words
_MENU_TAGS = frozenset({"nav", "header", "menu"})
_CONTENT_TAGS = frozenset({"html", "body", "main", "article"})
_MENU_WORDS = ("menu", "navbar", "nav-", "navigation", "sections")


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor or a link element; its address is absolute ASCII without a fragment."""

    url: str
    text: str  # on one line; of its heading only, if it has one: cards hold teasers and dates as well
    rel: frozenset[str]
    mime: str = ""  # the type that a link element states
    in_menu: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a page in document order."""

    declared: tuple[Link, ...]  # link elements
    anchors: tuple[Link, ...]


def links_of(answer: Answer) -> Links | Refusal:
    """Return the links of a page, none if it is not HTML, or a refusal if it is too large."""
    if len(answer.body) > MAX_BYTES:
        return refusal("too-big", answer.url)
    collector = _Collector()
    parser = etree.HTMLParser(
        target=collector,  # type: ignore[arg-type] # the stubs ask for more than lxml does
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
    )
    try:
        for piece in _pieces(without_controls(decode(answer.body, answer.headers.get("content-type")).text)):
            parser.feed(piece)
            if collector.elements > MAX_ELEMENTS:
                return refusal("too-many-elements", answer.url)
        parser.close()
    except etree.XMLSyntaxError:  # not a single element
        return Links((), ())
    base = (absolute(answer.url, collector.base) if collector.base else None) or answer.url
    return Links(
        declared=tuple(_resolved(collector.declared, base)), anchors=tuple(_resolved(collector.anchors, base))
    )


@dataclass(slots=True)
class _Found:
    """A link as written in the page."""

    attributes: Mapping[str, str]
    in_menu: bool
    words: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    length: int = 0

    def text(self) -> str:
        for said in ("".join(self.heading), "".join(self.words), self.attributes.get("title", "")):
            if plain := " ".join(said.split()):
                return plain
        return ""


class _Collector:
    """The target of the parser: keeps links and nothing else."""

    def __init__(self) -> None:
        self.base = ""  # href of the first base element that has one
        self.declared: list[_Found] = []
        self.anchors: list[_Found] = []
        self.elements = 0
        self._in_menu = [False]  # for each open element: whether it is inside a menu
        self._open: _Found | None = None  # the anchor whose text is read
        self._headings = 0  # number of open headings

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self._in_menu.append(self._is_menu(tag, attributes))
        self._space(tag)
        self._headings += tag in _HEADINGS
        if tag == "base":
            self.base = self.base or attributes.get("href", "").strip()
        if not attributes.get("href"):
            return
        if tag == "link" and len(self.declared) < MAX_LINKS:
            self.declared.append(_Found(attributes, in_menu=False))
        if tag == "a" and len(self.anchors) < MAX_LINKS:
            self._open = _Found(attributes, self._in_menu[-1])
            self.anchors.append(self._open)

    def end(self, tag: str) -> None:
        if len(self._in_menu) > 1:
            self._in_menu.pop()
        self._space(tag)
        if tag in _HEADINGS and self._headings:
            self._headings -= 1
        if tag == "a":
            self._open = None

    def data(self, text: str) -> None:
        if self._open is None or self._open.length > MAX_TEXT:
            return
        self._open.length += len(text)
        self._open.words.append(text[:MAX_TEXT])
        if self._headings:
            self._open.heading.append(text[:MAX_TEXT])

    def close(self) -> None:
        self._open = None

    def _space(self, tag: str) -> None:
        if tag not in _INLINE:
            self.data(" ")

    def _is_menu(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Return whether the nearest enclosing menu or content element is a menu."""
        if tag in _CONTENT_TAGS:
            return False
        if tag in _MENU_TAGS or attributes.get("role") == "navigation":
            return True
        marks = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
        return self._in_menu[-1] or any(word in marks for word in _MENU_WORDS)


def _pieces(text: str, size: int = 2**16) -> Iterator[bytes]:
    for start in range(0, len(text), size):
        yield text[start : start + size].encode("utf-8", "replace")


def _resolved(found: Iterable[_Found], base: str) -> Iterator[Link]:
    length = 0
    for each in found:
        url = absolute(base, each.attributes["href"]) if length <= MAX_ADDRESSES else None
        if url is not None:
            length += len(url)
            yield Link(
                url=url.partition("#")[0],
                text=each.text(),
                rel=frozenset(each.attributes.get("rel", "").lower().split()),
                mime=each.attributes.get("type", "").lower().strip(),
                in_menu=each.in_menu,
            )
