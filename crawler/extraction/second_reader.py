"""The second reader of a page's text: trafilatura, on a tree without what it would drop anyway. Pure."""

import copy
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from crawler.arabic.text import mend
from crawler.extraction.document import Document
from crawler.extraction.outline import Block
from crawler.extraction.tree import squeeze

# trafilatura drops these as well, but only after work on each of them.
_NEVER_TEXT = (
    "script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "select", "textarea",
    "button", "input", "nav", "aside", "footer", "head", "video", "audio",
)  # fmt: skip
_TABLE_TAGS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")
_MIN_INSIDE = 25  # characters of a block that may be a part of a longer line


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What trafilatura took for the text: its lines, and the indexes of the blocks that they show."""

    lines: tuple[str, ...]
    blocks: frozenset[int]


def read_second(document: Document) -> SecondReading:
    """Return trafilatura's reading of a page; empty where it finds no text."""
    tree = _pruned(document)
    from trafilatura import bare_extraction  # noqa: PLC0415  heavy; most commands never read a page

    result: Any = bare_extraction(
        tree,
        fast=True,
        with_metadata=False,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
    )
    if result is None or not result.text:
        return SecondReading((), frozenset())
    lines = [squeeze(mend(line)) for line in str(result.text).split("\n")]
    lines = [line.removeprefix("- ") for line in lines if line]
    return SecondReading(tuple(lines), _shown(lines, document.blocks))


def _pruned(document: Document) -> html.HtmlElement:
    """Return a copy of the page without menus and scripts, its layout tables made boxes."""
    copied = copy.deepcopy(document.root)
    etree.strip_elements(copied, *_NEVER_TEXT, with_tail=False)
    for element in copied.iter(*_TABLE_TAGS):  # trafilatura joins the cells of a table into one line
        element.tag = "div"
    return copied


def _shown(lines: list[str], blocks: list[Block]) -> frozenset[int]:
    """Return the indexes of the blocks whose text is a line, or stands inside one."""
    whole, joined = set(lines), "\n".join(lines)
    found = set()
    for block in blocks:
        text = mend(block.text).strip()
        if text in whole or (len(text) >= _MIN_INSIDE and text in joined):
            found.add(block.index)
    return frozenset(found)
