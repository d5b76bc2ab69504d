"""Where on the page the article's body is. Pure.

The site's selector, the theme or microdata mark it. On other sites it is where the running text is: each
paragraph after the headline weighs its length, and the search goes from the root down to the child that holds
nearly all of the weight.
"""

from collections import defaultdict
from dataclasses import dataclass

from lxml import html

from crawler.extraction.outline import Block
from crawler.extraction.tree import ancestors

_NEARLY_ALL = 0.9
_MAIN_SHARE = 0.55
_RUNNING = frozenset({"p", "li", "blockquote", "h2", "h3", "h4", "h5", "pre", "dd", "dt"})
_FEW_WORDS = 300  # characters of prose that make a body of their own
_CARD = 0.2  # the weight of a teaser's text: a paragraph right under a linked headline


@dataclass(frozen=True, slots=True)
class Body:
    """The element that holds the article's text, and the layer that named it."""

    element: html.HtmlElement
    layer: str
    place: str


def densest(
    root: html.HtmlElement,
    blocks: list[Block],
    after: int,
    *,
    teased: frozenset[int],
    foreign: frozenset[int],
) -> html.HtmlElement | None:
    """Return the innermost element that holds nearly all running text after block `after`; None without any.

    `teased` are the blocks about other pages: they weigh little. Those of `foreign` weigh nothing.
    """
    masses = _masses([block for block in blocks[after + 1 :] if block.index not in foreign], blocks, teased)
    node = root
    if node not in masses:
        return None
    while True:
        children = [child for child in node if child in masses]
        best = max(children, key=lambda child: masses[child], default=None)
        if best is None or best.tag in _RUNNING or not _goes_down(node, best, children, masses):
            return node
        node = best


def _masses(below: list[Block], blocks: list[Block], teased: frozenset[int]) -> dict[html.HtmlElement, float]:
    masses: dict[html.HtmlElement, float] = defaultdict(float)
    for block in below:
        if not block.prose or block.kind:
            continue
        weight = len(block.text) * (1 - block.link_share / 2)
        if block.index in teased or _is_teaser(blocks, block):
            weight *= _CARD
        for node in ancestors(block.element):
            masses[node] += weight
    return masses


def _is_teaser(blocks: list[Block], block: Block) -> bool:
    """Return whether a linked headline stands right above it, in the same small box."""
    above = blocks[block.index - 1] if block.index else None
    if above is None or above.link_share < 0.9 or block.element.tag == "body":  # noqa: PLR2004  all but commas
        return False
    box = block.element.getparent() if block.tag in _RUNNING else block.element
    return box is not None and above.element in set(box.iter()) and len(box) <= 6  # noqa: PLR2004  a card is small


def _goes_down(
    node: html.HtmlElement,
    best: html.HtmlElement,
    children: list[html.HtmlElement],
    masses: dict[html.HtmlElement, float],
) -> bool:
    """Return whether the best child alone is the body, and the rest beside it something else."""
    share = masses[best] / masses[node]
    if share >= _NEARLY_ALL:
        return True
    others = [child for child in children if child is not best]
    continued = any(child.tag in _RUNNING or _alike(child, best) for child in others)
    return share >= _MAIN_SHARE and masses[best] >= _FEW_WORDS and not continued


def _alike(one: html.HtmlElement, other: html.HtmlElement) -> bool:
    return bool(one.tag == other.tag and one.get("class") == other.get("class"))
