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
_SEEN_LINKS = re.compile(r"\b(?:stylesheet|icon)\b", re.IGNORECASE)
_ICON = re.compile(r"\bicon\b", re.IGNORECASE)
_SEEN_PRELOADS = frozenset({"font", "image", "style"})
_CSS_URL = re.compile(
    r"""url\(\s{0,100}(?:"([^"\n]{1,8192})"|'([^'\n]{1,8192})'|([^\s"'()]{1,8192}))\s{0,100}\)""",
    re.IGNORECASE,
)
_CSS_IMPORT = re.compile(r"""@import\s{1,100}(?:"([^"\n]{1,8192})"|'([^'\n]{1,8192})')""", re.IGNORECASE)
_BETWEEN = re.compile(r",\s+|(?<=\d[wx]),")  # the pictures of a set; a comma can stand in an address too


def of_page(text: str, url: str) -> list[str]:
    """Absolute ASCII addresses that a browser would fetch for an HTML page, without repeats, in order."""
    root = _root(text)
    return [] if root is None else _absolute(_references(root), _base(root, url))


def to_see(text: str, url: str, *, most: int = MOST) -> list[str]:
    """Return the addresses needed to see the page as it was; what all its parts share comes first.

    Style sheets, fonts, icons, pictures in every size that is offered, stills of films. No scripts: what they
    would fetch cannot be known from the page, and its text stands without them. No frames, films or sounds.
    """
    root = _root(text)
    return [] if root is None else _absolute(_to_see(root), _base(root, url), most)


def of_style(text: str, url: str, *, most: int = MOST) -> list[str]:
    """Return the same for a style sheet: pictures, fonts, and further style sheets."""
    return _absolute(_in_style(text), url, most)


def _root(text: str) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except etree.ParserError:  # a page without one element needs nothing
        return None


def _base(root: html.HtmlElement, url: str) -> str:
    declared = next((each.get("href", "") for each in root.iter("base")), "")
    return absolute(url, declared) or url


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
    yield from _styled(root)
    yield "/favicon.ico"


def _to_see(root: html.HtmlElement) -> Iterator[str]:
    links = [(link, link.get("rel", "")) for link in root.iter("link")]
    for link, rel in links:
        if _SEEN_LINKS.search(rel) or ("preload" in rel.lower() and link.get("as") in _SEEN_PRELOADS):
            yield link.get("href", "")
    yield from _styled(root)
    if not any(_ICON.search(rel) for _, rel in links):
        yield "/favicon.ico"
    for element in root.iter("img", "source", "video", "input", "link"):
        yield from (element.get(name, "") for name in _seen_attributes(element))
        for name in _SETS:
            yield from _set(element.get(name, ""))


def _seen_attributes(element: html.HtmlElement) -> tuple[str, ...]:
    if element.tag == "img":
        return _ATTRIBUTES[:3]
    if element.tag == "input":
        return ("src",) if element.get("type", "").lower() == "image" else ()
    return ("poster",)


def _styled(root: html.HtmlElement) -> Iterator[str]:
    """Yield what styles in the page itself name."""
    for style in root.iter("style"):
        yield from _in_style(style.text or "")
    for element in root.iter(etree.Element):
        yield from _in_style(element.get("style", ""))
    for element in root.iter("body", "table", "td"):
        yield element.get("background", "")


def _set(value: str) -> Iterator[str]:
    for picture in _BETWEEN.split(value):
        yield picture.strip().partition(" ")[0].rstrip(",")


def _in_style(text: str) -> Iterator[str]:
    for pattern in (_CSS_IMPORT, _CSS_URL):
        for found in pattern.finditer(text):
            yield next(filter(None, found.groups()))


def _absolute(references: Iterator[str], base: str, most: int = MOST) -> list[str]:
    found: dict[str, None] = {}
    for reference in references:
        if reference.strip() and (address := absolute(base, reference)):
            found[address] = None
            if len(found) == most:
                break
    return list(found)
