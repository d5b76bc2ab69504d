"""Decide which blocks of a page are the article's text if the two readers disagree. Pure.

A paragraph that both readers take is text. A paragraph that one of them takes is text if it stands in the
same place as paragraphs that both take, or opens the article. The own reader leads: a paragraph that only
trafilatura takes is added only if it is running text.
"""

import re
from collections import Counter
from dataclasses import dataclass

from lxml import html

from crawler.extraction.document import Document
from crawler.extraction.outline import Block

_ENDS = re.compile(r"[.!؟?…:»\"”’)\]]\s*$")  # how a sentence ends, unlike a label or a headline
_AGREED = 0.5  # share of the union of both texts that both take: below it one of the readers is far off
_FAR_MORE = 3.0  # times the own text's length that trafilatura's must have to stand in its place
_NEVER_RUNNING = frozenset(
    {"caption", "hidden", "author-box", "comments", "footer", "navigation", "meta", "share", "tags"}
)
_NEAR = 12  # blocks between headline and text in which the article's lead may stand

_LISTS_AND_TABLES = frozenset({"ul", "ol", "dl", "blockquote", "table", "thead", "tbody", "tr", "figure"})

_Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """The chosen blocks of the text, the readers that took them, and how far the readers agree, 0 to 1."""

    blocks: frozenset[int]
    added: int  # blocks that only trafilatura took
    share: float


def agree(document: Document, own: frozenset[int], other: frozenset[int]) -> Agreed:
    """Decide on each block that only one reader took; `own` and `other` are the indexes of their blocks."""
    blocks = document.blocks
    both = own & other
    union = _length(blocks, own | other)
    share = _length(blocks, both) / union if union else 0.0
    shared = [blocks[index] for index in sorted(both) if blocks[index].prose]
    if share < _AGREED or not shared:
        running = frozenset(index for index in other if _is_running(blocks[index], document))
        if _length(blocks, running) >= _FAR_MORE * _length(blocks, own):
            return Agreed(running, len(running), share)
        return Agreed(own, 0, share)
    first, last = shared[0].index, shared[-1].index
    around = _Around(shared)
    kept = {
        index
        for index in own - other
        if around.holds(blocks[index]) or (index < first and blocks[index].prose)
    }
    added = {
        index for index in other - own if index <= last and _adds(blocks[index], around, first, document)
    }
    return Agreed(frozenset(both | kept | added), len(added), share)


def _is_running(block: Block, document: Document) -> bool:
    """Return whether a block below the headline is a sentence or more and is about no other page."""
    return (
        block.index > document.headline_at
        and block.prose
        and bool(_ENDS.search(block.text))
        and block.index not in document.teasers.cards
        and block.kind not in _NEVER_RUNNING
    )


class _Around:
    """The places of the paragraphs that both readers took."""

    def __init__(self, shared: list[Block]) -> None:
        self.parents = {block.element.getparent() for block in shared} | {block.element for block in shared}
        self._places = {_place(block) for block in shared}
        wrappers = Counter(_wrapper(block.element.getparent()) for block in shared)
        self._wrappers = {wrapper for wrapper, count in wrappers.items() if count > 1}

    def holds(self, block: Block) -> bool:
        """Return whether a block stands beside, or is marked up like, those paragraphs."""
        node = block.element.getparent()
        if node in self.parents or block.element in self.parents or _place(block) in self._places:
            return True
        while node is not None and node.tag in _LISTS_AND_TABLES:
            node = node.getparent()
            if node in self.parents:
                return True
        return _wrapper(node) in self._wrappers


def _wrapper(element: html.HtmlElement | None) -> _Place:
    """Return how an element is marked up, and what it stands in: each paragraph may have a box of its own."""
    return () if element is None else (element.tag, element.get("class"), element.getparent())


def _adds(block: Block, around: _Around, first: int, document: Document) -> bool:
    """Return whether a block that only trafilatura took is running text of the article."""
    if not _is_running(block, document):
        return False
    if block.index < first:
        return first - block.index <= _NEAR
    return bool(block.kind) and block.element.getparent() in around.parents


def _place(block: Block) -> _Place:
    """Return how a block and the two elements around it are marked up, to compare it with others."""
    names: list[object] = []
    node: html.HtmlElement | None = block.element
    for _ in range(3):
        if node is None:
            break
        names += [node.tag, node.get("class")]
        node = node.getparent()
    return tuple(names)


def _length(blocks: list[Block], indexes: frozenset[int]) -> int:
    return sum(len(blocks[index].text) for index in indexes)
