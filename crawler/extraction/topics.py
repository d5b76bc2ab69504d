"""The tags of an article, and what tags and sections have in common. Pure."""

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

HOME = frozenset(map(normalise, ("الرئيسية", "الصفحة الرئيسية", "الرئيسيه", "home", "البداية", "الموقع")))
SEPARATOR = re.compile(r"\s*[,،;؛|]\s*")
_MAX = 30
MAX_NAME = 60


def read_tags(document: Document, text: Text) -> Verdict[tuple[str, ...]]:
    """Return the tags of the first layer that has any."""
    claims: list[Claim[tuple[str, ...]]] = []
    if css := document.site.selectors.get("tags"):
        claims.append(Claim(texts(select(css, document.root)), evidence.SELECTOR, css))
    for node in document.head.articles[:2]:
        values = [piece for value in jsonld.texts(node.get("keywords")) for piece in SEPARATOR.split(value)]
        claims.append(Claim(tuple(values), evidence.JSONLD, "keywords"))
    claims.append(
        Claim(tuple(document.head.all("article:tag", "og:article:tag")), evidence.OPENGRAPH, "article:tag")
    )
    for name in ("parsely-tags", "news_keywords", "cxenseparse:taglist"):
        values = [piece for value in document.head.all(name) for piece in SEPARATOR.split(value)]
        claims.append(Claim(tuple(values), evidence.META, name))
    if document.theme:
        claims += themed(document, document.theme, "tags")
    claims.append(Claim(_marked_tags(document, text), evidence.VISIBLE, "links in the tags' row"))
    return decided(claims, document)


def themed(document: Document, theme: Theme, field: str) -> list[Claim[tuple[str, ...]]]:
    """Return what the theme's selectors for a field show, best first."""
    return [
        Claim(texts(select(css, document.root)), f"theme:{theme.name}", css) for css in theme.selectors[field]
    ]


def decided(
    claims: list[Claim[tuple[str, ...]]], document: Document, not_values: frozenset[str] = frozenset()
) -> Verdict[tuple[str, ...]]:
    """Choose the first claim with a value besides the outlet, home, the title and `not_values`."""
    names = document.folded_names | HOME | not_values
    title = normalise(document.shown_headline)
    cleaned = []
    for claim in claims:
        values: dict[str, str] = {}
        for value in claim.value[:_MAX]:
            shown = mend(squeeze(value)).strip(" #»«›>/|-–")
            folded = normalise(shown)
            if shown and len(shown) <= MAX_NAME and folded not in names and folded != title:
                values.setdefault(folded, shown)
        if values:
            cleaned.append(Claim(tuple(values.values()), claim.layer, claim.place))
    return evidence.first(cleaned)


def texts(elements: Iterable[html.HtmlElement]) -> tuple[str, ...]:
    """Return the texts that elements show."""
    return tuple(squeeze(str(element.text_content())) for element in elements)


def _marked_tags(document: Document, text: Text) -> tuple[str, ...]:
    """Return the links marked rel=tag, or those of the row right after the text that is named after tags."""
    last = text.blocks[-1].index if text.blocks else document.headline_at
    owners: dict[html.HtmlElement, None] = {}
    for block in document.blocks[max(last, 0) : last + 25]:
        if block.kind == "tags" and block.owner is not None:
            owners[block.owner] = None
    links = [link for owner in owners for link in owner.iter("a")]
    marked = [link for link in document.related if link.get("rel", "").lower() == "tag"][:_MAX]
    return texts(links or marked)
