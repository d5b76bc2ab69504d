"""Which element on the page is the article's headline. Pure."""

import re
from collections.abc import Iterable, Iterator

from lxml import html

from crawler.arabic.text import normalise
from crawler.extraction.names import kind_of
from crawler.extraction.tree import ancestors, squeeze

_WORD = re.compile(r"\w+")
_MAX_HEADINGS = 60
_SURE = 0.6
_ECHO = 0.85  # an h2 or a div must repeat the announced title this closely to be the headline
_MIN_WORDS = 3
_NOT_HEADLINES = frozenset({
    "navigation", "sidebar", "footer", "related", "comments", "author-box", "notice", "poll", "advert",
    "furniture", "tags", "share", "hidden",
})  # fmt: skip


def words_of(text: str) -> set[str]:
    """The words of a text, folded for comparison."""
    return set(_WORD.findall(normalise(text)))


def likeness(text: str, other: str) -> float:
    """How much of the shorter text's words the longer one holds, 0 to 1."""
    mine, others = words_of(text), words_of(other)
    return len(mine & others) / min(len(mine), len(others)) if mine and others else 0.0


def find_headline(
    root: html.HtmlElement, announced: list[str], outlet_names: Iterable[str]
) -> html.HtmlElement | None:
    """The element that shows the headline.

    `announced` are the titles that the page's metadata and the lists tell, best first. An h1 that repeats one
    of them is it; then the first h1 that is neither the site's name nor a part of its frame; then another
    heading, or an element named a title, that repeats one nearly word for word.
    """
    headings = list(_texts(root.iter("h1")))
    echoing = [element for element, text in headings if _echoes(text, announced, _SURE)]
    for element in echoing:
        if not _framed(element):
            return element
    if echoing and not _linked(echoing[0]):
        return echoing[0]  # names like layout-sidebar-left around a whole page frame nothing
    names = {normalise(name) for name in outlet_names}
    for element, text in headings:
        alone = normalise(text) not in names and len(words_of(text)) >= _MIN_WORDS
        if alone and not _framed(element) and not (announced and _is_logo(element)):
            return element
    others = [*_texts(root.iter("h2", "h3", "h4")), *_texts(root.xpath(_TITLED)[:_MAX_HEADINGS])]
    for element, text in others:
        if _echoes(text, announced, _ECHO) and not _framed(element) and not _linked(element):
            return element
    return None


_TITLED = (
    "//*[self::div or self::span or self::p or self::td or self::strong or self::font]"
    "[contains(@class,'itle') or contains(@id,'itle') or contains(@class,'eadline') or @itemprop='headline']"
)


def _texts(elements: Iterable[html.HtmlElement]) -> Iterator[tuple[html.HtmlElement, str]]:
    for count, element in enumerate(elements):
        if count >= _MAX_HEADINGS:
            return
        text = squeeze(str(element.text_content()))
        if text:
            yield element, text


def _echoes(text: str, announced: list[str], least: float) -> bool:
    mine = len(words_of(text))
    return any(
        likeness(text, title) >= least and mine * 3 >= len(words_of(title)) for title in announced if title
    )


def _framed(element: html.HtmlElement) -> bool:
    """Whether it stands in a part of the page that holds no headline of its own article."""
    return any(
        kind_of(node.tag, node.attrib) in _NOT_HEADLINES
        for node in ancestors(element)
        if isinstance(node.tag, str) and node.tag not in {"html", "body"}
    )


def _linked(element: html.HtmlElement) -> bool:
    return element.tag == "a" or element.find(".//a[@href]") is not None


def _is_logo(element: html.HtmlElement) -> bool:
    """A linked h1 is the way home; one that only wraps an image too."""
    link = element.find(".//a[@href]")
    return link is not None and link.get("href", "").rstrip("/").count("/") <= 2  # noqa: PLR2004  scheme://host
