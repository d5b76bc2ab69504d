"""The article's text: which element holds it, and which of its blocks are its paragraphs. Pure."""

from dataclasses import dataclass

from lxml import html

from crawler.arabic.dates import moment_in_url
from crawler.arabic.text import mend
from crawler.extraction import evidence
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.fallback import trafilatura_paragraphs
from crawler.extraction.furniture import without_furniture
from crawler.extraction.outline import Block
from crawler.extraction.structure import Body, densest
from crawler.extraction.tree import ancestors

_ENOUGH = (
    140  # characters of running text that an element must hold to be taken for the body without question
)
_BODY_NAMES = ("articlebody", "schema:articlebody", "rnews:articlebody")


@dataclass(frozen=True, slots=True)
class Text:
    """The article's paragraphs, the blocks they came from (none for trafilatura's), and who found them."""

    paragraphs: tuple[str, ...]
    blocks: tuple[Block, ...]
    layer: str
    place: str
    element: html.HtmlElement | None

    @property
    def joined(self) -> str:
        return "\n".join(self.paragraphs)


NO_TEXT = Text((), (), "", "", None)


def read_text(document: Document) -> Text:
    """The text of the first body that holds enough of it; else the longest that any way of looking finds."""
    best = NO_TEXT
    for body in _bodies(document):
        text = _text_of(document, body)
        if body.layer == evidence.SELECTOR and text.paragraphs:
            return text
        if _own_length(text, document) >= _ENOUGH:
            return text
        best = max(best, text, key=lambda one: (_own_length(one, document), len(one.joined)))
    if not (
        document.told or document.page.candidate or document.theme or moment_in_url(document.page.url, None)
    ):
        return best  # trafilatura finds a text in every list of links; only an article is worth its time
    paragraphs = trafilatura_paragraphs(document)
    if sum(map(len, paragraphs)) > 2 * len(best.joined) and sum(map(len, paragraphs)) >= _ENOUGH:
        return Text(tuple(paragraphs), (), evidence.TRAFILATURA, "", None)
    return best


def _own_length(text: Text, document: Document) -> int:
    """Characters of a text without those that tell of other pages."""
    teased = document.teasers.excerpts
    other = sum(len(block.text) for block in text.blocks if block.index in teased) if teased else 0
    return len(text.joined) - other


def _bodies(document: Document) -> list[Body]:
    """Where the text may be, best first, each element once."""
    root, theme = document.root, document.theme
    found: list[Body] = []
    if css := document.site.selectors.get("body"):
        found += [Body(element, evidence.SELECTOR, css) for element in select(css, root)[:1]]
    if theme:
        for css in theme.selectors["body"]:
            found += [Body(element, f"theme:{theme.name}", css) for element in select(css, root)[:1]]
    marked = [e for name in _BODY_NAMES for e in document.marked.get(name, ()) if e.tag != "meta"]
    found += [Body(element, evidence.MICRODATA, "articleBody") for element in _one_by_one(marked)]
    if document.headline is not None:
        element = densest(root, document.blocks, document.headline_at, document.teasers.excerpts)
        if element is not None:
            found.append(Body(element, evidence.STRUCTURE, "after the headline"))
    element = densest(root, document.blocks, -1, document.teasers.excerpts)
    if element is not None:
        found.append(Body(element, evidence.STRUCTURE, "densest part"))
    return list({body.element: body for body in reversed(found)}.values())[::-1]


def _one_by_one(marked: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """The first marked element, unless it lies around the second, which then says it more closely."""
    if len(marked) > 1 and marked[0] in set(ancestors(marked[1])):
        return marked[1:2]
    return marked[:1]


def _text_of(document: Document, body: Body) -> Text:
    inside = set(body.element.iter())
    blocks = [block for block in document.blocks if block.element in inside]
    if document.headline_at >= 0 and any(block.index == document.headline_at for block in blocks):
        blocks = [block for block in blocks if block.index > document.headline_at]
    kept = without_furniture(blocks, body.element, document)
    paragraphs = [(mend(block.text).strip(), block) for block in kept]
    paragraphs = [(text, block) for text, block in paragraphs if text]
    return Text(
        tuple(text for text, _ in paragraphs),
        tuple(block for _, block in paragraphs),
        body.layer, body.place, body.element,
    )  # fmt: skip
