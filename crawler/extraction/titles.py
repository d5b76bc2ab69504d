"""The headline a reader sees, without the outlet's name, and the line under it. Pure."""

import html
import re

from crawler.arabic.text import arabic_share, mend, normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.body import Text
from crawler.extraction.css import select
from crawler.extraction.document import Document, announced_titles
from crawler.extraction.evidence import Claim, Verdict, first
from crawler.extraction.furniture import is_meta_line
from crawler.extraction.headline import likeness, words_of
from crawler.extraction.languages import furniture_kinds
from crawler.extraction.outline import Block
from crawler.extraction.tree import squeeze

_CUT = re.compile(r"\s*[|»«•·]+\s*|\s+[-–—:]+\s+|\s*::\s*|\s-|-\s")
_WORD = re.compile(r"\w+")
_MAX_ANNOUNCED = 6
_MAX_TITLE = 500
_MAX_SUBTITLE = 600
_MAX_CUTS = 6
_MIN_SUBTITLE = 15
_SUFFIX_WORDS = 6
_LATIN_SHARE = 0.2  # a piece with so few Arabic letters is a template's, not a headline's
_SUBTITLE_NAMES = re.compile(
    r"sub[-_]?(?:title|head|heading|headline)|(?:^|[\s_-])(?:sub|standfirst|deck|lead|lede|excerpt|intro|kicker|chapeau)(?:$|[\s_-])",
    re.IGNORECASE,
)


def read_title(document: Document) -> Verdict[str]:
    """Selector, theme, the headline on the page, JSON-LD, OpenGraph, meta, <title>, the list's word."""
    claims = [
        Claim(title, claim.layer, claim.place)
        for claim in _title_claims(document)
        if (title := _clean(claim, document)) and normalise(title) not in document.folded_names
    ]
    return first(claims)


def read_subtitle(document: Document, text: Text, title: str) -> Verdict[str]:
    """Return the line under or over the headline that is neither the text's first paragraph nor meta data."""
    claims: list[Claim[str]] = []
    if css := document.site.selectors.get("subtitle"):
        claims += [
            Claim(squeeze(str(e.text_content())), evidence.SELECTOR, css)
            for e in select(css, document.root)[:1]
        ]
    claims += [
        Claim(value, evidence.JSONLD, key)
        for node in document.head.articles[:1]
        for key in ("alternativeHeadline", "alternateHeadline")
        for value in jsonld.texts(node.get(key))
    ]
    if document.theme:
        claims += [
            Claim(squeeze(str(element.text_content())), f"theme:{document.theme.name}", css)
            for css in document.theme.selectors["subtitle"]
            for element in select(css, document.root)[:1]
        ]
    claims += [Claim(block.text, evidence.VISIBLE, _names(block)) for block in _around(document, text)]
    taken = {normalise(title), *map(normalise, text.paragraphs[:3])}
    mended = [Claim(mend(claim.value).strip(), claim.layer, claim.place) for claim in claims]
    return first([
        claim
        for claim in mended
        if _MIN_SUBTITLE <= len(claim.value) <= _MAX_SUBTITLE and normalise(claim.value) not in taken
    ])  # fmt: skip


def _title_claims(document: Document) -> list[Claim[str]]:
    head, claims = document.head, []
    if document.headline is not None and document.shown_headline:
        layer, place = evidence.VISIBLE, str(document.headline.tag)
        if "title" in document.site.selectors:
            layer, place = evidence.SELECTOR, document.site.selectors["title"]
        claims.append(Claim(_with_colon(document), layer, place))
    for node in head.articles[:2]:
        claims += [
            Claim(text, evidence.JSONLD, "headline") for text in jsonld.texts(node.get("headline"))[:1]
        ]
        claims += [Claim(text, evidence.JSONLD, "name") for text in jsonld.texts(node.get("name"))[:1]]
    claims += [Claim(text, evidence.OPENGRAPH, "og:title") for text in head.all("og:title")[:1]]
    for name in ("twitter:title", "parsely-title", "dc.title", "rnews:name", "title"):
        claims += [Claim(text, evidence.META, name) for text in head.all(name)[:1]]
    if head.title:
        claims.append(Claim(head.title, evidence.META, "<title>"))
    candidate = document.page.candidate
    if candidate and candidate.title:
        claims.append(Claim(candidate.title, evidence.ADVERTISED, candidate.via))
    return claims


def _with_colon(document: Document) -> str:
    """Return the headline; with the colon of the announced title where a kicker and a headline are one h1."""
    shown = document.shown_headline
    words = _WORD.findall(normalise(shown))
    for title in announced_titles(document.head, document.page)[:_MAX_ANNOUNCED]:
        if ":" in title and ":" not in shown and _WORD.findall(normalise(title)) == words:
            return title
    return shown


def _clean(claim: Claim[str], document: Document) -> str:
    """Return a title without the outlet's name, or what else a template put, at either end."""
    title = squeeze(mend(html.unescape(claim.value[:_MAX_TITLE])))
    visible = claim.layer in {evidence.VISIBLE, evidence.SELECTOR}
    cuts = list(_CUT.finditer(title))
    for cut in reversed(cuts[-_MAX_CUTS:]):  # the shortest tail first, then longer ones
        tail = title[cut.end() :]
        if _is_frame(tail, document, visible=visible, whole=title):
            title = title[: cut.start()]
        elif len(words_of(tail)) > _SUFFIX_WORDS:
            break
    for cut in cuts[:2]:
        if normalise(title[: cut.start()]) in document.folded_names:
            title = title[cut.end() :]
            break
    if not cuts:
        return title
    title = title.strip(" |-–—:•·")
    return title.lstrip("» ").rstrip("« ")  # a quotation at either end keeps its marks


def _is_frame(piece: str, document: Document, *, visible: bool, whole: str) -> bool:
    """Return whether the tail of a title is the outlet's name or what a template left there."""
    folded = normalise(piece)
    if folded in document.folded_names:
        return True
    if visible:
        return False
    if not folded or len(words_of(piece)) > _SUFFIX_WORDS:
        return False
    headline = document.shown_headline
    if headline:
        return likeness(piece, headline) < 0.5  # noqa: PLR2004  fewer than half its words are in the headline
    return arabic_share(piece) < _LATIN_SHARE and arabic_share(whole) > 0.5  # noqa: PLR2004


def _around(document: Document, text: Text) -> list[Block]:
    """Return blocks next to the headline that their names or their tag make a subtitle."""
    if document.headline_at < 0:
        return []
    own = {block.index for block in text.blocks}
    near = [
        *document.blocks[document.headline_at + 1 : document.headline_at + 7],
        *document.blocks[max(document.headline_from - 2, 0) : document.headline_from],
    ]
    return [
        block
        for block in near
        if block.index not in own
        and block.kind in {"", "meta"}
        and not block.linked
        and not is_meta_line(block, document)
        and not furniture_kinds([block.text])[0]
        and (_SUBTITLE_NAMES.search(_names(block)) or (block.tag in {"h2", "h3"} and not block.kind))
    ]


def _names(block: Block) -> str:
    names = [block.element.get("class") or "", block.element.get("id") or ""]
    parent = block.element
    for _ in range(3):  # Drupal wraps a field's text twice
        parent = parent.getparent()
        if parent is None or len(parent) > 2:  # noqa: PLR2004  a wrapper holds one field
            break
        names.append(parent.get("class") or "")
    return " ".join(names).strip()
