"""Every date that a page gives as its publication's or last change's, with its place. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from lxml import html

from crawler.arabic.dates import Moment, find_moments, moment_in_url, parse_moment
from crawler.arabic.labels import Label
from crawler.extraction import evidence
from crawler.extraction.body import Text
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.names import kind_of
from crawler.extraction.outline import Block
from crawler.extraction.tree import ancestors, attribute, squeeze
from crawler.extraction.zones import country_of

_META_PUBLISHED = (
    "datepublished", "date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date",
    "dc.date.created", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date",
    "published_at", "published-date", "publication_date", "cxenseparse:recs:publishtime", "sailthru.date",
    "article_date_original", "originalpublicationdate", "article.published", "rnews:datepublished",
)  # fmt: skip
_META_MODIFIED = (
    "last-modified", "datemodified", "dcterms.modified", "dc.date.modified", "lastmod", "article.updated",
    "revised", "og:updated_time",
)  # fmt: skip
_MARKED = (
    (("datepublished", "schema:datepublished", "rnews:datepublished", "dc:date", "dc:issued"), False),
    (("datemodified", "schema:datemodified", "dc:modified"), True),
    (("datecreated", "schema:datecreated", "dc:created"), False),
)  # RDFa as Drupal writes it beside microdata
_BEFORE, _AFTER_BODY = 6, 5  # blocks around the article in which a date may be its own
_OPENING_WORDS = 15
_MAX_MARKED = 20
_LONGEST_LINE, _LONGEST_CLOCK = 300, 40  # characters of a line with a date, of one with a clock
_CLOCK = re.compile(r"[\d٠-٩]{1,2}\s?:\s?[\d٠-٩]{2}")
_ROW = 9  # blocks between headline and text that are looked at
_LONGEST = 120  # characters of a field that holds a date
_ELSEWHERE = frozenset({
    "navigation", "sidebar", "footer", "related", "comments", "author-box", "notice", "poll", "advert",
    "tags", "furniture",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateClaim:
    """A moment with its layer, its place, and whether it is that of the last change."""

    moment: Moment
    layer: str
    place: str
    modified: bool = False
    raw: str = ""


def date_claims(document: Document, text: Text) -> list[DateClaim]:
    """Return the dates of a page, layer by layer; those in unlikely places only if there is no other."""
    claims = [claim for layer in _LAYERS for claim in layer(document, text)]
    if not any(claim.layer != evidence.URL and not claim.modified for claim in claims):
        claims += _hidden_away(document, text)
    return claims


def _read(
    document: Document, raw: str, layer: str, place: str, *, modified: bool = False
) -> Iterator[DateClaim]:
    """Return the claim of a machine-readable field, in any way of writing a date."""
    raw = squeeze(raw)[:_LONGEST]
    if not raw:
        return
    if raw not in document.moments:  # the layers mostly repeat each other
        document.moments[raw] = parse_moment(
            raw, zone=document.zone, fetched_at=document.page.fetched_at, country=_country(document)
        )
    moment = document.moments[raw]
    if moment is not None:
        yield DateClaim(moment, layer, place, modified, raw)


def _country(document: Document) -> str | None:
    return country_of(document.site, document.page.url)


def _jsonld(document: Document, _text: Text) -> Iterator[DateClaim]:
    for node in document.head.articles[:3]:
        for key in ("datePublished", "dateModified", "dateCreated", "uploadDate"):
            value = node.get(key)
            if isinstance(value, str):
                yield from _read(document, value, evidence.JSONLD, key, modified=key == "dateModified")


def _opengraph(document: Document, _text: Text) -> Iterator[DateClaim]:
    head = document.head
    for name in ("article:published_time", "og:published_time", "og:article:published_time", "og:pubdate"):
        for raw in head.all(name)[:2]:
            yield from _read(document, raw, evidence.OPENGRAPH, name)
    for name in ("article:modified_time", "og:article:modified_time"):
        for raw in head.all(name)[:1]:
            yield from _read(document, raw, evidence.OPENGRAPH, name, modified=True)


def _meta(document: Document, _text: Text) -> Iterator[DateClaim]:
    for names, modified in ((_META_PUBLISHED, False), (_META_MODIFIED, True)):
        for name in names:
            for raw in document.head.all(name)[:1]:
                yield from _read(document, raw, evidence.META, name, modified=modified)


def _microdata(document: Document, _text: Text) -> Iterator[DateClaim]:
    for names, modified in _MARKED:
        elements = [(name, element) for name in names for element in document.marked.get(name, ())]
        for name, element in elements[:_MAX_MARKED]:
            if not _is_elsewhere(element):
                yield from _read(document, _stamp(element), evidence.MICRODATA, name, modified=modified)
                break


def _stamp(element: html.HtmlElement) -> str:
    """Return the machine's form of a date's element, or what it shows."""
    return (
        attribute(element, "datetime")
        or attribute(element, "content")
        or squeeze(str(element.text_content()))
    )


def _is_elsewhere(element: html.HtmlElement) -> bool:
    """Return whether an element stands in a part of the page that is about other articles."""
    return any(
        isinstance(node.tag, str) and kind_of(node.tag, node.attrib) in _ELSEWHERE
        for node in ancestors(element)
        if node.tag not in {"html", "body"}
    )


def _described(document: Document, _text: Text) -> Iterator[DateClaim]:
    known: list[tuple[str, str]] = []
    if css := document.site.selectors.get("published"):
        known.append((css, evidence.SELECTOR))
    if document.theme:
        known += [(css, f"theme:{document.theme.name}") for css in document.theme.selectors["published"]]
    for css, layer in known:
        for element in select(css, document.root)[:1]:
            yield from _read(document, _stamp(element), layer, css)


def _visible(document: Document, text: Text) -> Iterator[DateClaim]:
    """Return dates that a reader sees beside the headline, at the opening, or right under the text."""
    if document.headline_at < 0:
        return
    own = {block.index for block in text.blocks}
    first, last = (min(own), max(own)) if own else (document.headline_at + 8, document.headline_at + 8)
    for block in document.blocks[document.headline_at + 1 : max(first, document.headline_at + 1) + 2]:
        if block.index not in own or len(block.text.split()) <= _OPENING_WORDS:
            yield from _seen(document, block, "below the headline")
    for block in reversed(document.blocks[max(document.headline_from - _BEFORE, 0) : document.headline_from]):
        if not _in_frame(block, document):
            yield from _seen(document, block, "above the headline")
    for block in document.blocks[last + 1 : last + 1 + _AFTER_BODY] if own else ():
        yield from _seen(document, block, "below the text")


def _in_frame(block: Block, document: Document) -> bool:
    """Return whether a block above the headline belongs to the page's frame, where the date is today's."""
    around = set(ancestors(document.headline)) if document.headline is not None else set()
    for node in ancestors(block.element):
        if node in around:
            return node.tag in {"html", "body"} and block.kind != "meta"
        names = (node.get("class") or "").lower()
        if node.tag == "header" or ("header" in names and "date" not in names):
            return True
    return True


def _seen(document: Document, block: Block, place: str) -> Iterator[DateClaim]:
    if block.kind in _ELSEWHERE or block.kind in {"share", "caption"} or block.link_share > 0.5:  # noqa: PLR2004
        return
    if block.index in document.teasers.cards:
        return
    for element in block.element.iter("time"):
        if stamp := attribute(element, "datetime"):
            yield from _read(document, stamp, evidence.VISIBLE, f"time, {place}")
    yield from _found(document, block, place)


def _found(document: Document, block: Block, place: str) -> Iterator[DateClaim]:
    """Return the dates in a block's text. Where it has a day alone, the next block may have the clock."""
    text = block.text[:_LONGEST_LINE]
    found = _moments(document, text)
    if len(found) == 1 and found[0][0].precision == "day" and block.index + 1 < len(document.blocks):
        behind = document.blocks[block.index + 1]
        if behind.kind == block.kind and len(behind.text) <= _LONGEST_CLOCK and _CLOCK.search(behind.text):
            joined = _moments(document, f"{text} {behind.text}")
            if len(joined) == 1 and joined[0][0].value.date() == found[0][0].value.date():
                text, found = f"{text} {behind.text}", joined
    for moment, start, end, label in found:
        changed = label == "modified" or _says_updated(block)
        yield DateClaim(moment, evidence.VISIBLE, place, changed, text[start:end])


