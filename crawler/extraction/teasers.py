"""Where a page presents other pages: their linked headlines, each with a line or two of their text. Pure.

A teaser is a paragraph under (or behind) a headline that leads to another page. A card is a teaser that has
an element to itself and shows that it is no section of an article: a date or a byline of its own, an excerpt
that breaks off, a "read more", or a second link to the same page, mostly around its picture. One card alone
says nothing; several on one page are other pages' texts, wherever they stand.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from lxml import html

from crawler.extraction.outline import Block
from crawler.extraction.tree import ancestors
from crawler.urls import absolute

ALL_LINK = 0.9  # of a block's text: but for a comma or a bullet
HEADLINE = 20  # characters of a linked headline, at least
_LEADING = 0.6  # of a block that opens with its headline may be link
_BEHIND = 30  # characters that follow such a headline, at least
_LINES_BETWEEN = 3  # a date, a byline, a section between headline and excerpt
_LABEL = 60  # characters of such a line, at most
_BETWEEN = frozenset({"", "meta", "comments", "share", "tags", "furniture"})
_CALL = 4  # words of "read more", at most
_CHILDREN = 6  # a card is small
_LEAST = 2  # cards that make a pattern
_CLIMB = 12
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.?)\s*[\])»]?$|[\[(](?:…|\.\.\.?)[\])]")
_DATED = re.compile(r"[12١٢][09٠٩][\d٠-٩]{2}|[\d٠-٩]{1,2}[/-][\d٠-٩]{1,2}|منذ\s|قبل\s+[\d٠-٩]")
_SCRIPT = re.compile(r"\.\w{2,4}$")


@dataclass(frozen=True, slots=True)
class Teasers:
    """What a page holds of other pages, as indexes of its blocks."""

    excerpts: frozenset[int]  # paragraphs that stand under a linked headline
    cards: frozenset[int]  # every block inside a card


NO_TEASERS = Teasers(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Teaser:
    excerpt: Block
    headline: Block
    target: str
    box: html.HtmlElement  # the innermost element around both


def find_teasers(blocks: list[Block], headline: range, base: str, page_url: str) -> Teasers:
    """Return the teasers outside the page's frame; `headline` are the blocks of the page's own."""
    found = list(_teasers(blocks, headline, base, page_url))
    if not found:
        return NO_TEASERS
    shared = Counter(teaser.box for teaser in found)
    boxed = [one for one in found if shared[one.box] == 1 and _is_small(one.box)]
    return Teasers(
        frozenset(one.excerpt.index for one in found),
        frozenset(_cards(boxed, blocks, headline)),
    )


def leads_elsewhere(link: html.HtmlElement, base: str, page_url: str) -> str:
    """Return the page a link leads to; blank if that is the page it stands on, or a place in it."""
    target = absolute(base, link.get("href", "")[:2_000])
    if target is None:
        return ""
    target = urldefrag(target)[0]
    there, here = urlsplit(target), urlsplit(page_url)
    same_path = there.path.rstrip("/") == here.path.rstrip("/") and there.netloc == here.netloc
    if same_path and (there.query == here.query or not (here.query or _SCRIPT.search(here.path))):
        return ""  # an entry of a live page has an address of its own: the page's with a parameter
    return target


def link_of(block: Block) -> html.HtmlElement | None:
    """Return the link that a block's text is in, or the first in it."""
    for node in ancestors(block.element):
        if node.tag == "a" and node.get("href"):
            return node
        if node.tag in {"div", "li", "td", "article", "section", "body"}:
            break
    found: html.HtmlElement | None = block.element.find(".//a[@href]")
    return found


def _teasers(blocks: list[Block], headline: range, base: str, page_url: str) -> Iterator[_Teaser]:
    for block in blocks:
        if block.kind or not block.prose or block.index in headline:
            continue
        above = block if _opens_with_link(block) else _headline_above(block, blocks, headline)
        link = None if above is None else link_of(above)
        target = "" if link is None else leads_elsewhere(link, base, page_url)
        if above is not None and target:
            yield _Teaser(block, above, target, _common(block.element, above.element))


