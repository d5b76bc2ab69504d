"""What kind of document an answer is, told by its first bytes and never by its name or its header. Pure."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from typing import Literal

HEAD = 4096  # bytes that are looked at

Document = Literal["feed", "sitemap", "html", "xml", "text"]

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
_SPACE = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"  # and the byte order marks


def document_kind(head: bytes) -> Document:
    """The kind of document that begins with these bytes; UTF-16 is read by leaving its zeros out."""
    start = head[:HEAD].replace(b"\x00", b"").lstrip(_SPACE)
    if not start.startswith(b"<"):
        return "text"
    root = _ELEMENT.search(_PROLOG.sub(b"", start))
    if root is None:
        return "html" if b"<!doctype html" in start.lower() else "xml"
    name = root[1].lower()
    if b"<!doctype html" in start.lower() or name in {b"head", b"body", b"meta", b"title", b"div", b"p"}:
        return "html"
    return _ROOTS.get(name, "xml")


def peek(stream: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first piece that holds more than blanks, without those before it, and the stream from there on."""
    for piece in stream:
        if start := piece.removeprefix(BOM_UTF8).lstrip(b" \t\r\n"):
            return start, chain([start], stream)
    return b"", iter(())
