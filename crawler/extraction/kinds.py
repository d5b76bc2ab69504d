"""What a page is, where it is not an article: the counted reasons why it yields none. Pure.

status, not-html, empty, too-large, bad-url: nothing to read. block: a challenge, a refusal, a consent wall.
soft-404: "not found" with status 200. search, list (sections, archives, homes), static (about, terms).
gallery: pictures or a film without text. short: too little text for what speaks for an article.
language: a text in another language than the site's.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import unquote, urlsplit

from crawler.arabic.text import count_words, normalise
from crawler.extraction import jsonld
from crawler.extraction.body import Text
from crawler.extraction.document import Document
from crawler.extraction.evidence import Verdict
from crawler.extraction.lists import lists_others, shows_a_list
from crawler.extraction.publication import Publication
from crawler.extraction.tree import MAX_BYTES
from crawler.items import Page, Rejection

_HTML_TYPES = (
    "text/html",
    "application/xhtml",
    "text/plain",
    "application/xml",
    "text/xml",
    "unknown/unknown",
)
_MAGIC = (
    b"%PDF",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x00\x00\x00",
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|span|h1|article|br|a)\b", re.IGNORECASE
)
_FEED = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.DOTALL
)
_SNIFFED = 4_000
_SMALL_PAGE = 1_500  # characters of running text; a page with more is no challenge and no error page
_SURE, _LIKELY, _UNSURE = 15, 30, 80  # words that make a text an article's, by how much else speaks for one
_FIGURES = 3  # that make a page without a text a gallery
_ERROR_PAGE = 600  # characters of running text that "not found" or a challenge has at most
_SOURCE = 200_000  # bytes in which a challenge's machinery is looked for
_SINGLE = frozenset({"single", "single-post", "postid", "node-type-article"})
_SEARCH_QUERY = re.compile(r"(?:^|&)(?:s|q|query|keyword|search)=")
_TITLE_CUT = re.compile(r"\s*[|–—]\s*|\s-\s")
_LIST_TYPES = frozenset({"collectionpage", "searchresultspage", "profilepage", "itemlist"})
_STATIC_TYPES = frozenset({"aboutpage", "contactpage", "faqpage"})
_FILM = (
    "//video | //iframe[contains(@src,'youtube') or contains(@src,'dailymotion') or contains(@src,'player')]"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    whole: frozenset[str]
    opens: tuple[str, ...]
    holds: tuple[str, ...]
    source: tuple[bytes, ...]
    classes: frozenset[str]
    paths: tuple[str, ...]


@cache
def _rules() -> dict[str, _Rule]:
    values = json.loads(resources.files(__package__).joinpath("rules", "kinds.json").read_text("utf-8"))
    return {
        kind: _Rule(
            frozenset(map(normalise, rule["whole"])),
            tuple(map(normalise, rule["opens"])),
            tuple(map(normalise, rule["holds"])),
            tuple(piece.encode() for piece in rule["source"]),
            frozenset(rule["classes"]),
            tuple(rule["paths"]),
        )
        for kind, rule in values.items()
        if kind != "about"
    }


def unreadable(page: Page) -> Rejection | None:
    """Why the bytes need not even be parsed."""
    if page.http_status != 200:  # noqa: PLR2004
        return Rejection(reason="status", detail=str(page.http_status))
    if not page.body.strip(b"\x00 \t\r\n"):
        return Rejection(reason="empty", detail="no bytes")
    if len(page.body) > MAX_BYTES:
        return Rejection(reason="too-large", detail=f"{len(page.body)} bytes, more than {MAX_BYTES}")
    sort = _other_sort(page)
    return Rejection(reason="not-html", detail=sort) if sort else None


def _other_sort(page: Page) -> str:
    """Return what a body is if it is no HTML, by its header or its first bytes; blank for HTML."""
    head = page.body[:_SNIFFED]
    declared = (page.content_type or "").lower().partition(";")[0].strip()
    if declared and not declared.startswith(_HTML_TYPES):
        return declared[:100]
    if head.startswith(_MAGIC) or _FEED.search(head) or head.lstrip()[:1] in {b"{", b"["}:
        return "by its first bytes"
    return "" if _MARKUP.search(page.body.replace(b"\x00", b"")) else "no markup"


def named_otherwise(document: Document) -> Rejection | None:
    """Reject a page by its title, headline, address or body classes; None if it may be an article."""
    rules, head = _rules(), document.head
    classes, title = _body_classes(document), head.title[:100]
    if _is_block(document, rules["block"]):
        return Rejection(reason="block", detail=title)
    rule = rules["soft-404"]
    if rule.classes & classes or (
        _prose(document) < _ERROR_PAGE and not document.declared and _titled(document, rule)
    ):
        return Rejection(reason="soft-404", detail=title)
    if classes & _SINGLE or head.articles:
        return None
    return _other_page(document, classes, {one for node in head.things for one in jsonld.types(node)})


def _other_page(document: Document, classes: set[str], types: set[str]) -> Rejection | None:
    """Return a search, a list, the home, or a page about the site itself."""
    rules, title = _rules(), document.head.title[:100]
    parts = urlsplit(document.page.url)
    if _is_search(document, rules["search"], classes):
        return Rejection(reason="search", detail=title)
    if not document.declared and (rules["list"].classes & classes or types & _LIST_TYPES):
        return Rejection(reason="list", detail="named so by the page")
    if not parts.path.strip("/") and not parts.query:
        return Rejection(reason="list", detail="the site's home")
    rule = rules["static"]
    if _path(document).endswith(rule.paths) or types & _STATIC_TYPES or _titled(document, rule):
        return Rejection(reason="static", detail=title)
    return None


def not_an_article(
    document: Document, text: Text, publication: Publication, title: Verdict[str], language: str | None
) -> Rejection | None:
    """Why a page that was read is none, or None for an article."""
    dated = publication.published is not None
    if not document.declared and not dated and _titled(document, _rules()["list"]):
        return Rejection(reason="list", detail="named so by its title")
    if teasers := shows_a_list(document, text, publication):
        return Rejection(reason="list", detail=teasers)
    words = count_words(text.joined)
    if words < _enough(document, dated=dated):
        return Rejection(reason=_too_short(document, words), detail=f"{words} words")
    if language not in document.site.languages:
        return Rejection(reason="language", detail=language or "too little text to tell")
    return None if title.value else Rejection(reason=_untitled(document))


def _untitled(document: Document) -> str:
    """Return the reason for a page without a title: static where a heading names such a page."""
    static = _rules()["static"].whole
    headings = (b.text for b in document.blocks if b.heading and not b.kind and not b.linked)
    return "static" if any(normalise(text) in static for text in headings) else "no-title"


def _enough(document: Document, *, dated: bool) -> int:
    """Return how many words make a text an article's, by how much else speaks for one."""
    if document.declared and document.headline is not None:
        return _SURE
    return _LIKELY if dated or document.declared or document.page.candidate is not None else _UNSURE


