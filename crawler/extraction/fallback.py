"""trafilatura, for pages whose body neither names nor structure give away. Pure."""

import copy
from typing import Any

from lxml import etree
from trafilatura import bare_extraction

from crawler.arabic.boilerplate import boilerplate_kind
from crawler.arabic.text import mend
from crawler.extraction.document import Document
from crawler.extraction.tree import squeeze

# What trafilatura would visit and drop anyway: without it, it has half the work.
_NEVER_TEXT = (
    "script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "select", "textarea",
    "button", "input", "nav", "aside", "footer", "head", "video", "audio",
)  # fmt: skip
_ALL_LINK = 0.9
_MAX_TABLES = 200  # trafilatura reads nested tables in quadratic time; beyond this they are layout anyway
_TABLE_TAGS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")


def trafilatura_paragraphs(document: Document) -> list[str]:
    """The paragraphs that trafilatura finds, without lines that are links or furniture."""
    tree = copy.deepcopy(document.root)
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    if sum(1 for _ in tree.iter("table")) > _MAX_TABLES:
        etree.strip_tags(tree, *_TABLE_TAGS)
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
    links = {mend(block.text) for block in document.blocks if block.link_share >= _ALL_LINK or block.kind}
    lines = [squeeze(mend(line)) for line in str(result.text).split("\n")]
    return [line for line in lines if line and line not in links and not boilerplate_kind(line)]
