"""Count the articles of a run for its report. Pure."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Self

from crawler.health.facts import OPTIONAL_FIELDS

HEADLINES = 25
MAX_SECTIONS = 5_000  # different names that are counted; more are not real sections
ROWS = 4_096  # rows of these columns in memory at once
COLUMNS = (
    "title",
    "url",
    "outlet",
    "country",
    "fetched_at",
    "warc_file",
    "warc_offset",
    "warc_length",
    *OPTIONAL_FIELDS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """An article in the list of headlines."""

    title: str
    url: str
    published: str | None  # RFC 3339, in the outlet's zone
    section: str | None
    warc_file: str | None
    warc_offset: int | None  # bytes
    warc_length: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        names = ("warc_file", "warc_offset", "warc_length", "published")
        section = row["section"][0] if row["section"] else None
        return cls(
            title=row["title"] or "",
            url=row["url"] or "",
            section=section,
            **{name: row[name] for name in names},
        )


@dataclass(kw_only=True, slots=True)
class Stories:
    """Counts of article rows; memory does not grow with their number."""

    total: int = 0
    days: Counter[str] = field(default_factory=Counter)  # yyyy-mm-dd in the outlet's time zone
    sections: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)  # field -> articles that have it
    read_at: Counter[int] = field(default_factory=Counter)  # epoch second of fetching -> articles
    outlet: str | None = None
    country: str | None = None
    _newest: list[tuple[float, int, Headline]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def add(self, row: Mapping[str, Any]) -> None:
        self.total += 1
        self.outlet = self.outlet or row["outlet"]
        self.country = self.country or row["country"]
        for name in OPTIONAL_FIELDS:
            if row[name]:
                self.fields[name] += 1
        if row["published"]:
            self.days[row["published"][:10]] += 1
        if row["section"]:
            self._count_section(row["section"][0])
        if fetched := _instant(row["fetched_at"]):
            self.read_at[int(fetched)] += 1
        newest = (_instant(row["published"]) or 0.0, next(self._order), Headline.of(row))
        heapq.heappush(self._newest, newest)
        if len(self._newest) > HEADLINES:
            heapq.heappop(self._newest)

    @property
    def undated(self) -> int:
        return self.total - sum(self.days.values())

    @property
    def headlines(self) -> list[Headline]:
        """The newest articles, newest first."""
        return [headline for _, _, headline in sorted(self._newest, key=lambda each: each[:2], reverse=True)]

    def _count_section(self, name: str) -> None:
        if name in self.sections or len(self.sections) < MAX_SECTIONS:
            self.sections[name] += 1


def _instant(text: str | None) -> float | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
