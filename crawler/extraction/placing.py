"""Which of a page's lines are its headline. Pure."""

import re

from crawler.arabic.text import normalise
from crawler.extraction.document import MAX_HEADLINE, Document, announced_titles
from crawler.extraction.headline import echo_of
from crawler.extraction.looks import conspicuous_line, outlet_titled
from crawler.extraction.outline import Block
from crawler.extraction.teasers import find_teasers
from crawler.extraction.tree import ancestors, squeeze

CUT = re.compile(r"[|»«•·]|\s[-–—:]+(?:\s|$)|(?:^|\s)[-–—:]+\s")
_MENU = 2  # links between an outlet's name and the headline
_TITLE_LABEL = re.compile(r"^\W*(?:الموضوع|العنوان|عنوان (?:الخبر|المقال|المقالة|الموضوع))\s*(?:[:：]\s*|$)")
_LABELS_WITHIN = 60  # blocks from the page's top in which such a label may stand
_MIN_TITLE_WORDS, _MAX_LABELLED = 3, 200  # words, characters of a line behind a label


def place_headline(document: Document) -> None:
    """Set which blocks are the headline, or which part of one: by element, words, label or looks."""
    announced = announced_titles(document.head, document.page)
    _place_element(document, announced)
    if outlet_titled(announced):
        _place_conspicuous(document)


def _place_element(document: Document, announced: list[str]) -> None:
    """Set which blocks are the headline: those in its element, or a line that repeats an announced title."""
    if document.headline is not None:
        inside = set(document.headline.iter())
        places = [block.index for block in document.blocks if block.element in inside]
        if places:
            document.headline_from, document.headline_at = places[0], places[-1]
            return
        if _place_part(document, squeeze(str(document.headline.text_content()))[:MAX_HEADLINE]):
            return
    _place_line(document, echo_of(document.blocks, announced))


def _place_part(document: Document, text: str) -> bool:
    """Take a headline whose line also holds the section or the date; return whether it is there."""
    if document.headline is None or not text:
        return False
    around = set(ancestors(document.headline))
    for block in document.blocks:
        if block.element in around and text in block.text:
            document.headline_from = document.headline_at = block.index
            document.headline_text = text
            return True
    return False


def _place_line(document: Document, line: Block | None) -> None:
    if line is not None:
        document.headline = line.element
        document.headline_from = document.headline_at = line.index


def _place_conspicuous(document: Document) -> None:
    """Take the line that looks like the headline, where titles and what repeats them are names."""
    if document.declared or document.theme or "title" in document.site.selectors:
        return
    shown = document.shown_headline
    if shown and normalise(shown) not in _folded_titles(document):
        return
    names = document.folded_names | _folded_titles(document)
    teasers = find_teasers(document.blocks, range(0), document.base, document.page.url)
    if _place_labelled(document):
        return
    line = conspicuous_line(document.root, document.blocks, names, teasers.excerpts | teasers.cards)
    if line is None or line.index <= document.headline_at:
        return
    between = document.blocks[document.headline_at + 1 : line.index]
    if document.headline_at < 0 or sum(bool(block.linked) for block in between) >= _MENU:
        _place_line(document, line)


def _place_labelled(document: Document) -> bool:
    """Take the line behind a label such as "subject:"; return whether there is one."""
    for block in document.blocks[:_LABELS_WITHIN]:
        label = _TITLE_LABEL.match(block.text)
        if label is None or block.linked:
            continue
        line, text = block, block.text[label.end() :].strip()
        if not text and block.index + 1 < len(document.blocks):
            line = document.blocks[block.index + 1]
            text = line.text
        if len(text.split()) >= _MIN_TITLE_WORDS and len(text) <= _MAX_LABELLED and not line.linked:
            _place_line(document, line)
            document.headline_text = text
            return True
    return False


def _folded_titles(document: Document) -> frozenset[str]:
    """Return the page's titles and their pieces, folded."""
    titles = announced_titles(document.head, document.page)
    pieces = [piece.strip() for title in titles for piece in (title, *CUT.split(title))]
    return frozenset(normalise(piece) for piece in pieces if piece)
