"""The sections and tags that an article stands under. Pure."""

import re
from collections.abc import Iterable

from lxml import html

from crawler.arabic.text import mend, normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.body import Text
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.evidence import Claim, Verdict
from crawler.extraction.themes import Theme
from crawler.extraction.tree import squeeze

_HOME = frozenset(map(normalise, ("الرئيسية", "الصفحة الرئيسية", "الرئيسيه", "home", "البداية", "الموقع")))
_SEPARATOR = re.compile(r"\s*[,،;؛|]\s*")
_CATEGORY_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cat|cats|category|categories|section|kicker|tbwib)(?:$|[\s_-])|category", re.IGNORECASE
)
_CRUMBS = re.compile(r"bread-?_?crumb|breadcumb|crumbs", re.IGNORECASE)
_MAX = 30
_MAX_NAME = 60


def read_section(document: Document) -> Verdict[tuple[str, ...]]:
    """The sections as the first layer tells them, outermost first where it is a path."""
    claims: list[Claim[tuple[str, ...]]] = []
    if css := document.site.selectors.get("section"):
        claims.append(Claim(_texts(select(css, document.root)), evidence.SELECTOR, css))
    if document.theme:
        claims += _themed(document, document.theme, "section")
    claims += [
        Claim(tuple(jsonld.texts(node.get("articleSection"))), evidence.JSONLD, "articleSection")
        for node in document.head.articles[:2]
    ]
    names = ("article:section", "og:article:section", "parsely-section", "cxenseparse:section", "section")
    for name in names:
        layer = evidence.OPENGRAPH if "article" in name else evidence.META
        claims.append(Claim(tuple(document.head.all(name)), layer, name))
    claims += [*_breadcrumbs(document), *_labels(document)]
    return _decided(claims, document)


def read_tags(document: Document, text: Text) -> Verdict[tuple[str, ...]]:
    """The tags as the first layer tells them."""
    claims: list[Claim[tuple[str, ...]]] = []
    if css := document.site.selectors.get("tags"):
        claims.append(Claim(_texts(select(css, document.root)), evidence.SELECTOR, css))
    for node in document.head.articles[:2]:
        values = [piece for value in jsonld.texts(node.get("keywords")) for piece in _SEPARATOR.split(value)]
        claims.append(Claim(tuple(values), evidence.JSONLD, "keywords"))
    claims.append(
        Claim(tuple(document.head.all("article:tag", "og:article:tag")), evidence.OPENGRAPH, "article:tag")
    )
    for name in ("parsely-tags", "news_keywords", "cxenseparse:taglist"):
        values = [piece for value in document.head.all(name) for piece in _SEPARATOR.split(value)]
        claims.append(Claim(tuple(values), evidence.META, name))
    if document.theme:
        claims += _themed(document, document.theme, "tags")
    claims.append(Claim(_marked_tags(document, text), evidence.VISIBLE, "links in the tags' row"))
    return _decided(claims, document)


def _themed(document: Document, theme: Theme, field: str) -> list[Claim[tuple[str, ...]]]:
    """What the theme's selectors for a field show, best first."""
    return [
        Claim(_texts(select(css, document.root)), f"theme:{theme.name}", css)
        for css in theme.selectors[field]
    ]


def _decided(claims: list[Claim[tuple[str, ...]]], document: Document) -> Verdict[tuple[str, ...]]:
    names = document.folded_names | _HOME
    title = normalise(document.shown_headline)
    cleaned = []
    for claim in claims:
        values: dict[str, str] = {}
        for value in claim.value[:_MAX]:
            shown = mend(squeeze(value)).strip(" #»«›>/|-–")
            folded = normalise(shown)
            if shown and len(shown) <= _MAX_NAME and folded not in names and folded != title:
                values.setdefault(folded, shown)
        if values:
            cleaned.append(Claim(tuple(values.values()), claim.layer, claim.place))
    return evidence.first(cleaned)


def _texts(elements: Iterable[html.HtmlElement]) -> tuple[str, ...]:
    return tuple(squeeze(str(element.text_content())) for element in elements)


def _breadcrumbs(document: Document) -> list[Claim[tuple[str, ...]]]:
    claims = []
    for node in document.head.things:
        if "breadcrumblist" in jsonld.types(node) and isinstance(node.get("itemListElement"), list):
            items = [item for item in node["itemListElement"] if isinstance(item, dict)]
            names = [
                name for item in items for name in jsonld.texts(item.get("name") or item.get("item"))[:1]
            ]
            claims.append(
                Claim(tuple(names[:-1] if len(names) > 1 else names), evidence.JSONLD, "BreadcrumbList")
            )
    for block in document.blocks:
        owner = block.owner
        if owner is not None and _CRUMBS.search(f"{owner.get('class', '')} {owner.get('id', '')}"):
            links = [link for link in owner.iter("a") if link.get("href")]
            claims.append(Claim(_texts(links[:_MAX]), evidence.VISIBLE, "breadcrumbs"))
            break
    return claims


def _labels(document: Document) -> list[Claim[tuple[str, ...]]]:
    """Links right above or below the headline that stand in an element named a category."""
    if document.headline_at < 0:
        return []
    found: dict[html.HtmlElement, None] = {}
    for block in document.blocks[max(document.headline_from - 3, 0) : document.headline_at + 4]:
        if block.kind not in {"", "meta"} or not block.linked:
            continue
        for link in block.element.iter("a"):
            names = " ".join(
                (node.get("class") or "")
                for node in (link, *list(link.iterancestors())[:2])
                if node.tag != "body"
            )
            if _CATEGORY_NAMES.search(names) or "category" in (link.get("rel") or ""):
                found[link] = None
    return [Claim(_texts(found), evidence.VISIBLE, "label of the section")] if found else []


def _marked_tags(document: Document, text: Text) -> tuple[str, ...]:
    """Links marked rel=tag, or standing in the row that is named after tags, right after the text."""
    last = text.blocks[-1].index if text.blocks else document.headline_at
    owners: dict[html.HtmlElement, None] = {}
    for block in document.blocks[max(last, 0) : last + 25]:
        if block.kind == "tags" and block.owner is not None:
            owners[block.owner] = None
    links = [link for owner in owners for link in owner.iter("a")]
    marked = [link for link in document.related if link.get("rel", "").lower() == "tag"][:_MAX]
    return _texts(links or marked)
