"""Text to one lxml tree, and the flat outline of it that every layer reads. Pure, bounded, no recursion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html


MAX_BYTES = 6_000_000  # of a page; the largest honest article pages seen hold 1.5 MB, most of it script
MAX_ELEMENTS = 60_000
MAX_BLOCKS = 20_000
_MAX_ATTRIBUTE = 4_000

_BLANKS = re.compile(r"\s+")
DEAD_TAGS = frozenset({
    "script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "select", "option",
    "textarea", "button", "input", "canvas", "map", "datalist", "head", "meta", "link", "math", "frameset",
    "applet", "dialog", "video", "audio", "title",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "picture", "source", "o:p",
})  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A run of text that the page shows as one paragraph: between two block tags or line breaks."""

    index: int
    text: str  # blanks collapsed, not otherwise touched
    element: html.HtmlElement  # the innermost block-level element around it
    tag: str  # of that element
    linked: int  # how many characters of the text are links
    bold: int  # how many are bold
    kind: str  # of the outermost element around it whose names say it is not body text; "" none
    owner: html.HtmlElement | None  # that element

    @property
    def heading(self) -> bool:
        return self.tag in HEADINGS

    @property
    def link_share(self) -> float:
        return self.linked / len(self.text) if self.text else 0.0


class TooLargeError(ValueError):
    """The page is beyond the bounds of this module: said by the caller as a counted rejection."""


def parse(text: str) -> html.HtmlElement | None:
    """The tree of a page, or None where there is no element in it. Raises TooLargeError.

    `huge_tree` lifts libxml2's limit of 256 levels, which unclosed tags of old pages reach, to 2,048.
    """
    clean = text.replace("\x00", "")
    if not clean.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(clean.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    for count, _ in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            raise TooLargeError(f"more than {MAX_ELEMENTS} elements")
    return root


def squeeze(text: str) -> str:
    """Every run of blanks as one blank, none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def ancestors(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The element and everything around it, innermost first."""
    node: html.HtmlElement | None = element
    while node is not None:
        yield node
        node = node.getparent()


def attribute(element: html.HtmlElement, name: str) -> str:
    """An attribute's text, cut at a length that no honest one has."""
    return (element.get(name) or "")[:_MAX_ATTRIBUTE]
