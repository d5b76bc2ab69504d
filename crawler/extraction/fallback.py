"""trafilatura, for pages whose body neither names nor structure give away. Pure."""

import copy
from typing import Any

from lxml import etree

from crawler.arabic.boilerplate import boilerplate_kind
from crawler.arabic.text import mend
from crawler.extraction.document import Document
from crawler.extraction.outline import Block
from crawler.extraction.teasers import HEADLINE
from crawler.extraction.tree import squeeze

# What trafilatura would visit and drop anyway: without it, it has half the work.
_NEVER_TEXT = (
    "script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "select", "textarea",
    "button", "input", "nav", "aside", "footer", "head", "video", "audio",
)  # fmt: skip
_ALL_LINK = 0.9
_TABLE_TAGS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")


def trafilatura_paragraphs(document: Document) -> list[str]:
    """The paragraphs that trafilatura finds, without lines that are links or furniture."""
    cards = document.teasers.cards
    if not any(block.prose and block.index not in cards for block in document.blocks):
        return []  # what it would find are the page's links
    tree = copy.deepcopy(document.root)
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    for element in tree.iter(*_TABLE_TAGS):  # it would glue the cells of a layout's table into one line
        element.tag = "div"
    from trafilatura import bare_extraction  # noqa: PLC0415 - heavy, and only lanes come here

    result: Any = bare_extraction(
        tree,
        fast=True,
        with_metadata=False,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
    )
    if result is None or not result.text:
        return []
    elsewhere = {mend(b.text) for b in document.blocks if b.kind or b.index in cards or _is_link(b)}
    lines = [squeeze(mend(line)) for line in str(result.text).split("\n")]
    return [line for line in lines if line and line not in elsewhere and not boilerplate_kind(line)]


def _is_link(block: Block) -> bool:
    """Whether a line is a link, or little more: a headline with its date in front."""
    return block.link_share >= _ALL_LINK or (not block.prose and block.linked >= HEADLINE)
