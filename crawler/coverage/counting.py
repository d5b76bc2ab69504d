"""Count what a site advertised and what the archive holds of it, by day of publication, in its ledger.

A page is missing if the archive keeps no response that shows what the page is: it was not fetched yet, it
failed, it was gone before it was fetched, or the WARC file with its record is not in the archive. A page that
gave no article for a reason that may pass is missing while it is asked for again; after 30 days it counts as
given up. A page that was fetched and is not an article, or repeats a stored one, is not missing. A redirected
address counts as the address that it led to.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawler.errors import UsageError

UNKNOWN = "unknown"  # day of a page without a date of publication
_BY_SOURCE = {"feed": "feed", "sitemap": "sitemap", "wordpress": "api"}
_ROWS_AT_ONCE = 1_000

_REASON = """CASE
    WHEN text IS NULL AND reason = 'given-up' THEN NULL
    WHEN text IS NULL AND state = 'fetched' AND asked_since IS NOT NULL
        THEN coalesce(reason, 'not-fetched-yet')
    WHEN state = 'gone' AND text IS NULL THEN coalesce(reason, 'gone')
    WHEN state IN ('new', 'claimed', 'refused') AND text IS NULL THEN coalesce(reason, 'not-fetched-yet')
    WHEN payload IS NULL OR o.key IS NULL THEN 'no-record'
    WHEN present.id IS NULL THEN 'not-in-archive'
END"""
_PAGES = f"""
    (SELECT day_of(published) AS day, CAST(coalesce(pages.url, canonical) AS TEXT) AS url, via, state, text,
        fetched_at, gone_at, CAST(reason AS TEXT) AS reason, o.key AS held, present.id AS there,
        CAST({_REASON} AS TEXT) AS missing, text IS NULL AND reason IS 'given-up' AS given_up
    FROM pages LEFT JOIN originals AS o ON o.key = payload LEFT JOIN present ON present.id = o.file
    WHERE NOT (state = 'fetched' AND payload IS NULL AND asked_since IS NULL
        AND reason IN ('redirect', 'duplicate-address')))
    WHERE (:since IS NULL OR day >= :since AND day != 'unknown')
    AND (:until IS NULL OR day <= :until AND day != 'unknown')
