"""The second reader of a page's text: trafilatura, on a tree without what it would drop anyway. Pure."""

import copy
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from crawler.arabic.text import mend
from crawler.extraction.document import Document
from crawler.extraction.outline import INLINE, Block
from crawler.extraction.teasers import ALL_LINK
from crawler.extraction.tree import ancestors, squeeze

_TAGS = frozenset({
    "body", "main", "article", "section", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "aside", "nav", "figure", "figcaption", "form",
})  # fmt: skip
_NAMES = ("class", "id", "itemprop", "role", "style", "data-testid")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MIN_INSIDE = 25  # characters of a block that may be a part of a longer line


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What trafilatura took for the text: its lines, and the indexes of the blocks that they show."""

    lines: tuple[str, ...]
    blocks: frozenset[int]


def read_second(document: Document) -> SecondReading:
    """Return trafilatura's reading of a page; empty where it finds no text."""
    tree = _pruned(document)
    from trafilatura import bare_extraction  # noqa: PLC0415  heavy; most commands never read a page

    result: Any = bare_extraction(
        tree,
        fast=True,
        with_metadata=False,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
    )
    if result is None or not result.text:
        return SecondReading((), frozenset())
    lines = [squeeze(mend(line)) for line in str(result.text).split("\n")]
    lines = [line.removeprefix("- ") for line in lines if line]
    return SecondReading(tuple(lines), _shown(lines, document.blocks))


def _pruned(document: Document) -> html.HtmlElement:
    """Return a copy of the parts of the page that lead to running text, its layout tables made boxes.

    Menus, lists of links and scripts, which trafilatura would drop, are most of a page's elements.
    """
    prose = [block for block in document.blocks if block.prose and block.index not in document.foreign]
    kept = {node for block in prose for node in ancestors(block.element)}
    parents = {block.element.getparent() for block in prose}
    kept |= {
        block.element
        for block in document.blocks
        if not block.prose and block.link_share < ALL_LINK and block.element.getparent() in parents
    }
    copied = html.Element("html")
    body = document.root.find("body")
    _copy(document.root if body is None else body, copied, kept)
    return copied


def _copy(element: html.HtmlElement, into: html.HtmlElement, kept: set[html.HtmlElement]) -> None:
    """Copy an element into another: its text, its inline elements, and of the others those that are kept."""
    stack = [(element, _shell(element, into))]
    while stack:
        source, own = stack.pop()
        for child in source:
            if child in kept:
                shell = _shell(child, own)
                shell.tail = _clean(child.tail)
                stack.append((child, shell))
            elif child.tag in INLINE or child.tag == "br":
                own.append(copy.deepcopy(child))
            elif child.tail and len(own):
                own[-1].tail = (own[-1].tail or "") + (_clean(child.tail) or "")
            elif child.tail:
                own.text = (own.text or "") + (_clean(child.tail) or "")


def _shell(element: html.HtmlElement, into: html.HtmlElement) -> html.HtmlElement:
    """Add an element of the same tag, names and text, without its children.

    Unknown tags become boxes, and so do tables, whose cells trafilatura joins.
    """
    tag = element.tag if element.tag in _TAGS or element.tag in INLINE else "div"
    names = {name: _clean(element.get(name)) or "" for name in _NAMES if element.get(name)}
    shell = etree.SubElement(into, tag, names)
    shell.text = _clean(element.text)
    return shell


def _clean(text: str | None) -> str | None:
    """Return a text without the characters that a tree takes from a parser but not from a program."""
    return _CONTROL.sub(" ", text) if text else text


def _shown(lines: list[str], blocks: list[Block]) -> frozenset[int]:
    """Return the indexes of the blocks whose text is a line, or stands inside one."""
    whole, joined = set(lines), "\n".join(lines)
    found = set()
    for block in blocks:
        text = mend(block.text).strip()
        if text in whole or (len(text) >= _MIN_INSIDE and text in joined):
            found.add(block.index)
    return frozenset(found)
