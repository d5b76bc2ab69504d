"""Which element on the page is the article's headline. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import html

from crawler.arabic.text import normalise
from crawler.extraction.names import kind_of
from crawler.extraction.outline import Block
from crawler.extraction.tree import ancestors, squeeze

_WORD = re.compile(r"\w+")
_MAX_HEADINGS = 60
_SURE = 0.5  # of the words of headline and title together that both hold
_CLEARLY = 0.1  # by so much must an h2 or a div be closer to the title than the h1 is
_LEAST, _HELD = 0.2, 0.6  # shares of common words below which a text is no headline of this title
_ECHO = 0.6  # the same for a line that neither tag nor name makes a headline
_MIN_WORDS = 3
_MAX_TEXT = 300
_LONGEST = 1_000  # characters of a heading that are looked at
_LABELLED = re.compile(r"^[^\s:：]+(?:\s+[^\s:：]+)?\s*[:：]")
_NOT_HEADLINES = frozenset({
    "navigation", "sidebar", "footer", "related", "comments", "author-box", "notice", "poll", "advert",
    "furniture", "tags", "share", "hidden",
})  # fmt: skip


_Shown = tuple[html.HtmlElement, str]


class _Likely(NamedTuple):
    element: html.HtmlElement
    likeness: float


def words_of(text: str) -> set[str]:
    """Return the words of a text, folded for comparison."""
    return set(_WORD.findall(normalise(text)))


def likeness(text: str, other: str) -> float:
    """Return how much of the shorter text's words the longer one holds, 0 to 1."""
    mine, others = words_of(text), words_of(other)
    return len(mine & others) / min(len(mine), len(others)) if mine and others else 0.0


def find_headline(
    root: html.HtmlElement, announced: list[str], outlet_names: Iterable[str]
) -> html.HtmlElement | None:
    """Return the element that shows the headline, or None.

    `announced` are the titles of the page's metadata and of the lists that name it, best first. The h1 that
    is most like one of them is the headline, unless another heading, or an element named a title, is clearly
    more like it: then the h1 is the site's name or a line of breaking news. Where nothing is announced, the
    headline is the first h1 that is neither the site's name nor a part of its frame.
    """
    headings = [(e, text) for e, text in _texts(root.iter("h1")) if not (announced and _is_logo(e))]
    best = _closest(headings, announced)
    if best is None or best.likeness < _SURE or _in_a_list(best.element):
        others = [(e, text) for e, text in _texts_of_others(root) if not _linked(e)]
        rival = _closest(others, announced) or _closest(_linked_headings(root), announced)
        if rival and _beats(rival, best):
            return rival.element
    return best.element if best else _first_heading(headings, outlet_names)


def _beats(rival: _Likely, best: _Likely | None) -> bool:
    """Return whether another heading, or an element named a title, is the headline rather than the h1."""
    if best is None or rival.likeness < _SURE:
        return rival.likeness >= _SURE
    if _in_a_list(best.element):  # of breaking news or crumbs
        return rival.likeness >= best.likeness and not _in_a_list(rival.element)
    return rival.likeness > best.likeness + _CLEARLY


def _in_a_list(element: html.HtmlElement) -> bool:
    """Return whether an element stands in an entry of a list that has other entries."""
    for node in ancestors(element):
        if node.tag == "li":
            box = node.getparent()
            return box is not None and len(box) > 1
        if node.tag in {"article", "main", "body"}:
            break
    return False


def _first_heading(headings: list[_Shown], outlet_names: Iterable[str]) -> html.HtmlElement | None:
    """Return the first h1 that is neither the outlet's name nor a part of the page's frame."""
    names = {normalise(name) for name in outlet_names}
    for element, text in headings:
        if normalise(text) not in names and len(words_of(text)) >= _MIN_WORDS and not _framed(element):
            return element
    return None


def echo_of(blocks: list[Block], announced: list[str]) -> Block | None:
    """Return the first line that nearly repeats an announced title: old pages have it in bold."""
    titles = [words for words in map(words_of, announced) if len(words) >= _MIN_WORDS]
    for block in blocks:
        if block.linked or block.kind in _NOT_HEADLINES or len(block.text) > _MAX_TEXT:
            continue
        if _LABELLED.search(block.text) and not any(":" in title for title in announced):
            continue  # "source: " before the outlet's name
        words = words_of(block.text)
        if any(len(words & title) >= _ECHO * len(words | title) for title in titles):
            return block
    return None


def _closest(texts: Iterable[_Shown], announced: list[str]) -> _Likely | None:
    """Return the element most like an announced title, if it holds half of one or is held by one.

    One outside the page's frame goes before one in it; names like layout-sidebar-left around a whole
    page frame nothing, so one in it still counts.
    """
    titles = [words for words in map(words_of, announced) if words]
    found: list[tuple[bool, float, int, html.HtmlElement]] = []
    for place, (element, text) in enumerate(texts):
        words = words_of(text)
        shared = max((len(words & title) / len(words | title) for title in titles), default=0.0)
        held = any(len(words & title) >= _HELD * min(len(words), len(title)) for title in titles)
        if words and held and shared >= _LEAST:
            found.append((not _framed(element), shared, -place, element))
    if not found:
        return None
    _, shared, _, element = max(found, key=lambda one: one[:3])
    return _Likely(element, shared)


_TITLED = (
    "//*[self::div or self::span or self::p or self::td or self::strong or self::font]"
    "[contains(@class,'itle') or contains(@id,'itle') or contains(@class,'eadline') or @itemprop='headline']"
)


def _texts_of_others(root: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Yield other headings and elements named a title; read only where no h1 will do."""
    yield from _texts(root.iter("h2", "h3", "h4"))
    yield from _texts(root.xpath(_TITLED)[:_MAX_HEADINGS])


def _linked_headings(root: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Return headings that are links: themes of old blogs link an article's headline to its own page."""
    yield from _texts(heading for heading in root.iter("h2", "h3") if _linked(heading))


def _texts(elements: Iterable[html.HtmlElement]) -> Iterator[tuple[html.HtmlElement, str]]:
    for count, element in enumerate(elements):
        if count >= _MAX_HEADINGS:
            return
        text = squeeze(str(element.text_content())[:_LONGEST])
        if text:
            yield element, text


def _framed(element: html.HtmlElement) -> bool:
    """Return whether it stands in a part of the page that holds no headline of its own article."""
    return any(
        kind_of(node.tag, node.attrib) in _NOT_HEADLINES
        for node in ancestors(element)
        if isinstance(node.tag, str) and node.tag not in {"html", "body"}
    )


def _linked(element: html.HtmlElement) -> bool:
    return element.tag == "a" or element.find(".//a[@href]") is not None


def _is_logo(element: html.HtmlElement) -> bool:
    """Return whether a heading is a link to the home page, around a name or an image."""
    link = element.find(".//a[@href]")
    return link is not None and link.get("href", "").rstrip("/").count("/") <= 2  # noqa: PLR2004  scheme://host
