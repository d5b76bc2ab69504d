"""What a site advertised, and what the archive holds of it: counted in the ledger, by day of publication.

A page is missing where no answer of it was kept that tells what it is: it was not fetched yet, it failed, it
was gone before it was fetched, or the WARC file with its record is not in the archive. One that was fetched
and found to be no article, or one that is stored already, is not missing. An address that was redirected
counts where it led to.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

UNKNOWN = "unknown"  # day of what nobody dated
_BY_SOURCE = {"feed": "feed", "sitemap": "sitemap", "wordpress": "api"}
_ROWS_AT_ONCE = 1_000

_REASON = """CASE
    WHEN state = 'gone' AND text IS NULL THEN coalesce(reason, 'gone')
    WHEN state IN ('new', 'claimed', 'refused') AND text IS NULL THEN coalesce(reason, 'not-fetched-yet')
    WHEN payload IS NULL OR o.key IS NULL THEN 'no-record'
    WHEN present.id IS NULL THEN 'not-in-archive'
END"""
_PAGES = f"""
    (SELECT day_of(published) AS day, CAST(coalesce(pages.url, canonical) AS TEXT) AS url, via, state, text,
        fetched_at, gone_at, CAST(reason AS TEXT) AS reason, o.key AS held, present.id AS there,
        CAST({_REASON} AS TEXT) AS missing
    FROM pages LEFT JOIN originals AS o ON o.key = payload LEFT JOIN present ON present.id = o.file
    WHERE NOT (state = 'fetched' AND payload IS NULL AND reason IN ('redirect', 'duplicate-address')))
    WHERE (:since IS NULL OR day >= :since AND day != 'unknown')
    AND (:until IS NULL OR day <= :until AND day != 'unknown')
"""  # noqa: S608 - words of this module
_COUNTED = """count(*), sum(fetched_at IS NOT NULL OR gone_at IS NOT NULL), sum(held IS NOT NULL),
    sum(there IS NOT NULL), sum(text IS NOT NULL), sum(missing IS NOT NULL), sum(state = 'gone')"""


@dataclass(kw_only=True, slots=True)
class Count:
    """Numbers of pages, each part of those before it but the last two."""

    advertised: int = 0
    fetched: int = 0
    archived: int = 0  # a record holds the answer
    read_back: int = 0  # and the archive lists the record's file, which was read back when it was written
    articles: int = 0
    missing: int = 0
    gone: int = 0  # the site says so; what was stored before stays
    sources: Counter[str] = field(default_factory=Counter)  # feed, sitemap, api, other

    @property
    def covered(self) -> float:
        """Percent of what was advertised; 100 where nothing was."""
        return 100.0 * (self.advertised - self.missing) / self.advertised if self.advertised else 100.0

    def add(self, other: "Count") -> None:
        for name in ("advertised", "fetched", "archived", "read_back", "articles", "missing", "gone"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.sources += other.sources

    def record(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "advertised": self.advertised,
            "advertised_by": dict(sorted(self.sources.items())),
            "fetched": self.fetched,
            "archived": self.archived,
            "read_back": self.read_back,
            "articles": self.articles,
            "missing": self.missing,
            "gone": self.gone,
            "covered_percent": round(self.covered, 2),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """One page that is missing."""

    day: str  # of publication in the outlet's zone, or UNKNOWN
    reason: str
    url: str  # as the list wrote it


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The days of publication that are asked for, both included; None: open. A limit leaves out UNKNOWN."""

    since: date | None = None
    until: date | None = None

    def bounds(self) -> dict[str, str | None]:
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


class Coverage:
    """A site's ledger beside the archive's listing. Every method raises sqlite3.Error."""

    def __init__(
        self, database: sqlite3.Connection, files: Iterable[str], zone: ZoneInfo | None, days: Days
    ) -> None:
        """`files` are the keys of the site's WARC files that the archive lists; `zone` is the outlet's, or
        None where a page's own is to do.
        """
        self._database = database
        self._bounds = days.bounds()
        database.create_function("day_of", 1, lambda text: _day(text, zone), deterministic=True)
        database.execute("CREATE TEMP TABLE present (id INTEGER PRIMARY KEY)")
        database.executemany(
            "INSERT OR IGNORE INTO present SELECT id FROM files WHERE name = ?", ((name,) for name in files)
        )
        database.execute("PRAGMA query_only = ON")

    def days(self) -> dict[str, Count]:
        """By day, the youngest first, UNKNOWN last."""
        found: dict[str, Count] = {}
        rows = self._database.execute(
            f"SELECT day, via, {_COUNTED} FROM {_PAGES} GROUP BY day, via", self._bounds  # noqa: S608
        )  # fmt: skip
        for day, via, *numbers in rows:
            found.setdefault(day, Count()).add(_count(via, numbers))
        return {day: found[day] for day in sorted(found, key=lambda day: (day != UNKNOWN, day), reverse=True)}

    def reasons(self) -> dict[str, int]:
        """Why pages are missing, the most frequent reason first."""
        rows = self._database.execute(
            f"SELECT missing, count(*) FROM {_PAGES} AND missing IS NOT NULL GROUP BY missing "  # noqa: S608
            "ORDER BY 2 DESC, 1",
            self._bounds,
        )
        return dict(rows.fetchall())

    def without_article(self) -> dict[str, int]:
        """Why pages that were fetched gave no article of their own."""
        rows = self._database.execute(
            f"SELECT coalesce(reason, 'unknown'), count(*) FROM {_PAGES} AND missing IS NULL "  # noqa: S608
            "AND text IS NULL GROUP BY 1 ORDER BY 2 DESC, 1",
            self._bounds,
        )
        return dict(rows.fetchall())

    def missing(self) -> Iterator[Missing]:
        """Every page that is missing, in the order of the ledger."""
        rows = self._database.execute(
            f"SELECT day, missing, url FROM {_PAGES} AND missing IS NOT NULL", self._bounds  # noqa: S608
        )  # fmt: skip
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            for day, reason, url in some:
                yield Missing(day=day, reason=reason, url=url)


def total(days: Iterable[Count]) -> Count:
    whole = Count()
    for count in days:
        whole.add(count)
    return whole


def _count(via: str, numbers: list[int]) -> Count:
    advertised, fetched, archived, read_back, articles, missing, gone = numbers
    return Count(
        advertised=advertised, fetched=fetched, archived=archived, read_back=read_back, articles=articles,
        missing=missing, gone=gone, sources=Counter({_BY_SOURCE.get(via, "other"): advertised}),
    )  # fmt: skip


def _day(text: str | None, zone: ZoneInfo | None) -> str:
    """The day on the outlet's calendar; without a zone, on the one that the page writes."""
    if text is None:
        return UNKNOWN
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(zone) if zone else moment).date().isoformat()
    except (ValueError, OverflowError, TypeError):  # a ledger that somebody else wrote
        return UNKNOWN