def _is_block(document: Document, rule: _Rule) -> bool:
    """Return whether a page is a challenge or a wall: by its title, or by its scripts and little text."""
    prose = _prose(document)
    if prose >= _SMALL_PAGE or document.declared:
        return False
    source = document.page.body[:_SOURCE].lower()
    return _titled(document, rule) or (prose < _ERROR_PAGE and any(piece in source for piece in rule.source))


def _is_search(document: Document, rule: _Rule, classes: set[str]) -> bool:
    query = _SEARCH_QUERY.search(urlsplit(document.page.url).query)
    asked = query or _path(document).endswith(rule.paths) or _titled(document, rule)
    return bool(rule.classes & classes or (asked and not document.declared))


def _too_short(document: Document, words: int) -> str:
    if lists_others(document):
        return "list"
    if document.root.xpath(_FILM) or sum(1 for _ in document.root.iter("figure")) >= _FIGURES:
        return "gallery"
    return "short" if words else "empty"


def _prose(document: Document) -> int:
    return sum(len(block.text) for block in document.blocks if block.prose and not block.kind)


def _path(document: Document) -> str:
    return unquote(urlsplit(document.page.url).path).lower().rstrip("/")


def _titled(document: Document, rule: _Rule) -> bool:
    """Return whether the title or the headline is, or opens with, one of a rule's phrases."""
    for shown in (document.head.title, document.shown_headline):
        for one in {normalise(shown), *map(normalise, _TITLE_CUT.split(shown)[:1])} - {""}:
            if one in rule.whole or one.startswith(rule.opens) or any(piece in one for piece in rule.holds):
                return True
    return False


def _body_classes(document: Document) -> set[str]:
    names = {
        name.lower()
        for body in document.root.iter("body")
        for name in (body.get("class") or "").split()[:200]
    }
    return names | {"postid" for name in names if name.startswith("postid-")}
