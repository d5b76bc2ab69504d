"""The sections that an article stands under. Pure.

In this order: the site's selector, the theme, a path of crumbs that refines what the metadata say, the
metadata, other crumbs, labels and links beside the headline. Slots of a front page ("latest news", "slider")
are no sections.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import islice
from urllib.parse import unquote

from lxml import html

from crawler.arabic.bylines import parse_byline
from crawler.arabic.text import normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.crumbs import Sections, paths
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.evidence import Claim, Verdict
from crawler.extraction.outline import Block
from crawler.extraction.teasers import ALL_LINK
from crawler.extraction.topics import MAX_NAME, SEPARATOR, decided, texts, themed
from crawler.extraction.tree import ancestors, squeeze

_META = ("article:section", "og:article:section", "parsely-section", "cxenseparse:section", "section")
_LABEL = re.compile(
    r"^(?:القسم|قسم|التصنيف|تصنيف|الفئة|الباب|الموضوع|في قسم|نشر في|نشرت في"
    r"|section|category|rubrique|filed under)\s*[:：]\s*",
    re.IGNORECASE,
)
_CAMEL_NAMES = re.compile(r"[a-z](?:Cat|Category|Section)(?:Name|$)")
_CATEGORY_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cat|cats|category|categories|catname|section|kicker|tbwib|rubrique|overline|topline)(?:$|[\s_-])"
    r"|categor|cat-?name|section-?name",
    re.IGNORECASE,
)
_DATED = re.compile(r"[12١٢][09٠٩][\d٠-٩]{2}|[\d٠-٩]{1,2}[:/][\d٠-٩]{1,2}|منذ\s")
_PERSON_PAGE = re.compile(
    r"/(?:auteurs?|authors?|writers?|users?|كاتب|tags?|وسم)/|(?:member|profile)\.php", re.IGNORECASE
)
_CELLS = frozenset({"td", "th", "dt"})
_ABOVE, _BELOW = 4, 5  # blocks around the headline in which a label of the section may stand
_OUTWARDS = 3  # elements whose names say what a link is for, itself included
_WORDS = 4  # of a section's name, at most
_ROW = 160  # characters of a line with several labels, at most
_MAX_ENTRIES = 1_000


def read_section(document: Document) -> Verdict[Sections]:
    """Return the sections of the first layer that has any, outermost first where they are a path."""
    claims: list[Claim[Sections]] = []
    if css := document.site.selectors.get("section"):
        claims.append(Claim(texts(select(css, document.root)), evidence.SELECTOR, css))
    if document.theme:
        claims += themed(document, document.theme, "section")
    structured = [_cleaned(claim, document) for claim in _structured(document)]
    crumbs = list(paths(document))
    known = {normalise(value) for claim in structured for value in claim.value}
    deeper = [one for one in crumbs if len(one.value) > 1 and known.intersection(map(normalise, one.value))]
    claims += [*deeper, *structured, *crumbs, *_labels(document), *_beside(document)]
    return decided(claims, document, _slots())


def _structured(document: Document) -> Iterator[Claim[Sections]]:
    for node in document.head.articles[:2]:
        yield Claim(tuple(jsonld.texts(node.get("articleSection"))), evidence.JSONLD, "articleSection")
    for name in _META:
        layer = evidence.OPENGRAPH if "article" in name else evidence.META
        yield Claim(tuple(document.head.all(name)), layer, name)


def _cleaned(claim: Claim[Sections], document: Document) -> Claim[Sections]:
    """Return a claim with lists split, slugs turned into words, and without the article's tags and author."""
    values = [piece for value in claim.value for piece in SEPARATOR.split(value)]
    values = [value.replace("-", " ").replace("_", " ") if " " not in value else value for value in values]
    if len(values) > 1:
        others = {normalise(name) for node in document.head.articles[:2] for name in _names_and_tags(node)}
        values = [value for value in values if normalise(value) not in others]
    return Claim(tuple(values), claim.layer, claim.place)


def _names_and_tags(node: jsonld.Node) -> list[str]:
    keywords = [piece for value in jsonld.texts(node.get("keywords")) for piece in SEPARATOR.split(value)]
    return [*keywords, *jsonld.texts(node.get("author"))]


def _near(document: Document) -> list[Block]:
    """Return the short lines around the headline that belong to no other part of the page."""
    if document.headline_at < 0:
        return []
    around = [
        *reversed(document.blocks[max(document.headline_from - _ABOVE, 0) : document.headline_from]),
        *document.blocks[document.headline_at + 1 : document.headline_at + 1 + _BELOW],
    ]
    return [block for block in around if block.kind in {"", "meta", "share"}]


def _before_headline(document: Document) -> Iterator[html.HtmlElement]:
    """Yield the elements before the headline in its own line, where the headline is only a part of that."""
    if document.headline is not None and document.headline_text:
        for element in islice(document.headline.itersiblings(preceding=True), _ABOVE):
            if element.tag == "span":
                yield element


