"""The values that go from the spider to the storage: a Page as served, and the Article read from it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, time
from types import NoneType
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A URL that a feed, a sitemap, an API or a list page names as an article, with its advertised fields."""

    url: str
    via: str  # kind of the source: feed, sitemap, wordpress, listing
    title: str | None = None
    published: datetime | date | None = None  # aware, or a day if the zone or the hour is unknown
    modified: datetime | None = None  # aware

    @property
    def dated(self) -> datetime | None:
        """The publication or else the last change, for ordering; for a day its midnight in UTC."""
        if self.published is None or isinstance(self.published, datetime):
            return self.published or self.modified
        return datetime.combine(self.published, time(), tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPointer:
    """The position of a response record, enough to fetch it with one ranged read and decompress it."""

    warc_file: str  # key below the archive's root, warc/<site>/<yyyy>/<mm>/….warc.gz
    warc_offset: int  # bytes from the start of the file to the record's gzip member
    warc_length: int  # bytes of that member
    warc_record_id: str  # <urn:uuid:…>
    payload_digest: str | None  # sha256:<lower-case hex>; None where the standard defines no payload


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One response of a site, as the spider hands it to the pipelines."""

    url: str  # of the final answer, after redirects
    body: bytes  # bytes without the content encoding, not decoded to text
    http_status: int
    content_type: str | None  # the header as served
    fetched_at: datetime  # aware, UTC
    run_id: str | None = None
    record: RecordPointer | None = None
    candidate: Candidate | None = None  # the advertised fields of the page
    further: tuple["Page", ...] = ()  # the further pages of an article of several pages, in order


@dataclass(kw_only=True, slots=True)
class Article:
    """The article read from a page. An absent field is None or an empty list; times are aware."""

    id: str  # first 32 hex digits of SHA-256 over canonical_url, newline, text_sha256
    url: str  # as served
    canonical_url: str  # ASCII, one spelling for all spellings of an Arabic URL
    site: str
    outlet: str  # the outlet's name in Arabic, or the host of a site without a description
    country: str | None = None  # ISO 3166-1 alpha-2
    language: str | None = None  # ISO 639-1, detected by letters and words
    title: str
    subtitle: str | None = None
    authors: list[str] = field(default_factory=list)  # persons
    agency: str | None = None
    dateline: str | None = None  # the city that opens the text
    published: datetime | None = None
    published_source: str | None = None  # the layer that supplied the moment, and the place in it
    published_precision: str | None = None  # second, minute or day (day: midnight in the outlet's zone)
    modified: datetime | None = None
    section: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: str  # paragraphs joined by one newline, verbatim
    images: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    word_count: int
    text_sha256: str
    fetched_at: datetime
    http_status: int
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    warc_record_id: str | None = None
    payload_digest: str | None = None
    run_id: str | None = None
    previous_id: str | None = None  # id of the version that this one replaces, if the article changed
    extractor: str  # name and version
    rules_digest: str  # changes whenever a rule of the extraction does
    layers: dict[str, str] = field(default_factory=dict)  # field -> layer that supplied it
    text_agreement: float | None = None  # how far the two readers of the text agree, 0 to 1
    further_pages: str | None = None  # JSON array: address, record and digest of each page behind the first
    version_id: str | None = None  # of text, title, subtitle, authors, pictures (crawler/tables/versions.py)
    previous_version_id: str | None = None  # version_id of the version that this one replaces
    changed: list[str] | None = None  # the columns in which it differs from the version before it
    partial: str | None = None  # why the page showed only a part of the article: paywall, login
    image_digests: list[str] | None = None  # sha256:<hex> of the bytes of `images`, where all were known

    def record(self) -> dict[str, Any]:
        """Return the article as JSON-able values in declared order, times as RFC 3339 with zone."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def article_id(canonical_url: str, text_sha256: str) -> str:
    """Return the id of one version of an article: 32 hex digits."""
    return hashlib.sha256(f"{canonical_url}\n{text_sha256}".encode()).hexdigest()[:32]


def pointer_of(article: Article) -> RecordPointer | None:
    """Return the pointer to the record of an article, or None if it was not read from a record."""
    if not article.warc_file or article.warc_offset is None or article.warc_length is None:
        return None
    return RecordPointer(
        warc_file=article.warc_file,
        warc_offset=article.warc_offset,
        warc_length=article.warc_length,
        warc_record_id=article.warc_record_id or "",
        payload_digest=article.payload_digest,
    )


ARTICLE_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Article))


def further_pages_text(page: Page) -> str | None:
    """Return the column that lists the further pages of an article: a JSON array, or None for one page."""
    if not page.further:
        return None
    nothing = dict.fromkeys(RecordPointer.__dataclass_fields__)
    return json.dumps(
        [{"url": part.url, **(asdict(part.record) if part.record else nothing)} for part in page.further],
        ensure_ascii=False,
    )


def further_pages_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the pages in the column `further_pages` of a row, without those that have no record.

    Raises ValueError where the column holds anything else.
    """
    text = row.get("further_pages")
    parts = json.loads(text) if text else []
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise ValueError("further_pages is no JSON array of objects")
    names = ("url", *RecordPointer.__dataclass_fields__)
    kinds = {"warc_offset": int, "warc_length": int}
    for part in parts:
        wrong = [name for name in names if not isinstance(part.get(name), kinds.get(name, str) | NoneType)]
        if wrong:
            raise ValueError(f"further_pages: {wrong[0]} is of another type")
    return [part for part in parts if part["warc_file"] is not None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """A page that yields no article, and the counted reason."""

    reason: str  # a short slug: list, gallery, search, static, block, soft-404, language, empty, not-html…
    detail: str = ""
