"""The article's text: which element holds it, and which of its blocks are its paragraphs. Pure."""

from dataclasses import dataclass, replace

from lxml import html

from crawler.arabic.dates import moment_in_url
from crawler.arabic.text import mend
from crawler.extraction import evidence
from crawler.extraction.agreement import agree
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.embedded import article_body, state_body
from crawler.extraction.furniture import without_edges, without_furniture
from crawler.extraction.languages import furniture_kinds
from crawler.extraction.outline import Block
from crawler.extraction.second_reader import SecondReading, read_second
from crawler.extraction.structure import Body, densest
from crawler.extraction.teasers import ALL_LINK, HEADLINE
from crawler.extraction.tree import ancestors

_ENOUGH = (
    140  # characters of running text that an element must hold to be taken for the body without question
)
_TRUSTED = 0.4  # of the page's running text that an element marked as the body must hold to be believed
_MUCH_MORE, _FAR_MORE = 2, 3  # times the own text's length, where that is too little and where it is not
_BODY_NAMES = ("articlebody", "schema:articlebody", "rnews:articlebody")


@dataclass(frozen=True, slots=True)
class Text:
    """The article's paragraphs, their blocks (none for trafilatura's lines), and who found them."""

    paragraphs: tuple[str, ...]
    blocks: tuple[Block, ...]
    layer: str
    place: str
    element: html.HtmlElement | None
    agreement: float | None = None  # how far the two readers agree, 0 to 1; None where one of them sufficed

    @property
    def joined(self) -> str:
        return "\n".join(self.paragraphs)


NO_TEXT = Text((), (), "", "", None)


def read_text(document: Document) -> Text:
    """Return the text of the first element that is marked as the body, else what the two readers agree on."""
    best = NO_TEXT
    for body in _bodies(document):
        text = _text_of(document, body)
        if body.layer == evidence.SELECTOR and text.paragraphs:
            return text
        if _own_length(text, document) >= _ENOUGH:
            if body.layer == evidence.STRUCTURE:
                best = text
                break
            if body.layer != evidence.MICRODATA or _holds_the_text(text, document):
                return text
        best = max(best, text, key=lambda one: (_own_length(one, document), len(one.joined)))
    return _read_twice(document, best)


def _holds_the_text(text: Text, document: Document) -> bool:
    """Return whether an element marked as the body holds a good part of the page's running text."""
    teased = document.teasers.excerpts | document.foreign
    running = sum(
        len(block.text)
        for block in document.blocks[document.headline_at + 1 :]
        if block.prose and not block.kind and block.index not in teased
    )
    return _own_length(text, document) >= _TRUSTED * running


def _read_twice(document: Document, own: Text) -> Text:
    """Return the own reader's text, corrected by trafilatura's."""
    length = _own_length(own, document)
    enough = length >= _ENOUGH
    if data := _from_data(length, document):
        return data
    likely = document.declared or document.page.candidate or document.theme or enough
    if not (likely or moment_in_url(document.page.url, None)):
        return own  # trafilatura finds a text in every list of links; only an article is worth its time
    cards = document.teasers.cards
    if not any(block.prose and block.index not in cards for block in document.blocks):
        return own  # what trafilatura would find are the page's links
    second = read_second(document)
    if not enough:
        return _longer(own, second, document)
    agreed = agree(document, frozenset(block.index for block in own.blocks), second.blocks)
    blocks = without_edges([document.blocks[index] for index in sorted(agreed.blocks)], document)
    layer = own.layer if not agreed.added else evidence.BOTH_READERS
    text = _text(blocks, layer, own.place, own.element)
    return replace(text, agreement=round(agreed.share, 3))


def _from_data(length: int, document: Document) -> Text | None:
    """Return the text that the page holds as data, if it is much longer than what it shows."""
    enough = length >= _ENOUGH
    paragraphs = article_body(document)
    least = _FAR_MORE * length if enough else _MUCH_MORE * length
    if sum(map(len, paragraphs)) >= max(least, _ENOUGH):
        return Text(tuple(paragraphs), (), evidence.JSONLD, "articleBody", None)
    if enough:
        return None
    paragraphs = state_body(document)
    if sum(map(len, paragraphs)) >= max(least, _ENOUGH):
        return Text(tuple(paragraphs), (), evidence.STATE, "body", None)
    return None


def _longer(own: Text, second: SecondReading, document: Document) -> Text:
    """Return trafilatura's lines without links and furniture, if they are much more than the own text."""
    cards = document.teasers.cards
    elsewhere = {mend(b.text) for b in document.blocks if b.kind or b.index in cards or _is_link(b)}
    lines = [line for line in second.lines if line not in elsewhere]
    kinds = furniture_kinds(lines)
    lines = [line for line, kind in zip(lines, kinds, strict=True) if not kind]
    length = sum(map(len, lines))
    if length > _MUCH_MORE * len(own.joined) and length >= _ENOUGH:
        return Text(tuple(lines), (), evidence.TRAFILATURA, "", None, 0.0)
    return own


def _is_link(block: Block) -> bool:
    """Return whether a line is a link, or little more: a headline with its date in front."""
    return block.link_share >= ALL_LINK or (not block.prose and block.linked >= HEADLINE)


def _own_length(text: Text, document: Document) -> int:
    """Return how many characters a text has without those about other pages or in foreign languages."""
    teased = document.teasers.excerpts | document.foreign
    other = sum(len(block.text) for block in text.blocks if block.index in teased) if teased else 0
    return len(text.joined) - other


def _bodies(document: Document) -> list[Body]:
    """Return where the text may be, best first, each element once."""
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
        element = _densest(document, document.headline_at)
        if element is not None:
            found.append(Body(element, evidence.STRUCTURE, "after the headline"))
    element = _densest(document, -1)
    if element is not None:
        found.append(Body(element, evidence.STRUCTURE, "densest part"))
    return list({body.element: body for body in reversed(found)}.values())[::-1]


def _densest(document: Document, after: int) -> html.HtmlElement | None:
    """Return the element with the running text after a block that is in the site's languages."""
    return densest(
        document.root,
        document.blocks,
        after,
        teased=document.teasers.excerpts,
        foreign=document.foreign,
    )


def _one_by_one(marked: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """Return the first marked element, unless it lies around the second, which then says it more closely."""
    if len(marked) > 1 and marked[0] in set(ancestors(marked[1])):
        return marked[1:2]
    return marked[:1]


def _text_of(document: Document, body: Body) -> Text:
    inside = set(body.element.iter())
    blocks = [block for block in document.blocks if block.element in inside]
    if document.headline_at >= 0 and any(block.index == document.headline_at for block in blocks):
        blocks = [block for block in blocks if block.index > document.headline_at]
    kept = without_furniture(blocks, body.element, document)
    return _text(kept, body.layer, body.place, body.element)


def _text(blocks: list[Block], layer: str, place: str, element: html.HtmlElement | None) -> Text:
    paragraphs = [(mend(block.text).strip(), block) for block in blocks]
    paragraphs = [(text, block) for text, block in paragraphs if text]
    return Text(
        tuple(text for text, _ in paragraphs), tuple(block for _, block in paragraphs), layer, place, element
    )