def _moments(document: Document, text: str) -> list[tuple[Moment, int, int, Label | None]]:
    return list(
        find_moments(
            text, zone=document.zone, fetched_at=document.page.fetched_at, country=_country(document)
        )
    )


def _hidden_away(document: Document, text: Text) -> Iterator[DateClaim]:
    """Return dates between headline and text that stand in a row of tags, of buttons or of counters."""
    first = min((block.index for block in text.blocks), default=document.headline_at)
    for block in document.blocks[document.headline_at + 1 : min(first, document.headline_at + _ROW)]:
        if block.kind in {"tags", "share", "furniture"} and len(block.text.split()) <= _OPENING_WORDS:
            yield from _found(document, block, "below the headline")


def _says_updated(block: Block) -> bool:
    names = f"{block.element.get('class', '')} {block.element.get('itemprop', '')}".lower()
    return "modified" in names or ("updated" in names.split() and "published" not in names)


def _url(document: Document, _text: Text) -> Iterator[DateClaim]:
    moment = moment_in_url(document.page.url, document.zone, fetched_at=document.page.fetched_at)
    if moment is not None:
        yield DateClaim(moment, evidence.URL, "path", raw=document.page.url)


def _advertised(document: Document, _text: Text) -> Iterator[DateClaim]:
    candidate = document.page.candidate
    if candidate is None:
        return
    for value, modified in ((candidate.published, False), (candidate.modified, True)):
        if value is not None:
            exact = isinstance(value, datetime)
            moment = Moment(
                value=value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=UTC),
                precision="second" if exact else "day",
                zone_given=exact,
                confidence=0.9,
                form="advertised",
            )
            yield DateClaim(moment, evidence.ADVERTISED, candidate.via, modified, value.isoformat())


_LAYERS = (_described, _jsonld, _opengraph, _meta, _microdata, _visible, _url, _advertised)
