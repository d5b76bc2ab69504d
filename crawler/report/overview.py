"""Gather the values of a report about a whole archive.

One pass reads the articles' Parquet files in the order of their keys, and only the columns that are shown.
Memory holds the days of each site and the addresses of one month of one site, for any number of rows.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError
from crawler.health import RunRecord
from crawler.health.record import read_record
from crawler.site import Site
from crawler.storage import Entry, Storage
from crawler.tables.reader import read_table

# without images and links, whose columns are as large as all others together
FIELDS = ("published", "authors", "section", "tags", "subtitle", "agency", "dateline", "modified", "language")
COLUMNS = ("canonical_url", "outlet", "country", *FIELDS)
ROWS = 4_096  # rows of these columns in memory at once
GAP_DAYS = 7  # a longer time without an article is a gap
GAPS_SHOWN = 3
UNKNOWN = "unknown"
_MAX_PROBLEMS = 50


@dataclass(kw_only=True, slots=True)
class SiteOverview:
    """The numbers of one site. An article with several versions counts once in each month."""

    name: str
    arabic: str
    english: str
    country: str | None = None
    articles: int = 0
    rows: int = 0  # versions
    days: Counter[str] = field(default_factory=Counter)  # yyyy-mm-dd -> articles
    months: Counter[str] = field(default_factory=Counter)  # yyyy-mm or unknown -> articles
    fields: Counter[str] = field(default_factory=Counter)
    warc_bytes: int = 0
    table_bytes: int = 0
    runs: int = 0
    last: RunRecord | None = None

    def add(self, row: Mapping[str, Any], month: str) -> None:
        self.articles += 1
        self.country = self.country or row["country"]
        if row["outlet"] and self.arabic == self.name:
            self.arabic = row["outlet"]
        self.months[month] += 1
        if row["published"]:
            self.days[row["published"][:10]] += 1
        for name in FIELDS:
            self.fields[name] += bool(row[name])

    @property
    def gaps(self) -> list[tuple[str, str, int]]:
        """The longest gaps: the last day before, the first day after, the days without an article between."""
        known = sorted(day for day in map(_day, self.days) if day is not None)
        gaps = [(str(a), str(b), (b - a).days - 1) for a, b in pairwise(known) if (b - a).days > GAP_DAYS]
        return sorted(gaps, key=lambda gap: (-gap[2], gap[0]))[:GAPS_SHOWN]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The values that the page of an archive shows."""

    address: str
    sites: Sequence[SiteOverview]  # by name
    unread: Sequence[str]  # sentences about files that could not be read


def overview(storage: Storage, described: Sequence[Site], only: str | None = None) -> Overview:
    """Read the archive, or the site `only` in it. Raises ArchiveError where there is nothing to read."""
    known = {site.name: site for site in described}
    sites: dict[str, SiteOverview] = {}
    unread: list[str] = []

    def site_of(name: str) -> SiteOverview:
        if name not in sites:
            site = known.get(name)
            sites[name] = SiteOverview(
                name=name,
                arabic=site.outlet_ar if site else name,
                english=site.outlet_en if site else name,
                country=site.country if site else None,
            )
        return sites[name]

    folder = "" if only is None else f"{only}/"
    for entry in storage.list(f"warc/{folder}"):
        site_of(entry.key.split("/")[1]).warc_bytes += entry.size
    for site, month, entries in _months(storage, only):
        _count_month(storage, site_of(site), month, entries, unread)
    _count_runs(storage, site_of, only, unread)
    if not sites:
        whose = f"nothing of a site {only!r}" if only else "no site"
        raise ArchiveError(f"The archive {storage.address} holds {whose}.")
    return Overview(
        address=storage.address,
        sites=[sites[name] for name in sorted(sites)],
        unread=unread[:_MAX_PROBLEMS],
    )


def _months(storage: Storage, only: str | None) -> Iterator[tuple[str, str, Iterator[Entry]]]:
    """Yield the tables of each month of each site; the keys of one month are neighbours in the listing."""
    prefix = "articles/" if only is None else f"articles/site={only}/"
    tables = (entry for entry in storage.list(prefix) if entry.key.endswith(".parquet"))
    for (site, month), entries in groupby(tables, key=_place):
        if site and month:
            yield site, month, entries


def _place(entry: Entry) -> tuple[str, str]:
    parts = dict(part.partition("=")[::2] for part in entry.key.split("/")[1:3])
    return parts.get("site", ""), parts.get("month", "")


def _count_month(
    storage: Storage, site: SiteOverview, month: str, entries: Iterator[Entry], unread: list[str]
) -> None:
    seen: set[bytes] = set()
    for entry in entries:
        site.table_bytes += entry.size
        try:
            for row in read_table(storage, entry, COLUMNS, batch=ROWS):
                site.rows += 1
                mark = hashlib.blake2b((row["canonical_url"] or "").encode(), digest_size=8).digest()
                if mark not in seen:
                    seen.add(mark)
                    site.add(row, month)
        except ArchiveError as error:
            unread.append(str(error))


def _count_runs(storage: Storage, site_of: Any, only: str | None, unread: list[str]) -> None:
    newest: dict[str, str] = {}
    for name in storage.list_names("runs/"):
        run = name.removesuffix("/")
        site = site_of_run(run)
        if site is None or only not in {None, site}:
            continue
        site_of(site).runs += 1
        newest[site] = max(newest.get(site, ""), run)
    for site, run in newest.items():
        try:
            site_of(site).last = read_record(storage, run)
        except ArchiveError as error:
            unread.append(str(error))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
