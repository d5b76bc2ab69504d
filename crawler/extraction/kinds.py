"""What a page is, where it is not an article: the counted reasons why it yields none. Pure.

status, not-html, empty, too-large, bad-url: nothing to read. block: a challenge, a refusal, a consent wall.
soft-404: "not found" with status 200. search, list (sections, archives, homes), static (about, contact, terms).
gallery: pictures or a film without text. short: too little text for what speaks for an article.
language: a text in another language than the site's.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import unquote, urlsplit

from crawler.arabic.language import detect
from crawler.arabic.text import count_words, normalise
from crawler.extraction import jsonld
from crawler.extraction.body import Text
from crawler.extraction.document import Document
from crawler.extraction.publication import Publication
from crawler.extraction.titles import read_title
from crawler.items import Page, Rejection

_HTML_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml", "unknown/unknown")
_MAGIC = (b"%PDF", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3", b"\x00\x00\x00")
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|span|h1|article|br|a)\b", re.IGNORECASE)
_FEED = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.DOTALL)
_SNIFFED = 4_000
_SMALL_PAGE = 1_500  # characters of running text; a page with more is no challenge and no error page
_SURE, _LIKELY, _UNSURE = 15, 30, 80  # words that make a text an article's, by how much else speaks for one
_TEASERS = 3
_LIST_TYPES = frozenset({"collectionpage", "searchresultspage", "profilepage", "itemlist"})
_STATIC_TYPES = frozenset({"aboutpage", "contactpage", "faqpage"})
_FILM = "//video | //iframe[contains(@src,'youtube') or contains(@src,'dailymotion') or contains(@src,'player')]"


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
    head = page.body[:_SNIFFED]
    declared = (page.content_type or "").lower().partition(";")[0].strip()
    if declared and not declared.startswith(_HTML_TYPES):
        return Rejection(reason="not-html", detail=declared[:100])
    if head.startswith(_MAGIC) or _FEED.search(head) or head.lstrip()[:1] in {b"{", b"["}:
        return Rejection(reason="not-html", detail="told by its first bytes")
    if not _MARKUP.search(head.replace(b"\x00", b"")) and not _MARKUP.search(page.body.replace(b"\x00", b"")):
        return Rejection(reason="not-html", detail="no markup")
    return None


def not_an_article(document: Document, text: Text, publication: Publication) -> Rejection | None:
    """Why a page that was read is none, or None for an article."""
    words = count_words(text.joined)
    dated = publication.published is not None
    told = bool(document.head.articles) or (document.head.first("og:type") or "").lower() == "article"
    kind = _by_names(document, words=words, dated=dated, told=told) or _by_shape(document, text)
    if kind:
        return kind
    listed = document.page.candidate is not None
    enough = _SURE if told and document.headline is not None else _LIKELY if dated or told or listed else _UNSURE
    if words < enough:
        if document.root.xpath(_FILM) or len(list(document.root.iter("figure"))) >= _TEASERS:
            return Rejection(reason="gallery", detail=f"{words} words")
        return Rejection(reason="short" if words else "empty", detail=f"{words} words")
    language = detect(text.joined)
    if language not in document.site.languages:
        return Rejection(reason="language", detail=language or "too little text to tell")
    if read_title(document).value is None:
        return Rejection(reason="no-title")
    return None


def _by_names(document: Document, *, words: int, dated: bool, told: bool) -> Rejection | None:
    """What title, headline, address and the body element's names say."""
    shown = [normalise(one) for one in (document.head.title, document.shown_headline) if one]
    path = unquote(urlsplit(document.page.url).path).lower().rstrip("/")
    classes = _body_classes(document)
    prose = sum(len(block.text) for block in document.blocks if block.prose and not block.kind)
    small = prose < _SMALL_PAGE
    types = {one for node in document.head.things for one in jsonld.types(node)}
    rules = _rules()
    source = document.page.body[:200_000].lower() if small and not told else b""
    if small and (_titled(shown, rules["block"]) or (words < _UNSURE and any(p in source for p in rules["block"].source))):
        return Rejection(reason="block", detail=document.head.title[:100])
    if rules["soft-404"].classes & classes or (small and not dated and _titled(shown, rules["soft-404"])):
        return Rejection(reason="soft-404", detail=document.head.title[:100])
    single = bool(classes & {"single", "single-post", "postid", "article", "node-type-article"})
    query = urlsplit(document.page.url).query
    searched = path.endswith(rules["search"].paths) or re.search(r"(?:^|&)(?:s|q|query|keyword)=", query)
    if not single and (rules["search"].classes & classes or (not told and (searched or _titled(shown, rules["search"])))):
        return Rejection(reason="search", detail=path[:100])
    if not single and not document.head.articles and (rules["list"].classes & classes or types & _LIST_TYPES):
        return Rejection(reason="list", detail="named so by the page")
    if not path and not query and not document.head.articles:
        return Rejection(reason="list", detail="the site's home")
    if not told and not dated and _titled(shown, rules["list"]):
        return Rejection(reason="list", detail="named so by its title")
    static = path.endswith(rules["static"].paths) or types & _STATIC_TYPES or _titled(shown, rules["static"])
    if static and not document.head.articles:
        return Rejection(reason="static", detail=document.head.title[:100])
    return None


def _by_shape(document: Document, text: Text) -> Rejection | None:
    """A list shows by teasers: linked headlines, each with a line of text."""
    prose = [block for block in text.blocks if block.prose]
    above = [document.blocks[block.index - 1] for block in prose if block.index]
    teased = sum(1 for block in above if block.link_share >= 0.9 and len(block.text.split()) >= _TEASERS)  # noqa: PLR2004
    if teased >= _TEASERS and teased * 2 >= len(prose):
        return Rejection(reason="list", detail=f"{teased} teasers")
    if text.element is None or document.head.articles:
        return None
    inside = set(text.element.iter())
    links = sum(1 for b in document.blocks if b.element in inside and not b.kind and b.link_share >= 0.9)  # noqa: PLR2004
    if links >= 12 and links > 2 * len(text.blocks):  # noqa: PLR2004  more doors than walls
        return Rejection(reason="list", detail=f"{links} links beside {len(text.blocks)} paragraphs")
    return None


def _titled(shown: list[str], rule: _Rule) -> bool:
    return any(
        one in rule.whole or one.startswith(rule.opens) or any(piece in one for piece in rule.holds)
        for one in (*shown, *(re.split(r"\s[|–—-]\s", one)[0] for one in shown))
    )


def _body_classes(document: Document) -> set[str]:
    names = {name.lower() for body in document.root.iter("body") for name in (body.get("class") or "").split()[:200]}
    return names | {"postid" for name in names if name.startswith("postid-")}