def _labels(document: Document) -> Iterator[Claim[Sections]]:
    """Return what stands in an element named a category, and short lines that the menu has as well."""
    named = [
        squeeze(str(element.text_content()))
        for block in _near(document)
        for element in block.element.iter("a", "span", "div", "p", "label", "strong")
        if (element.tag == "a" or element.find(".//a") is None) and _is_named(element)
    ]
    named += [
        squeeze(str(element.text_content())) for element in _before_headline(document) if _is_named(element)
    ]
    short = [_LABEL.sub("", text) for text in named if text and len(text.split()) <= _WORDS]
    short = [text for text in short if text.strip(" :：") and not _LABEL.match(f"{text.rstrip(' :：')}:")]
    yield Claim(tuple(short), evidence.VISIBLE, "label of the section")
    dated = [
        block
        for block in document.blocks[document.headline_at + 1 : document.headline_at + _MAX_ENTRIES]
        if block.kind in {"", "meta"} and len(block.text) <= _ROW and _DATED.search(block.text)
    ]
    labelled = [name for block in [*_near(document), *dated] if (name := _labelled(block, document))]
    yield Claim(tuple(labelled[:1]), evidence.VISIBLE, "line with the section's label")
    texts_near = [text for block in _near(document) for text in _parts(block)]
    near = {block.index for block in _near(document)}
    entries = _entries(document, near) if texts_near else frozenset()
    lines = [text for block in _near(document) for text in _parts(block) if text in entries]
    yield Claim(tuple(lines[:1]), evidence.VISIBLE, "entry of the menu")


def _parts(block: Block) -> list[str]:
    """Return a short line, or what stands beside the date in it."""
    parts = block.text.split("|") if _DATED.search(block.text) else [block.text]
    return [part.strip() for part in parts if len(part.split()) <= _WORDS]


def _labelled(block: Block, document: Document) -> str:
    """Return what stands behind "section:" in a line, or in the next where the label is alone; else ""."""
    rows = (piece for piece in SEPARATOR.split(block.text) if _LABEL.match(piece))
    row = next(rows, None)
    heads_a_cell = block.tag in _CELLS and _LABEL.fullmatch(f"{block.text}:")
    if row is None and not heads_a_cell:
        return ""
    name = "" if row is None else _LABEL.sub("", row)
    if not name and block.index + 1 < len(document.blocks):
        name = document.blocks[block.index + 1].text
    return name if _is_a_section(name, document) else ""


def _is_named(element: html.HtmlElement) -> bool:
    around = [node for node in islice(ancestors(element), _OUTWARDS) if node.tag != "body"]
    names = " ".join(node.get("class") or "" for node in around)
    called = element.get("id") or ""
    return bool(_CATEGORY_NAMES.search(names) or _CAMEL_NAMES.search(called)) or "category" in (
        element.get("rel") or ""
    )


def _entries(document: Document, near: set[int]) -> frozenset[str]:
    """Return the entries of the page's menus, which are not the lines `near` the headline themselves."""
    return frozenset(
        block.text
        for block in document.blocks[:_MAX_ENTRIES]
        if block.index not in near
        and len(block.text.split()) <= _WORDS
        and (block.linked if block.kind in {"navigation", "footer"} else block.link_share >= ALL_LINK)
    )


def _beside(document: Document) -> Iterator[Claim[Sections]]:
    """Return the first short link beside the date, or the linked label right above the headline."""
    for block in _near(document):
        if block.index > document.headline_at:
            place = "link beside the date" if block.kind == "meta" or _DATED.search(block.text) else ""
        else:
            is_label = block.index == document.headline_from - 1 and block.link_share >= ALL_LINK
            is_label = is_label and block.tag != "li"  # the last entry of a menu
            place = "label above the headline" if is_label else ""
        for link in _links(block) if block.linked and place else ():
            text = squeeze(str(link.text_content()).partition("|")[0])
            target = unquote(link.get("href") or "")
            if block.tag == "h1" or target.partition("://")[2].strip("/").count("/") < ("://" in target):
                continue  # the outlet's name, which leads home
            leads = (target and target[0] != "#") or block.index < document.headline_from
            if leads and not _PERSON_PAGE.search(target) and _is_a_section(text, document):
                yield Claim((text,), evidence.VISIBLE, place)
                return


def _links(block: Block) -> list[html.HtmlElement]:
    """Return the links in a line, or the one around it."""
    around = islice(ancestors(block.element), _OUTWARDS)
    own = [link for link in block.element.iter("a") if squeeze(str(link.text_content())) in block.text]
    return own or [node for node in around if node.tag == "a"]


@cache
def _slots() -> frozenset[str]:
    """Return the names of slots, folded: they stand where a section would."""
    source = resources.files(__package__).joinpath("rules", "slots.json").read_text("utf-8")
    return frozenset(map(normalise, json.loads(source)))


def _is_a_section(text: str, document: Document) -> bool:
    """Return whether a short text is neither a date, a number, a person nor an agency."""
    if not text or len(text.split()) > _WORDS or len(text) > MAX_NAME or _DATED.search(text):
        return False
    byline = parse_byline(text, outlet_names=document.names)
    return not (byline.sure or byline.agency or byline.dateline) and any(map(str.isalpha, text))
