"""Text to one lxml tree, which all layers share. Pure, bounded."""

from collections.abc import Iterator
from typing import cast

from lxml import etree, html

MAX_BYTES = 6_000_000  # of a page; the largest honest article pages hold 1.5 MB, most of it script
MAX_ELEMENTS = 60_000
_MAX_ATTRIBUTE = 4_000


# lxml's own choice of a class for each tag is a call of Python for each element; none of them is needed here.
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)


class TooLargeError(ValueError):
    """The page is beyond the bounds of the extraction: its caller makes that a counted rejection."""


def parse(text: str) -> html.HtmlElement | None:
    """Return the tree of a page, or None where there is no element in it. Raises TooLargeError.

    `huge_tree` lifts libxml2's limit of 256 levels, which unclosed tags of old pages reach, to 2,048.
    """
    clean = text.replace("\x00", "")
    if not clean.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = html.document_fromstring(clean.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if cast("float", root.xpath("count(descendant::*)")) > MAX_ELEMENTS:
        raise TooLargeError(f"more than {MAX_ELEMENTS} elements")
    return root


def squeeze(text: str) -> str:
    """Return every run of blanks as one blank, none at the ends."""
    return " ".join(text.split())


def ancestors(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield the element and everything around it, innermost first."""
    node: html.HtmlElement | None = element
    while node is not None:
        yield node
        node = node.getparent()


def attribute(element: html.HtmlElement, name: str) -> str:
    """Return an attribute's text, cut at a length that no honest one has."""
    return (element.get(name) or "")[:_MAX_ATTRIBUTE].strip()
