"""Sitemaps: indexes, lists of pages, Google News sitemaps, plain text, and feeds used as sitemaps. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from crawler.discovery.feed import MAX_BYTES as MAX_FEED_BYTES
from crawler.discovery.feed import Feed
from crawler.discovery.inflate import UnreadableError, pieces
from crawler.discovery.moments import Moment, read_moment
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import Entry, refusal, sift, unanswered
from crawler.discovery.sitemap_rows import Row, text_rows, xml_rows
from crawler.discovery.sniff import document_kind, peek
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window
from crawler.urls import absolute, host_of

MAX_PAGES = 100_000  # rows of one list; the protocol allows 50,000
MAX_NESTED = 50_000  # sitemaps of one index, the bound of the protocol
MAX_DEPTH = 3  # indexes within indexes, which the protocol does not allow

_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or an index of sitemaps.

    It may lie on any host, because its address comes from the description of the site or from its robots.txt.
    The sitemaps that it lists must lie on the site or on its own host, the pages on the site.
    """

    url: str

    kind: ClassVar[str] = "sitemap"

    def lookups(self, window: Window) -> Iterator[Lookup]:  # noqa: ARG002 - a sitemap has one beginning
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        if missing := unanswered(answer):
            yield missing
            return
        try:
            head, stream = peek(pieces(answer.body))
        except UnreadableError as error:
            yield refusal(str(error), answer.url)
            return
        content_type = answer.headers.get("content-type")
        match document_kind(head):
            case "feed":
                yield from _as_feed(lookup, answer, window, scope)
            case "sitemap" | "xml":
                rows = xml_rows(stream, answer.url, content_type)
                yield from self._findings(rows, lookup, answer, window, scope)
            case "addresses":
                rows = text_rows(stream, answer.url, content_type)
                yield from self._findings(rows, lookup, answer, window, scope)
            case _:
                yield refusal("not-a-sitemap", answer.url)

    def _findings(
        self, rows: Iterator[Row | Refusal], lookup: Lookup, answer: Answer, window: Window, scope: Scope
    ) -> Iterator[Finding]:
        nested: dict[str, Moment | None] = {}
        pages = 0
        for row in rows:
            if isinstance(row, Refusal):
                yield row
            elif not row.loc:
                yield refusal("no-link", answer.url)
            elif row.nested:
                if len(nested) == MAX_NESTED:
                    yield refusal("too-many-sitemaps", answer.url)
                    break
                nested.setdefault(
                    absolute(answer.url, row.loc) or row.loc, read_moment(row.lastmod, scope.zone)
                )
            elif pages == MAX_PAGES:
                yield refusal("too-many-entries", answer.url)
                break
            else:
                pages += 1
                yield sift(_entry(row, answer.url, scope), window, scope)
        for url in _newest_first(nested):
            yield self._nested(url, nested[url], lookup, answer, window, scope)

    def _nested(
        self, url: str, lastmod: Moment | None, lookup: Lookup, answer: Answer, window: Window, scope: Scope
    ) -> Lookup | Refusal:
        """Return the lookup of a sitemap that an index lists; its lastmod bounds the dates of its pages."""
        trail = lookup.trail | {lookup.url, answer.url}
        if absolute(url, "") is None:
            return refusal("not-a-url", url)
        if url in trail:
            return refusal("loop", url)
        if not scope.on_site(url) and host_of(url) != host_of(self.url):
            return refusal("off-site", url)
        if lookup.depth >= MAX_DEPTH:
            return refusal("too-deep", url)
        if lastmod is not None and lastmod.too_old(window):
            return refusal("outside-window", url)
        return Lookup(
            url=url,
            source=lookup.source,
            depth=lookup.depth + 1,
            trail=trail,
            newest=lastmod.latest if lastmod is not None else None,
        )


def _newest_first(nested: dict[str, Moment | None]) -> list[str]:
    """Return the dated rows from new to old, then the others in list order."""
    return sorted(
        nested, key=lambda url: moment.latest if (moment := nested[url]) else _UNDATED, reverse=True
    )


def _entry(row: Row, base: str, scope: Scope) -> Entry:
    return Entry(
        via=Sitemap.kind,
        base=base,
        link=row.loc,
        title=row.title,
        published=read_moment(row.publication_date, scope.zone, scope.country),
        modified=read_moment(row.lastmod, scope.zone, scope.country),
        vouched=row.news,
    )


def _as_feed(lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
    """Yield the entries of a feed, which the sitemap protocol allows instead of a sitemap."""
    try:
        body = b"".join(pieces(answer.body, MAX_FEED_BYTES))
    except UnreadableError as error:
        yield refusal(str(error), answer.url)
        return
    yield from Feed(lookup.url).read(lookup, replace(answer, body=body), window, scope)
