"""Reads a parsed page into the Document that all layers share. Pure."""

import re
from collections import Counter

from lxml import html

from crawler.arabic.text import normalise
from crawler.extraction import jsonld
from crawler.extraction.css import select
from crawler.extraction.document import Document, announced_titles
from crawler.extraction.head import Head, read_head
from crawler.extraction.headline import find_headline
from crawler.extraction.languages import foreign_blocks
from crawler.extraction.outline import Block, outline
from crawler.extraction.placing import CUT, place_headline
from crawler.extraction.teasers import find_teasers
from crawler.extraction.themes import Theme, recognise
from crawler.extraction.tree import ancestors
from crawler.extraction.zones import zone_of
from crawler.items import Page
from crawler.site import Site

_COPYRIGHT = re.compile(
    r"(?:جميع الحقوق محفوظة|كافة الحقوق محفوظة|حقوق النشر محفوظة|©|\(c\)|copyright|all rights reserved)",
    re.IGNORECASE,
)
_YEAR_OR_SIGN = re.compile(r"[\d٠-٩©|,،.–—\-:]+|\b(?:لـ|لموقع|لدى|by|to)\b|\(c\)", re.IGNORECASE)
_MAX_NAME = 60
_MAX_MARKED = 2_000
_OWN_TEXT_SHARE = 0.55
_ROW = 3  # paragraphs of one name beside each other that no advert has


def read_document(root: html.HtmlElement, page: Page, site: Site) -> Document:
    """Return everything the layers share. Raises TooLargeError."""
    head = read_head(root)
    names = _outlet_names(head, site)
    theme = recognise(root, page.body)
    headline = _described_headline(root, site, theme)
    if headline is None:
        headline = find_headline(root, announced_titles(head, page), names)
    blocks = _outline(root, headline)
    names = (*names, *_copyright_names(blocks))
    document = Document(
        page=page, site=site, root=root, head=head, theme=theme, headline=headline, blocks=blocks,
        names=names, frames=(), zone=zone_of(site, page.url), marked=_marked(root, page.body),
        related=root.xpath("//a[@rel]")[:_MAX_MARKED],
        folded_names=frozenset(map(normalise, names)),
    )  # fmt: skip
    place_headline(document)
    document.frames = _frames(document)
    own = range(document.headline_from, document.headline_at + 1)
    document.teasers = find_teasers(blocks, own, document.base, page.url)
    document.foreign = foreign_blocks(blocks, site.languages, document.teasers.excerpts)
    return document


def _frames(document: Document) -> tuple[str, ...]:
    """Return the pieces before and behind the headline in the titles that a template made."""
    headline = document.shown_headline
    if not headline:
        return ()
    found = []
    for title in (document.head.title, *document.head.all("og:title")):
        before, whole, behind = title.partition(headline)
        if whole:
            pieces = [piece for side in (before, behind) for piece in CUT.split(side)]
            found += [piece.strip() for piece in pieces if 1 < len(piece.strip()) <= _MAX_NAME]
    return tuple(dict.fromkeys(found))


def _marked(root: html.HtmlElement, source: bytes) -> dict[str, list[html.HtmlElement]]:
    """Return the elements that carry an itemprop or a property, by its name in lower case."""
    found: dict[str, list[html.HtmlElement]] = {}
    wide = b"\0" in source[:100]  # UTF-16
    conditions = ["@itemprop"] if wide or b"itemprop" in source else []
    if wide or b"property=" in source:
        conditions.append("(@property and not(self::meta))")
    elements = root.xpath(f"//*[{' or '.join(conditions)}]") if conditions else []
    for element in elements[:_MAX_MARKED]:
        for name in f"{element.get('itemprop', '')} {element.get('property', '')}".split():
            found.setdefault(name.rsplit("/", 1)[-1].lower(), []).append(element)
    return found


def _described_headline(root: html.HtmlElement, site: Site, theme: Theme | None) -> html.HtmlElement | None:
    """Return the headline's element where the site or its theme says which it is."""
    known = [site.selectors["title"]] if "title" in site.selectors else []
    known += theme.selectors["title"] if theme else ()
    return next(
        (element for css in known for element in select(css, root) if element.text_content().strip()), None
    )


def _outline(root: html.HtmlElement, headline: html.HtmlElement | None) -> list[Block]:
    """Return the blocks; elements with most of the running text are text, even if their names deny it."""
    protected = {root, *root.iter("body"), *root.iter("main")}
    if headline is not None:
        protected.update(ancestors(headline))
    blocks = outline(root, frozenset(protected))
    for _ in range(3):  # a body inside a sidebar inside a widget: each layer of names is lifted once
        lifted = _misnamed(blocks)
        if not lifted:
            break
        protected |= lifted
        blocks = outline(root, frozenset(protected))
    return blocks


def _misnamed(blocks: list[Block]) -> set[html.HtmlElement]:
    """Return elements whose names say that they are no text, and which together hold most of it.

    Or paragraphs of one name beside each other: no advert is a row of paragraphs.
    """
    weights: Counter[str] = Counter()
    rows: Counter[tuple[object, str]] = Counter()
    owners: dict[str, set[html.HtmlElement]] = {}
    total = 0
    for block in blocks:
        if not block.prose:
            continue
        total += len(block.text)
        if block.owner is not None and block.kind not in {"comments", "footer"}:
            names = _names_of(block.owner)
            weights[names] += len(block.text)
            owners.setdefault(names, set()).add(block.owner)
            if block.owner.tag == "p" and block.kind not in {"hidden", "caption", "meta"}:
                rows[block.owner.getparent(), names] += 1
    row = max(rows, key=lambda one: rows[one], default=None)
    if row is not None and rows[row] >= _ROW:
        return owners[row[1]]
    heaviest = max(weights, key=lambda names: weights[names], default=None)
    return owners[heaviest] if heaviest and weights[heaviest] >= total * _OWN_TEXT_SHARE else set()


def _names_of(element: html.HtmlElement) -> str:
    """Return the names that say an element's kind: all paragraphs of a paid text bear the class "paywall"."""
    return f"{element.tag} {element.get('class')} {element.get('style')} {element.get('hidden')}"


def _outlet_names(head: Head, site: Site) -> tuple[str, ...]:
    """Return the outlet's names: the site's own, and what the page calls itself and its publisher."""
    names = [*site.outlet_names, *head.all("og:site_name", "application-name", "apple-mobile-web-app-title")]
    names += head.all(
        "publisher", "dc.publisher", "dcterms.publisher", "twitter:app:name:iphone", "copyright"
    )
    for node in head.things:
        names += jsonld.texts(node.get("publisher"))
        if {"website", "newsmediaorganization", "organization"} & jsonld.types(node):
            names += jsonld.texts(node.get("name")) + jsonld.texts(node.get("alternateName"))
    return tuple(dict.fromkeys(name for name in names if name and len(name) <= _MAX_NAME))


def _copyright_names(blocks: list[Block]) -> tuple[str, ...]:
    """Return the outlet's name from the copyright line at the foot of the page."""
    found = []
    for block in blocks[-40:]:
        if len(block.text) <= 2 * _MAX_NAME and _COPYRIGHT.search(block.text):
            rest = _YEAR_OR_SIGN.sub(" ", _COPYRIGHT.sub(" ", block.text))
            name = " ".join(rest.split())
            if name:
                found.append(name)
    return tuple(found)
