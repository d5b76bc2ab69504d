"""Pieces of HTML that the demo newspapers share."""

import struct
import zlib
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from crawler.demo.exchange import PNG, Reply
from crawler.demo.story import Block

CSS = (
    "body{font:1.05em/1.9 Tahoma,'Noto Naskh Arabic',serif;max-width:60em;margin:auto;padding:1em}"
    "nav a,.menu a{margin-inline-end:1em}aside,footer,.box{background:#f3f1ea;padding:.5em 1em;margin:1em 0}"
    "h1{line-height:1.4}img{max-width:100%}"
)


def link(href: str, text: str, *, css: str = "") -> str:
    """Return a link; its address is written as given."""
    attribute = f' class="{escape(css)}"' if css else ""
    return f'<a{attribute} href="{escape(href)}">{escape(text)}</a>'


def body(blocks: tuple[Block, ...], after: Callable[[int], str] = lambda _: "") -> str:
    """Return paragraphs and sub-headings; `after` gives the HTML after the block of an index."""
    parts = []
    for index, block in enumerate(blocks):
        tag = "h2" if block.heading else "p"
        parts.append(f"<{tag}>{escape(block.text)}</{tag}>{after(index)}")
    return "\n".join(parts)


def wordpress_path(path: str) -> str:
    """Percent-encode a path as WordPress does: with lower-case digits."""
    first, *escaped = quote(path).split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in escaped)])


def excerpt(text: str, words: int = 25) -> str:
    """Return the first words of a paragraph, for a list page."""
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + " […]"


def picture(number: int) -> Reply:
    """Return a small PNG with a gradient, in a colour that depends on the number."""
    width, height = 64, 36
    colour = (60 + number * 37 % 160, 60 + number * 53 % 160, 60 + number * 71 % 160)
    rows = b"".join(
        b"\0" + bytes((part + line * step) % 256 for step, part in enumerate(colour, 1)) * width
        for line in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (
        _chunk(b"IHDR", header),
        _chunk(b"IDAT", zlib.compress(rows, 9)),
        _chunk(b"IEND", b""),
    )
    return Reply(body=b"\x89PNG\r\n\x1a\n" + b"".join(chunks), content_type=PNG)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
