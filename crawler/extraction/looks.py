"""The headline of a page that announces none: the title of each page is the outlet's name. Pure.

The headline is then the most conspicuous line right above the running text: a heading, a line in large or
bold letters, or one whose element is named a title.
"""

import re

from lxml import html

from crawler.arabic.dates import find_moments
from crawler.arabic.text import normalise
from crawler.extraction.outline import Block
from crawler.extraction.structure import densest
from crawler.extraction.tree import squeeze

_ABOVE = 12  # blocks above the first paragraph in which the headline may stand
_MIN_WORDS, _MAX_WORDS = 4, 30
_SHORT = 5  # words: a longer title in the metadata is a headline, not an outlet's name
_PARAGRAPH = 80  # characters of a paragraph of the text
_MAX_NODES = 60  # elements inside a line's element that are looked at
_LEAST = 2.0  # points of a headline
_HEADINGS = {"h1": 5.0, "h2": 4.5, "h3": 4.0, "h4": 2.5, "h5": 2.0}
_NAMED, _LARGE, _BOLD, _CENTRED = 4.0, 3.5, 2.0, 0.5
_TITLE = re.compile(
    r"title|headline|titre|hd_?line|onwan|3nwan|(?:^|[\s_-])head(?:ing)?(?:$|[\s_-])", re.IGNORECASE
)
_NOT_TITLE = re.compile(r"sub-?_?title|box-?_?title|block-?_?title|widget|section-?_?title", re.IGNORECASE)
_SIZE = re.compile(
    r"font-size\s*:\s*(\d+(?:\.\d+)?)\s*(pt|px|em|%)?|font-size\s*:\s*(x-large|xx-large)", re.IGNORECASE
)
_LARGE_SIZES = {"pt": 15.0, "px": 20.0, "em": 1.4, "%": 140.0, "": 20.0}
_LARGE_FONTS = frozenset({"5", "6", "7", "+2", "+3", "+4"})
_PARTED = re.compile(r"\s*[|>»«]\s*|\s+[-–—:]+\s+|::")
_LABELLED = re.compile(
    r"^(?:المصدر|الكاتب|القسم|التصنيف|التاريخ|تاريخ \w+|المشاهدات|الزيارات|عدد \w+"
    r"|source|date|author)\s*[:：]",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:بقلم|كتبت?|حوار|تصوير|المصدر|by)\b", re.IGNORECASE)
_KINDS = frozenset({"", "caption"})


def outlet_titled(announced: list[str]) -> bool:
    """Return whether all titles that a page announces are short pieces: names of an outlet and its parts."""
    pieces = [piece for title in announced for piece in _PARTED.split(title)]
    return all(len(piece.split()) <= _SHORT for piece in pieces)


def conspicuous_line(
    root: html.HtmlElement, blocks: list[Block], names: frozenset[str], teased: frozenset[int]
) -> Block | None:
    """Return the line above the running text that looks like its headline.

    Folded `names` are no headlines, and the blocks of `teased` are about other pages.
    """
    body = densest(root, blocks, -1, teased=frozenset(), foreign=teased)
    if body is None:
        return None
    inside = set(body.iter())
    paragraphs = [
        block.index
        for block in blocks
        if block.element in inside and not block.kind and block.index not in teased and _is_paragraph(block)
    ]
    if not paragraphs:
        return None
    first = paragraphs[0]
    found = [
        (points, -block.index, block)
        for block in blocks[max(first - _ABOVE, 0) : first]
        if _may_be(block, names) and (points := _points(block)) >= _LEAST
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def _is_paragraph(block: Block) -> bool:
    return block.prose and len(block.text) >= _PARAGRAPH and not block.heading and _points(block) < _LARGE


def _may_be(block: Block, names: frozenset[str]) -> bool:
    """Return whether a line has the length of a headline and is no link, label, name or date."""
    text = block.text
    if block.linked or block.kind not in _KINDS or not _MIN_WORDS <= len(text.split()) <= _MAX_WORDS:
        return False
    if normalise(text) in names or _BYLINE.search(text) or (_LABELLED.search(text) and not block.heading):
        return False
    return not find_moments(text, zone=None)


def _points(block: Block) -> float:
    """Return how much a line stands out by its tag, names, size of letters, boldness and place."""
    nodes = [block.element, *_around(block)]
    points = max((_HEADINGS.get(str(node.tag), 0.0) for node in nodes), default=0.0)
    names = " ".join(f"{node.get('class', '')} {node.get('id', '')}" for node in nodes)
    if _TITLE.search(names) and not _NOT_TITLE.search(names):
        points = max(points, _NAMED)
    if any(_is_large(node) for node in nodes):
        points += _LARGE
    if block.bold >= len(block.text.replace(" ", "")):
        points += _BOLD
    if any(node.get("align") == "center" or node.tag == "center" for node in nodes):
        points += _CENTRED
    return points


def _around(block: Block) -> list[html.HtmlElement]:
    """Return the elements inside a line's element that hold the line and nothing else."""
    found = []
    for count, node in enumerate(block.element.iterdescendants()):
        if count >= _MAX_NODES:
            break
        if isinstance(node.tag, str) and squeeze(str(node.text_content())[:1_000]) == block.text:
            found.append(node)
    return found


def _is_large(node: html.HtmlElement) -> bool:
    if node.tag == "big" or (node.tag == "font" and node.get("size", "") in _LARGE_FONTS):
        return True
    size = _SIZE.search(node.get("style", ""))
    if size is None:
        return False
    return bool(size[3]) or float(size[1]) >= _LARGE_SIZES[(size[2] or "").lower()]
