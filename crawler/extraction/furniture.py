"""Which blocks inside an article's body are not its text: links to other stories, calls to follow, lines of
meta data, comment forms. Pure.
"""

import re
from itertools import islice

from lxml import html

from crawler.arabic.bylines import parse_byline
from crawler.arabic.dates import find_moments
from crawler.arabic.text import normalise
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.languages import furniture_kinds
from crawler.extraction.outline import LONGEST_LINK, Block
from crawler.extraction.tree import ancestors, squeeze

_ALL_LINK = 0.9
_META_WORDS = 12
_LONE_WORDS = 2  # a line that is one link of more words leads to another story
_EDGE = 4  # so many blocks at either end of a body may be lines of meta data
_LARGE_SHARE, _BOX_SHARE = 0.4, 0.25  # shares of the body's text
_MOSTLY = 0.6  # of a line of meta data is its date
_BYLINE = re.compile(r"^(?:كتبت?|بقلم|الكاتب|الكاتبة)\b(?!\s+على)")
_BYLINE_WORDS = 7  # of a line that is a label and a name
_NAME_WORDS = 4  # of a line that is a name alone, or a city and a name
_WORD = re.compile(r"\w+")
_LABEL = re.compile(r"^(?:[^\W\d]+\s+)?[^\W\d]+\s*[:：]\s*")  # "date: " before what it labels
_BETWEEN_LINKS = re.compile(r"[\[\]()|/•·«»:؟?-]|(?<=[\[(|/•·-])\s|\s(?=[\])|/•·-])")  # in a row of buttons
_SUBTITLE = 200  # characters of one, at most
_SENTENCE = re.compile(r"[.!؟?…\"»”]\s*$")
_POSTED = re.compile(r"^(?:أ?رسلت?|مرسلة?|أضيفت?|نشرت?|كتبت?|posted)\s+(?:بواسطة|من قبل|by)\b", re.IGNORECASE)
_LABEL_CELL = re.compile(
    r"(?:القسم|قسم|التصنيف|الباب|التاريخ|تاريخ النشر|تاريخ الخبر|الكاتب|الكاتبة|المؤلف|المحرر|المصدر|العنوان"
    r"|الموضوع|(?:عدد )?(?:القراءات|المشاهدات|الزيارات|التعليقات)|رقم (?:الخبر|العدد|المقال)|العدد)\s*[:：]?"
)
_DESK = re.compile(r"^(?:خاص|حصري|متابعات|متابعة|رصد|تقرير|خاص ب)\b")  # before the outlet's name
_MAX_PICTURES = 40  # of a body that are looked at
_BESIDE_NAMES = " -–—:|.*()[]"
_PICTURE_TEXT = 200  # characters in a table around a picture
_MAX_WIDGETS = 12
_COMMENT_WIDGETS = (
    ".//*[contains(@class,'fb-comments') or contains(@id,'disqus') or contains(@class,'disqus')"
    " or contains(@id,'comments') or contains(@class,'comment-form')]"
)


def without_furniture(blocks: list[Block], body: html.HtmlElement, document: Document) -> list[Block]:
    """Return the blocks that are the article's text, in order."""
    zones = _pruned(document, body) | _comment_zones(body, blocks) | _picture_tables(body)
    cards = document.teasers.cards
    kept = [
        block
        for block in blocks
        if not block.kind and block.index not in cards and not (zones and _in_zone(block, body, zones))
        if not (block.heading and block.index + 1 in cards)  # what the cards are headed with
    ]
    kept = _without_link_lists(kept)
    title = normalise(document.shown_headline)
    near = 2 * len(title)  # vowel signs may double a text's length, not more
    kept = [block for block in kept if len(block.text) > near or normalise(block.text) != title]
    return without_edges(kept, document)


def _pruned(document: Document, body: html.HtmlElement) -> set[html.HtmlElement]:
    """Return what the site and its theme say is no text."""
    known = [document.site.selectors["prune"]] if "prune" in document.site.selectors else []
    known += document.theme.selectors["prune"] if document.theme else []
    return {element for css in known for element in select(css, body)}


def _picture_tables(body: html.HtmlElement) -> set[html.HtmlElement]:
    """Return the tables that hold one picture and its caption: old pages have no figure."""
    found = set()
    for picture in islice(body.iter("img"), _MAX_PICTURES):
        table = next((node for node in ancestors(picture) if node is body or node.tag == "table"), body)
        if table is body or len(table.xpath(".//img")) > 1:
            continue
        if len(squeeze(str(table.text_content()))) <= _PICTURE_TEXT:
            found.add(table)
    return found