"""  # noqa: S608 - words of this module
_COUNTED = """count(*), sum(fetched_at IS NOT NULL OR gone_at IS NOT NULL), sum(held IS NOT NULL),
    sum(there IS NOT NULL), sum(text IS NOT NULL), sum(missing IS NOT NULL), sum(given_up),
    sum(state = 'gone')"""


# fields of a Count, in the order of the columns above
_NUMBERS = ("advertised", "fetched", "archived", "read_back", "articles", "missing", "given_up", "gone")


@dataclass(kw_only=True, slots=True)
class Count:
    """Numbers of pages. Each of the first five counts a part of the one before it."""

    advertised: int = 0
    fetched: int = 0
    archived: int = 0  # a WARC record holds the response
    read_back: int = 0  # the archive lists the record's file, which was read back when it was written
    articles: int = 0
    missing: int = 0
    given_up: int = 0  # asked for during 30 days, and gave no article
    gone: int = 0  # the site answered that the page is gone; what was stored before stays
    sources: Counter[str] = field(default_factory=Counter)  # feed, sitemap, api, other

    @property
    def covered(self) -> float:
        """The percentage of the advertised pages that is neither missing nor given up; 100 without pages."""
        lost = self.missing + self.given_up
        return 100.0 * (self.advertised - lost) / self.advertised if self.advertised else 100.0

    def add(self, other: "Count") -> None:
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.sources += other.sources

    def record(self) -> dict[str, Any]:
        """Return the numbers as a value for JSON."""
        return {
            "advertised": self.advertised,
            "advertised_by": dict(sorted(self.sources.items())),
            "fetched": self.fetched,
            "archived": self.archived,
            "read_back": self.read_back,
            "articles": self.articles,
            "missing": self.missing,
            "given_up": self.given_up,
            "gone": self.gone,
            "covered_percent": round(self.covered, 2),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A missing page."""

    day: str  # of publication in the outlet's zone, or UNKNOWN
    reason: str
    url: str  # as the list wrote it


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The first and the last day of publication to count; None: no limit. A limit leaves out UNKNOWN."""

    since: date | None = None
    until: date | None = None

    def bounds(self) -> dict[str, str | None]:
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def days_between(since: str | None, until: str | None) -> Days:
    """Read the two days as a user writes them, like 2026-01-31. Raises UsageError."""
    days = Days(since=_parsed_day("since", since), until=_parsed_day("until", until))
    if days.since and days.until and days.since > days.until:
        raise UsageError(f"--since {since} lies after --until {until}.")
    return days


def _parsed_day(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--{name} {text!r} is not a day: write it as 2026-01-31.") from None


class Coverage:
    """A site's ledger beside the list of its WARC files. Every method raises sqlite3.Error."""

    def __init__(
        self, database: sqlite3.Connection, files: Iterable[str], zone: ZoneInfo | None, days: Days
    ) -> None:
        """Prepare the counting; nothing can be written into the database afterwards.

        `files` are the keys of the site's WARC files in the archive. `zone` is the outlet's time zone; None:
        each page's own.
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
        """Return the counts by day, the youngest first, UNKNOWN last."""
        found: dict[str, Count] = {}
        rows = self._database.execute(
            f"SELECT day, via, {_COUNTED} FROM {_PAGES} GROUP BY day, via", self._bounds  # noqa: S608
        )  # fmt: skip
        for day, via, *numbers in rows:
            found.setdefault(day, Count()).add(_count(via, numbers))
        return {day: found[day] for day in sorted(found, key=lambda day: (day != UNKNOWN, day), reverse=True)}

    def reasons(self) -> dict[str, int]:
        """Return how many pages are missing for each reason, the most frequent reason first."""
        rows = self._database.execute(
            f"SELECT missing, count(*) FROM {_PAGES} AND missing IS NOT NULL GROUP BY missing "  # noqa: S608
            "ORDER BY 2 DESC, 1",
            self._bounds,
        )
        return dict(rows.fetchall())

    def without_article(self) -> dict[str, int]:
        """Return how many fetched pages gave no article for each reason, the most frequent first."""
        rows = self._database.execute(
            f"SELECT coalesce(reason, 'unknown'), count(*) FROM {_PAGES} AND missing IS NULL "  # noqa: S608
            "AND text IS NULL AND NOT given_up GROUP BY 1 ORDER BY 2 DESC, 1",
            self._bounds,
        )
        return dict(rows.fetchall())

    def missing(self) -> Iterator[Missing]:
        """Yield every page that is missing or was given up, in the order of the ledger."""
        rows = self._database.execute(
            f"SELECT day, coalesce(missing, reason), url FROM {_PAGES} "  # noqa: S608
            "AND (missing IS NOT NULL OR given_up)",
            self._bounds,
        )
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            for day, reason, url in some:
                yield Missing(day=day, reason=reason, url=url)


def total(days: Iterable[Count]) -> Count:
    """Return the sum of counts."""
    whole = Count()
    for count in days:
        whole.add(count)
    return whole


def _count(via: str, numbers: list[int]) -> Count:
    named = dict(zip(_NUMBERS, numbers, strict=True))
    return Count(**named, sources=Counter({_BY_SOURCE.get(via, "other"): named["advertised"]}))


def _day(text: str | None, zone: ZoneInfo | None) -> str:
    """Return the day in the outlet's time zone; without one, in the zone that the page writes."""
    if text is None:
        return UNKNOWN
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(zone) if zone else moment).date().isoformat()
    except (ValueError, OverflowError, TypeError):  # a ledger of a foreign archive
        return UNKNOWN
