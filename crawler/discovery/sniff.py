"""Recognise the kind of a document by its first bytes, never by its name or its header. Pure."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from typing import Literal

HEAD = 4096  # bytes in which the first element must stand
JUNK = 2**16  # bytes in which the root of a list must stand behind the output of a server before it

Document = Literal["feed", "sitemap", "addresses", "html", "xml", "text"]

_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!(?:\[CDATA\[|[A-Za-z])[^>]*>?", re.DOTALL)
_ELEMENT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ROOTS: dict[bytes, Document] = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
    b"html": "html",
}
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(rss|feed|rdf|urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_OF_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_ADDRESS_LINE = re.compile(rb"(?:^|[\r\n])[ \t]*https?://", re.IGNORECASE)
_SPACE = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"  # and the byte order marks


def document_kind(head: bytes) -> Document:
    """Return the kind of the document that begins with these bytes.

    In UTF-16 the zero bytes are left out. Output of the server before a list (a warning of PHP, blank lines)
    does not hide the list. "addresses" is a text with an address at the start of a line.
    """
    junk = head[:JUNK].replace(b"\x00", b"").lstrip(_SPACE)
    start = junk[:HEAD]
    kind: Document = "text"
    if start.startswith(b"<"):
        kind = _kind_of_markup(start)
    elif _ADDRESS_LINE.search(start):
        kind = "addresses"
    if kind in {"feed", "sitemap"}:
        return kind
    root = _ROOT.search(junk)
    if root is None or _OF_HTML.search(junk, 0, root.start()):
        return kind
    return _ROOTS[root[1].lower()]


def _kind_of_markup(start: bytes) -> Document:
    root = _ELEMENT.search(_PROLOG.sub(b"", start))
    if root is None:
        return "html" if b"<!doctype html" in start.lower() else "xml"
    name = root[1].lower()
    if b"<!doctype html" in start.lower() or name in {b"head", b"body", b"meta", b"title", b"div", b"p"}:
        return "html"
    return _ROOTS.get(name, "xml")


def peek(stream: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first piece that is not blank, without leading blanks, and the stream from there on."""
    for piece in stream:
        if start := piece.removeprefix(BOM_UTF8).lstrip(b" \t\r\n"):
            return start, chain([start], stream)
    return b"", iter(())