def _comment_zones(body: html.HtmlElement, blocks: list[Block]) -> set[html.HtmlElement]:
    """Return the boxes that hold a comment widget, with the rules of debate printed beside it."""
    total = sum(len(block.text) for block in blocks)
    zones = set()
    for widget in body.xpath(_COMMENT_WIDGETS)[:_MAX_WIDGETS]:
        for node in ancestors(widget):
            parent = node.getparent()
            if node is body or parent is None:
                break
            zones.add(node)
            if _length(parent, blocks) > total * _LARGE_SHARE:
                zones |= _rules_of_debate(node, blocks, total)
                break
    return zones


def _rules_of_debate(widget: html.HtmlElement, blocks: list[Block], total: int) -> set[html.HtmlElement]:
    """Return the small boxes that stand between the last paragraph and a comment widget."""
    zones = set()
    box = widget.getprevious()
    while (
        box is not None
        and box.tag in {"div", "section", "hr", "br"}
        and _length(box, blocks) < total * _BOX_SHARE
    ):
        zones.add(box)
        box = box.getprevious()
    return zones if box is not None and box.tag == "p" else set()


def _length(element: html.HtmlElement, blocks: list[Block]) -> int:
    inside = set(element.iter())
    return sum(len(block.text) for block in blocks if block.element in inside)


def _in_zone(block: Block, body: html.HtmlElement, zones: set[html.HtmlElement]) -> bool:
    for node in ancestors(block.element):
        if node in zones:
            return True
        if node is body:
            return False
    return False


def _without_link_lists(blocks: list[Block]) -> list[Block]:
    """Drop labels such as "read also" with the links they introduce, and lines that are one link."""
    kept: list[Block] = []
    labelled = False  # the block before was a label or one of its links
    kinds = furniture_kinds([block.text for block in blocks])
    for block, kind in zip(blocks, kinds, strict=True):
        if kind:
            labelled = True
            continue
        letters = len(block.text) - len(_BETWEEN_LINKS.findall(block.text))
        is_link = block.linked >= _ALL_LINK * letters and block.linked > 0 and len(block.text) < LONGEST_LINK
        if is_link and (labelled or len(block.text.split()) > _LONE_WORDS):
            continue
        labelled = False
        kept.append(block)
    return kept


def without_edges(blocks: list[Block], document: Document) -> list[Block]:
    """Drop what stands before and after the text proper: dates, the outlet's name, counts, signs."""
    first, last = _behind_label_cells(blocks) or _behind_subtitle(blocks, document), len(blocks)
    while first < last and first < _EDGE and is_meta_line(blocks[first], document):
        first += 1
    while last > first and len(blocks) - last < _EDGE and is_meta_line(blocks[last - 1], document):
        last -= 1
    return blocks[first:last]


def _behind_label_cells(blocks: list[Block]) -> int:
    """Return the place behind a table's rows of a label and its value, such as "date" and the date."""
    place = 0
    while place + 1 < len(blocks) and blocks[place].tag == "td" and _LABEL_CELL.fullmatch(blocks[place].text):
        place += 2
    return place


def _behind_subtitle(blocks: list[Block], document: Document) -> int:
    """Return where the text may begin: behind a subtitle, which is no sentence, and the date below it."""
    if len(blocks) <= _EDGE or _SENTENCE.search(blocks[0].text) or len(blocks[0].text) > _SUBTITLE:
        return 0
    return 1 if is_meta_line(blocks[1], document) and find_moments(blocks[1].text, zone=None) else 0


def is_meta_line(block: Block, document: Document) -> bool:
    """Return whether a line is about the article: a date, a byline, a count, the outlet's name."""
    text = block.text
    if not any(character.isalpha() for character in text):
        return True
    if len(text.split()) > _META_WORDS:
        return False
    if _is_outlet(text, document) or _is_byline(text, document):
        return True
    moments = find_moments(text, zone=document.zone)
    labelled = any(label for *_, label in moments) and not text.endswith(".")  # published on …, seen so often
    if labelled or (moments and _POSTED.search(text)):
        return True
    label = _LABEL.match(text)
    value = len(text) - (label.end() if label else 0)
    return sum(end - start for _, start, end, _ in moments) > value * _MOSTLY


def _is_outlet(text: str, document: Document) -> bool:
    """Return whether a line is the outlet's name, alone or behind a word such as خاص (exclusive)."""
    folded = normalise(text).strip(_BESIDE_NAMES)
    desk = _DESK.match(folded)
    if desk is None:
        return folded in document.folded_names
    names = document.folded_names.union(map(normalise, document.frames))
    return folded[desk.end() :].strip(_BESIDE_NAMES) in names


def _is_byline(text: str, document: Document) -> bool:
    """Return whether a line is a person, alone or behind a label such as بقلم, and no sentence."""
    most = _BYLINE_WORDS if _BYLINE.search(text) else _NAME_WORDS
    if len(_WORD.findall(text)) > most or _SENTENCE.search(text) or (most == _NAME_WORDS and ":" in text):
        return False
    byline = parse_byline(text, outlet_names=document.names)
    return byline.sure and len(byline.authors) == 1
