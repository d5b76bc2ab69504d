"""The links of an HTML page. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree, html

from crawler.discovery.decoding import text_of
from crawler.discovery.source import Answer
from crawler.discovery.xml import without_controls
from crawler.urls import absolute

MAX_BYTES = 10 * 2**20  # of a page that is read for its links
MAX_LINKS = 5_000  # anchors of a page that are looked at
MAX_NODES = 200  # elements inside one anchor that are read for its text
MAX_ANCESTORS = 30  # how far up a menu is looked for

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MENU_TAGS = frozenset({"nav", "header", "menu"})
_CONTENT_TAGS = frozenset({"html", "body", "main", "article"})
_MENU_WORDS = ("menu", "navbar", "nav-", "navigation", "sections")


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor or a link element, its address absolute and ASCII."""

    url: str
    text: str  # on one line; of its heading alone where it has one
    rel: frozenset[str]
    mime: str = ""  # the type that a link element states
    in_menu: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """What a page links to, in its order."""

    declared: tuple[Link, ...]  # link elements
    anchors: tuple[Link, ...]


def links_of(answer: Answer) -> Links | None:
    """The links of a page, or None where the answer is no HTML of a bearable size."""
    if len(answer.body) > MAX_BYTES:
        return None
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    text = without_controls(text_of(answer))
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing in it
        return None
    base = _base(root, answer.url)
    return Links(
        declared=tuple(_links(islice(root.iter("link"), MAX_LINKS), base)),
        anchors=tuple(_links(islice(root.iter("a"), MAX_LINKS), base)),
    )


def _base(root: Any, url: str) -> str:
    """The address that relative links are relative to; the first base element that has one counts."""
    for element in islice(root.iter("base"), MAX_LINKS):
        if href := element.get("href"):
            return absolute(url, href) or url
    return url


def _links(elements: Iterator[Any], base: str) -> Iterator[Link]:
    for element in elements:
        href = element.get("href")
        url = absolute(base, href) if href else None
        if url is None:
            continue
        yield Link(
            url=url.partition("#")[0],
            text=_text(element) or " ".join((element.get("title") or "").split()),
            rel=frozenset((element.get("rel") or "").lower().split()),
            mime=(element.get("type") or "").lower().strip(),
            in_menu=_in_menu(element),
        )


def _text(element: Any) -> str:
    """The text of an anchor, of its heading alone where it has one: cards hold teasers and dates as well."""
    inside = list(islice(element.iter(etree.Element), MAX_NODES))
    heading = next((node for node in inside if node.tag in _HEADINGS), None)
    nodes = inside if heading is None else list(islice(heading.iter(etree.Element), MAX_NODES))
    own = nodes[0]
    words = [part for node in nodes for part in (node.text, node.tail if node is not own else None) if part]
    return " ".join(" ".join(words).split())


def _in_menu(element: Any) -> bool:
    for ancestor in islice(element.iterancestors(), MAX_ANCESTORS):
        if ancestor.tag in _CONTENT_TAGS:
            return False
        marks = f"{ancestor.get('class', '')} {ancestor.get('id', '')}".lower()
        role = ancestor.get("role") == "navigation"
        if ancestor.tag in _MENU_TAGS or role or any(word in marks for word in _MENU_WORDS):
            return True
    return False