def _headline_above(block: Block, blocks: list[Block], headline: range) -> Block | None:
    """Return the linked headline over a paragraph, with nothing but lines of meta data between them."""
    for index in range(block.index - 1, max(block.index - 2 - _LINES_BETWEEN, -1), -1):
        above = blocks[index]
        if index in headline or above.prose or above.kind not in _BETWEEN:
            return None
        if above.link_share >= ALL_LINK and len(above.text) >= HEADLINE and above.kind != "meta":
            return above
        if len(above.text) > _LABEL or (above.heading and not above.linked):
            return None
    return None


def _opens_with_link(block: Block) -> bool:
    """Return whether the paragraph's own beginning is a linked headline."""
    if (
        block.linked < HEADLINE
        or not len(block.text) - block.linked >= _BEHIND
        or block.link_share > _LEADING
    ):
        return False
    first = next((child for child in block.element if child.tag != "img"), None)
    if first is None or (block.element.text or "").strip(" •-–—»\n\t\r\xa0"):
        return False
    link = first if first.tag == "a" else first.find(".//a[@href]")
    return link is not None and len(str(link.text_content()).strip()) >= HEADLINE


def _common(one: html.HtmlElement, other: html.HtmlElement) -> html.HtmlElement:
    around = set(ancestors(one))
    return next(node for node in ancestors(other) if node in around)


def _is_small(box: html.HtmlElement) -> bool:
    return box.tag not in {"body", "html", "main"} and len(box) <= _CHILDREN


@dataclass(frozen=True, slots=True)
class _Card:
    box: html.HtmlElement
    blocks: list[Block]
    marked: bool


def _cards(boxed: list[_Teaser], blocks: list[Block], headline: range) -> set[int]:
    """Return the blocks of marked cards, and of unmarked ones where half of their like are marked.

    Empty for fewer than two marked cards. Cards are alike if their elements have the same tag.
    """
    cards = list(_own_boxes(boxed, blocks, headline)) if len(boxed) >= _LEAST else []
    marked = Counter(card.box.tag for card in cards if card.marked)
    alike = Counter(card.box.tag for card in cards)
    if marked.total() < _LEAST:
        return set()
    return {
        block.index
        for card in cards
        if card.marked or marked[card.box.tag] * 2 >= alike[card.box.tag]
        for block in card.blocks
    }


def _own_boxes(boxed: list[_Teaser], blocks: list[Block], headline: range) -> Iterator[_Card]:
    """Yield the elements that hold one teaser and no other paragraph."""
    paragraphs = [block for block in blocks if block.prose or block.index in headline]
    inside = Counter(node for block in paragraphs for node in ancestors(block.element))
    texts: dict[html.HtmlElement, list[Block]] = {}
    for block in blocks:
        texts.setdefault(block.element, []).append(block)
    for teaser in boxed:
        if inside[teaser.box] == 1:
            box = _whole_card(teaser.box, inside)
            own = [block for node in box.iter() for block in texts.get(node, ())]
            yield _Card(box, own, _is_marked(teaser, box, own))


def _whole_card(box: html.HtmlElement, inside: Counter[html.HtmlElement]) -> html.HtmlElement:
    """Return the outermost element around a teaser without another paragraph: with picture and buttons."""
    for _ in range(_CLIMB):
        parent = box.getparent()
        if parent is None or parent.tag in {"body", "html", "main"} or inside[parent] > 1:
            break
        box = parent
    return box


def _is_marked(teaser: _Teaser, box: html.HtmlElement, own: list[Block]) -> bool:
    if _BREAKS_OFF.search(teaser.excerpt.text):
        return True
    for block in sorted(own, key=lambda block: block.index):
        if block is teaser.excerpt or block is teaser.headline:
            continue
        if block.kind == "meta" or (len(block.text) <= _LABEL and _DATED.search(block.text)):
            return True
        if block.index > teaser.excerpt.index and block.link_share >= ALL_LINK:
            return len(block.text.split()) <= _CALL
    link = link_of(teaser.headline)
    address = None if link is None else link.get("href")
    return sum(1 for one in box.iter("a") if one.get("href") == address) > 1
