"""What a page needs to look as it did: pictures, style sheets, scripts, frames, by address. Pure."""

import re
from collections.abc import Iterator

from lxml import etree, html

from crawler.urls import absolute

MOST = 5_000  # addresses of one page or style sheet
_ATTRIBUTES = (
    "src",
    "data-src",
    "data-lazy-src",
    "poster",
    "data",
)  # the second and third wait for scrolling
_SETS = ("srcset", "data-srcset", "imagesrcset")
_TAGS = ("img", "script", "source", "video", "audio", "track", "embed", "object", "iframe", "frame", "input")
_LINKS = re.compile(r"\b(?:stylesheet|icon|preload|modulepreload|manifest)\b", re.IGNORECASE)
_CSS_URL = re.compile(
    r"""url\(\s{0,100}(?:"([^"\n]{1,8192})"|'([^'\n]{1,8192})'|([^\s"'()]{1,8192}))\s{0,100}\)""",
    re.IGNORECASE,
)
_CSS_IMPORT = re.compile(r"""@import\s{1,100}(?:"([^"\n]{1,8192})"|'([^'\n]{1,8192})')""", re.IGNORECASE)
_BETWEEN = re.compile(r",\s+|(?<=\d[wx]),")  # the pictures of a set; a comma can stand in an address too


def of_page(text: str, url: str) -> list[str]:
    """Absolute ASCII addresses that a browser would fetch for an HTML page, without repeats, in order."""
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except etree.ParserError:  # a page without one element needs nothing
        return []
    declared = next((each.get("href", "") for each in root.iter("base")), "")
    base = absolute(url, declared) or url
    return _absolute(_references(root), base)


def of_style(text: str, url: str) -> list[str]:
    """The same for a style sheet: pictures, fonts, and further style sheets."""
    return _absolute(_in_style(text), url)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, recover=True)


def _references(root: html.HtmlElement) -> Iterator[str]:
    for element in root.iter(*_TAGS):
        yield from (element.get(name, "") for name in _ATTRIBUTES)
        for name in _SETS:
            yield from _set(element.get(name, ""))
    for link in root.iter("link"):
        if _LINKS.search(link.get("rel", "")):
            yield link.get("href", "")
            yield from _set(link.get("imagesrcset", ""))
    for style in root.iter("style"):
        yield from _in_style(style.text or "")
    for element in root.iter(etree.Element):
        yield from _in_style(element.get("style", ""))
    for element in root.iter("body", "table", "td"):
        yield element.get("background", "")
    yield "/favicon.ico"


def _set(value: str) -> Iterator[str]:
    for picture in _BETWEEN.split(value):
        yield picture.strip().partition(" ")[0].rstrip(",")


def _in_style(text: str) -> Iterator[str]:
    for pattern in (_CSS_IMPORT, _CSS_URL):
        for found in pattern.finditer(text):
            yield next(filter(None, found.groups()))


def _absolute(references: Iterator[str], base: str) -> list[str]:
    found: dict[str, None] = {}
    for reference in references:
        if reference.strip() and (address := absolute(base, reference)):
            found[address] = None
            if len(found) == MOST:
                break
    return list(found)
