"""A page made ready for the layers: parsed once, outlined once, its headline and theme found. Pure."""

import re
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lxml import html

from crawler.arabic.dates import Moment
from crawler.arabic.text import normalise
from crawler.extraction import jsonld
from crawler.extraction.css import select
from crawler.extraction.head import Head, read_head
from crawler.extraction.headline import echo_of, find_headline
from crawler.extraction.languages import foreign_blocks
from crawler.extraction.looks import conspicuous_line, outlet_titled
from crawler.extraction.outline import Block, outline
from crawler.extraction.teasers import NO_TEASERS, Teasers, find_teasers
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
_CUT = re.compile(r"[|»«•·]|\s[-–—:]+(?:\s|$)|(?:^|\s)[-–—:]+\s")
_MAX_NAME = 60
_MAX_MARKED = 2_000
_MAX_HEADLINE, _MAX_LINES, _MAX_TITLES = 500, 20, 20
_OWN_TEXT_SHARE = 0.55
_MENU = 2  # links between an outlet's name and the headline
_ROW = 3  # paragraphs of one name beside each other that no advert has


@dataclass(slots=True)
class Document:
    """One page as all layers see it. `headline_at` is the index of the headline's last block, or -1."""

    page: Page
    site: Site
    root: html.HtmlElement
    head: Head
    theme: Theme | None
    headline: html.HtmlElement | None
    blocks: list[Block]
    names: tuple[str, ...]  # under which the outlet may stand on this page
    frames: tuple[
        str, ...
    ]  # what stands around the headline in the page's other titles: the outlet, a section
    zone: ZoneInfo | None
    marked: dict[str, list[html.HtmlElement]]  # microdata and RDFa: property without vocabulary -> elements
    related: list[html.HtmlElement]  # links that say how they relate to the page: author, tag…
    folded_names: frozenset[str]
    moments: dict[str, Moment | None] = field(default_factory=dict)  # of machine-readable dates, as written
    headline_at: int = -1
    headline_from: int = -1
    teasers: Teasers = NO_TEASERS
    foreign: frozenset[int] = frozenset()  # blocks in other languages than those of the site's articles

    @property
    def declared(self) -> bool:
        """Return whether the page declares in its metadata that it is an article."""
        return bool(self.head.articles) or (self.head.first("og:type") or "").lower() == "article"

    @property
    def shown_headline(self) -> str:
        """Return the headline's text without a date or counter inside it; may be empty."""
        blocks = self.blocks[max(self.headline_from, 0) : self.headline_at + 1]
        shown = [block.text for block in blocks if not block.kind] or [block.text for block in blocks]
        return " ".join(shown[:_MAX_LINES])[:_MAX_HEADLINE]

    @property
    def base(self) -> str:
        """Return the address that relative references on the page are resolved against."""
        return self.head.base or self.page.url


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
    announced = announced_titles(head, page)
    _place_headline(document, announced)
    if outlet_titled(announced):
        _place_conspicuous(document)
    document.frames = _frames(document)
    own = range(document.headline_from, document.headline_at + 1)
    document.teasers = find_teasers(blocks, own, document.base, page.url)
    document.foreign = foreign_blocks(blocks, site.languages, document.teasers.excerpts)
    return document


def _place_headline(document: Document, announced: list[str]) -> None:
    """Set which blocks are the headline: those in its element, or a line that repeats an announced title."""
    if document.headline is not None:
        inside = set(document.headline.iter())
        places = [block.index for block in document.blocks if block.element in inside]
        if places:
            document.headline_from, document.headline_at = places[0], places[-1]
            return
    _place_line(document, echo_of(document.blocks, announced))


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
    line = conspicuous_line(document.root, document.blocks, names, teasers.excerpts | teasers.cards)
    if line is None or line.index <= document.headline_at:
        return
    between = document.blocks[document.headline_at + 1 : line.index]
    if document.headline_at < 0 or sum(bool(block.linked) for block in between) >= _MENU:
        _place_line(document, line)


def _folded_titles(document: Document) -> frozenset[str]:
    """Return the page's titles and their pieces, folded."""
    titles = announced_titles(document.head, document.page)
    pieces = [piece.strip() for title in titles for piece in (title, *_CUT.split(title))]
    return frozenset(normalise(piece) for piece in pieces if piece)


def _frames(document: Document) -> tuple[str, ...]:
    """Return the pieces before and behind the headline in the titles that a template made."""
    headline = document.shown_headline
    if not headline:
        return ()
    found = []
    for title in (document.head.title, *document.head.all("og:title")):
        before, whole, behind = title.partition(headline)
        if whole:
            pieces = [piece for side in (before, behind) for piece in _CUT.split(side)]
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


def announced_titles(head: Head, page: Page) -> list[str]:
    """Return the titles that metadata and lists give the page, best first."""
    titles = [
        text for node in head.articles for text in jsonld.texts(node.get("headline") or node.get("name"))
    ]
    titles += head.all("og:title", "twitter:title", "title", "dc.title", "rnews:name", "parsely-title")
    titles.append(head.title)
    if page.candidate and page.candidate.title:
        titles.append(page.candidate.title)
    return [title[:_MAX_HEADLINE] for title in titles[:_MAX_TITLES] if title]


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
