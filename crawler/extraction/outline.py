"""A page as a flat list of blocks in reading order, which every layer reads. Pure, bounded."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree, html

from crawler.extraction.names import kind_of
from crawler.extraction.tree import TooLargeError, squeeze

MAX_BLOCKS = 20_000
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
DEAD_TAGS = frozenset({
    "script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "select", "option",
    "textarea", "input", "canvas", "map", "datalist", "head", "meta", "link", "math", "frameset",
    "applet", "dialog", "video", "audio", "title",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "picture", "source",
})  # fmt: skip
_RUNNING = frozenset(
    {"p", "li", "blockquote", "td", "dd"}
)  # where a span with a date may be part of a sentence
_PLAIN = INLINE - {"a", "b", "strong", "time"}  # without attributes they say nothing
_BOLD = frozenset({"b", "strong"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING = frozenset({"hidden", "d-none", "is-hidden", "hide"})
_SHOWING = re.compile(r":(?:block|flex|grid|inline)|-(?:block|flex|inline)\b|\bshow")
_PROSE_MIN = 40  # characters; shorter blocks are labels, lines of meta data, list items
_PROSE_LINKS = 0.4
LONGEST_LINK = 220  # characters; a longer text that is all link is a paragraph inside an anchor never closed


@dataclass(slots=True)
class Block:
    """A run of text that the page shows as one paragraph: between two block tags or line breaks."""

    index: int
    text: str  # blanks collapsed, not otherwise touched
    element: html.HtmlElement  # the innermost block-level element around it
    tag: str  # of that element
    linked: int  # how many characters of the text are links
    bold: int  # how many are bold
    kind: str  # of the element around it whose names say that it is not body text; "" none
    owner: html.HtmlElement | None  # that element

    @property
    def heading(self) -> bool:
        return self.tag in HEADINGS

    @property
    def link_share(self) -> float:
        return self.linked / len(self.text)

    @property
    def prose(self) -> bool:
        """Long enough and with few enough links to be a paragraph of running text."""
        length = len(self.text)
        return length >= _PROSE_MIN and (self.link_share < _PROSE_LINKS or length >= LONGEST_LINK)


@dataclass(slots=True)
class _Place:
    """Where the walk stands: what holds for text directly inside the current element."""

    block: html.HtmlElement
    tag: str
    kind: str
    owner: html.HtmlElement | None
    linked: bool
    bold: bool


def outline(root: html.HtmlElement, protected: frozenset[html.HtmlElement]) -> list[Block]:
    """Return the blocks of a page. The names of `protected` elements are ignored. Raises TooLargeError."""
    return _Walk(protected).blocks_of(root)


@lru_cache(maxsize=4096)
def _is_hidden_by_class(names: str) -> bool:
    """Return whether an element has the class "hidden", and none that shows it on other screens."""
    return not _HIDING.isdisjoint(names.split()) and not _SHOWING.search(names)


class _Walk:
    def __init__(self, protected: frozenset[html.HtmlElement]) -> None:
        self._protected = protected
        self._blocks: list[Block] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._bold = 0

    def blocks_of(self, root: html.HtmlElement) -> list[Block]:
        stack = [_Place(root, str(root.tag), "", None, linked=False, bold=False)]
        walker = etree.iterwalk(root, events=("start", "end"))  # in C: deep nesting costs no Python stack
        for event, element in walker:
            if event == "start":
                place = self._enter(element, stack[-1])
                stack.append(place or stack[-1])
                if place is None:
                    walker.skip_subtree()
                elif element.text:
                    self._add(element.text, place)
                continue
            inner = stack.pop()
            outer = stack[-1]
            if inner.block is not outer.block:
                self._flush(inner)
            if element.tail:
                self._add(element.tail, outer)
            elif outer.kind == "meta" and self._pieces:
                self._pieces.append(" ")  # CSS parts a byline from the date behind it
        self._flush(stack[0])
        return self._blocks

    def _enter(self, element: html.HtmlElement, outer: _Place) -> _Place | None:
        """Return the place inside an element; None where nothing in it is for reading."""
        tag = element.tag
        if not isinstance(tag, str) or tag in DEAD_TAGS:
            return None
        if tag in {"br", "hr"}:
            self._flush(outer)
            return None
        if tag in _PLAIN and not element.attrib:
            return outer
        kind, owner = self._kind(element, tag, outer)
        if tag in INLINE or ":" in tag:
            linked = outer.linked or (tag == "a" and "href" in element.attrib)
            bold = outer.bold or tag in _BOLD
            if owner is outer.owner or (kind == "meta" and outer.tag in _RUNNING):
                return _Place(outer.block, outer.tag, outer.kind, outer.owner, linked, bold)
            self._flush(outer)  # a share row or a date made of spans stands apart from the text around it
            return _Place(element, tag, kind, owner, linked, bold)
        self._flush(outer)
        return _Place(element, tag, kind, owner, outer.linked, outer.bold)

    def _kind(
        self, element: html.HtmlElement, tag: str, outer: _Place
    ) -> tuple[str, html.HtmlElement | None]:
        """Return the outermost kind and its element; in a line of meta data, that of a part of it."""
        if (outer.kind and outer.kind != "meta") or element in self._protected:
            return outer.kind, outer.owner
        attributes = dict(element.items())
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")):
            return "hidden", element
        if "class" in attributes and _is_hidden_by_class(attributes["class"]):
            return "hidden", element
        if tag == "button":
            return "furniture", element
        if tag == "label" and element.find(".//input") is not None:
            return "poll", element
        kind = kind_of(tag, attributes)
        return (kind, element) if kind else (outer.kind, outer.owner)

    def _add(self, text: str, place: _Place) -> None:
        if not self._pieces and text.isspace():  # the indentation between two tags
            return
        self._pieces.append(text)
        if place.linked or place.bold:
            length = len(text.strip())
            if place.linked:
                self._linked += length
            if place.bold:
                self._bold += length

    def _flush(self, place: _Place) -> None:
        """Make the text since the last boundary a block of the place that it stands in."""
        if not self._pieces:
            return
        text = squeeze("".join(self._pieces))
        if text:
            self._blocks.append(
                Block(
                    len(self._blocks), text, place.block, place.tag, self._linked, self._bold,
                    place.kind, place.owner,
                )
            )  # fmt: skip
            if len(self._blocks) > MAX_BLOCKS:
                raise TooLargeError(f"more than {MAX_BLOCKS} blocks")
        self._pieces.clear()
        self._linked = self._bold = 0
