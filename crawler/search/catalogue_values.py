"""The values that the catalogue returns. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One stored version of an article, without its text."""

    version_id: str  # of this version alone
    id: str  # of address and text: versions with another title alone share it
    url: str
    site: str
    published: str | None  # RFC 3339 in the outlet's zone
    precision: str | None  # second, minute or day
    fetched: str  # RFC 3339: when this version was fetched
    title: str
    section: tuple[str, ...]
    authors: tuple[str, ...]
    language: str | None
    words: int
    changed: tuple[str, ...]  # columns that differ from the version before, where its crawl noted them
    partial: str | None  # why the page showed only a part: paywall, login
    newest: bool  # the current version of its address: the last one that is whole, or else the last one
    table: str  # key of the Parquet file in the archive
    position: int  # row in it, from 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """An article that its site took away."""

    url: str
    site: str
    reason: str  # http-404, http-410
    first_gone: str  # RFC 3339: when a crawl first found it gone
    run_id: str  # of that crawl
    last: Version | None  # the newest version that was stored before; its `fetched` is when it was last seen
    returned: str | None  # when it was fetched again afterwards; None: it stayed away


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """What the archive holds of one site."""

    site: str
    outlet: str
    country: str | None
    articles: int  # addresses
    versions: int
    undated: int
    first_day: str | None  # of publication
    last_day: str | None
    languages: tuple[str, ...]  # the most frequent first
    last_fetched: str | None  # when the newest article was fetched
    last_run: str | None  # id of the newest run


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """What the whole archive holds."""

    articles: int
    versions: int
    outlets: int
    days: int  # days of publication with an article
    undated: int
    gone: int  # articles that their site took away and did not bring back
    runs: int
    warc_bytes: int  # that the manifests name
    table_bytes: int
    last_run: str | None  # id of the newest run
    last_fetched: str | None
