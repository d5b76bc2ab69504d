"""From a page to an Article: join the verdicts of the layers, and account for them. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.arabic.decoding import decode
from crawler.arabic.language import detect
from crawler.arabic.text import count_words
from crawler.errors import InvalidUrlError
from crawler.extraction.body import Text, read_text
from crawler.extraction.date_claims import DateClaim
from crawler.extraction.digest import extractor_name, rules_digest
from crawler.extraction.document import Document
from crawler.extraction.evidence import Verdict
from crawler.extraction.kinds import named_otherwise, not_an_article, unreadable
from crawler.extraction.media import read_images, read_links
from crawler.extraction.people import People, read_people
from crawler.extraction.publication import Publication, judge
from crawler.extraction.reading import read_document
from crawler.extraction.sections import read_section
from crawler.extraction.titles import read_subtitle, read_title
from crawler.extraction.topics import read_tags
from crawler.extraction.tree import TooLargeError, parse
from crawler.items import Article, Page, Rejection, article_id
from crawler.site import Site
from crawler.urls import absolute, canonical_url, host_of

_LANGUAGE_SAMPLE = 2_000  # characters by which a language is recognised


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was read to the end: what each part of the extraction found."""

    document: Document
    encoding: str
    address: str  # canonical
    language: str | None
    text: Text
    title: Verdict[str]
    subtitle: Verdict[str]
    people: People
    publication: Publication
    section: Verdict[tuple[str, ...]]
    tags: Verdict[tuple[str, ...]]


def read(page: Page, site: Site) -> Reading | Rejection:
    """Return all that was read of a page's article, or why the page is none."""
    refused = unreadable(page)
    if refused:
        return refused
    decoded = decode(page.body, page.content_type)
    try:
        root = parse(decoded.text)
        if root is None:
            return Rejection(reason="empty", detail="no element")
        canonical_url(page.url)  # raises for what is no address, before anything reads parts of it
        document = read_document(root, page, site)
        return named_otherwise(document) or _read_article(document, decoded.encoding, _address(document))
    except TooLargeError as error:
        return Rejection(reason="too-large", detail=str(error))
    except InvalidUrlError as error:
        return Rejection(reason="bad-url", detail=str(error)[:200])


def _read_article(document: Document, encoding: str, address: str) -> Reading | Rejection:
    text, title = read_text(document), read_title(document)
    publication = judge(document, text)
    language = detect(text.joined[:_LANGUAGE_SAMPLE])
    rejection = not_an_article(document, text, publication, title, language)
    if rejection:
        return rejection
    return Reading(
        document, encoding, address, language, text, title, read_subtitle(document, text, title.value or ""),
        read_people(document, text), publication, read_section(document), read_tags(document, text),
    )  # fmt: skip


def article_of(reading: Reading) -> Article:
    """Return the values of a reading as an Article."""
    document, text, people = reading.document, reading.text, reading.people
    page, site, record = document.page, document.site, document.page.record
    joined = text.joined
    digest = hashlib.sha256(joined.encode()).hexdigest()
    published, modified = reading.publication.published, reading.publication.modified
    return Article(
        id=article_id(reading.address, digest),
        url=page.url,
        canonical_url=reading.address,
        site=site.name,
        outlet=site.outlet_ar,
        country=site.country,
        language=reading.language,
        title=reading.title.value or "",
        subtitle=reading.subtitle.value,
        authors=list(people.authors.value or ()),
        agency=people.agency.value,
        dateline=people.dateline.value,
        published=published.moment.value if published else None,
        published_source=f"{published.layer}: {published.place}" if published else None,
        published_precision=published.moment.precision if published else None,
        modified=modified.moment.value if modified else None,
        section=list(reading.section.value or ()),
        tags=list(reading.tags.value or ()),
        text=joined,
        images=read_images(document, text),
        links=read_links(document, text),
        word_count=count_words(joined),
        text_sha256=digest,
        fetched_at=page.fetched_at,
        http_status=page.http_status,
        warc_file=record.warc_file if record else None,
        warc_offset=record.warc_offset if record else None,
        warc_length=record.warc_length if record else None,
        warc_record_id=record.warc_record_id if record else None,
        payload_digest=record.payload_digest if record else None,
        run_id=page.run_id,
        extractor=extractor_name(),
        rules_digest=rules_digest(),
        layers=_layers(reading),
        text_agreement=text.agreement,
    )


def account_of(reading: Reading) -> dict[str, dict[str, Any]]:
    """Return for each field its value, the layer and place it came from, and what lost and why. JSON-able."""
    account = {name: _record(verdict) for name, verdict in _verdicts(reading).items()}
    text, publication = reading.text, reading.publication
    account["text"] = {
        "value": f"{len(text.paragraphs)} paragraphs",
        "layer": text.layer,
        "place": text.place,
        "agreement": text.agreement,
        "lost": [],
    }
    for name, claim in (("published", publication.published), ("modified", publication.modified)):
        lost = [(one, why) for one, why in publication.lost if one.modified is (name == "modified")]
        account[name] = {
            "value": _moment(claim.moment.value) if claim else None,
            "layer": claim.layer if claim else None,
            "place": claim.place if claim else "",
            "lost": [_lost_date(one, why) for one, why in lost],
        }
    return account


def _verdicts(reading: Reading) -> dict[str, Verdict[Any]]:
    people = reading.people
    return {
        "title": reading.title, "subtitle": reading.subtitle, "authors": people.authors,
        "agency": people.agency, "dateline": people.dateline, "section": reading.section,
        "tags": reading.tags,
    }  # fmt: skip


def _layers(reading: Reading) -> dict[str, str]:
    layers = {name: verdict.layer for name, verdict in _verdicts(reading).items() if verdict.layer}
    publication = reading.publication
    layers |= {
        name: claim.layer
        for name, claim in (("published", publication.published), ("modified", publication.modified))
        if claim
    }
    return layers | {"text": reading.text.layer}


def _address(document: Document) -> str:
    """Return the address that the page names as its own, if it is on the same site; else the fetched one."""
    page_url = document.page.url
    own = canonical_url(page_url)
    written = document.head.canonical
    named = absolute(page_url, written) if written and written != page_url else None
    if not named:
        return own
    host, domain = host_of(named), document.site.domain
    same_site = host == host_of(page_url) or host == domain or host.endswith(f".{domain}")
    candidate = canonical_url(named)
    is_home = candidate.count("/") == 3 and "?" not in candidate and candidate.endswith("/")  # noqa: PLR2004
    return candidate if same_site and not is_home else own


def _record(verdict: Verdict[Any]) -> dict[str, Any]:
    return {
        "value": list(verdict.value) if isinstance(verdict.value, tuple) else verdict.value,
        "layer": verdict.layer,
        "place": verdict.place,
        "lost": [
            {"layer": claim.layer, "place": claim.place, "value": _shown(claim.value), "why": why}
            for claim, why in verdict.lost
        ],
    }


def _lost_date(claim: DateClaim, why: str) -> dict[str, str]:
    return {"layer": claim.layer, "place": claim.place, "value": _moment(claim.moment.value), "why": why}


def _moment(value: datetime) -> str:
    return value.isoformat()


def _shown(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
