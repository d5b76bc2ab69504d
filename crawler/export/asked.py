"""Which articles of an archive an export selects. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from crawler.arabic.text import normalise
from crawler.archive.names import UNKNOWN_MONTH
from crawler.errors import UsageError
from crawler.export.words import Words
from crawler.options.arguments import parse_arguments

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"/month=([^/]+)/")
_ZONES_APART = timedelta(days=2)  # the largest distance of a moment from the same day in another zone


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A selection: an article must satisfy every limit that is set. Raises UsageError for a wrong value."""

    folder: str = "articles"  # folder of the generation
    sites: tuple[str, ...] = ()
    since: str | None = None  # a day in the outlet's time zone, or a moment with a zone; included
    until: str | None = None  # a day, which is included, or a moment with a zone, which is not
    section: str | None = None  # one of the article's sections, compared as words are
    words: tuple[str, ...] = ()  # title, subtitle or text holds one of them; see crawler.export.words
    whole_words: bool = True
    latest_only: bool = False
    distinct: str | None = None  # keep one row of each story or text: longest, earliest or exact
    prefer: tuple[str, ...] = ()  # sites whose row is kept before all others, the first before the second
    _words: Words | None = field(init=False, repr=False, default=None)
    _section: str | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        parse_arguments({"since": self.since, "until": self.until}, zone=None)  # raises for a wrong window
        for name, text in (("since", self.since), ("until", self.until)):
            if (
                text
                and not _DAY.fullmatch(text.strip())
                and datetime.fromisoformat(text.strip()).tzinfo is None
            ):
                raise UsageError(
                    f"{name}={text!r} has no zone: write a day, or a moment like 2026-01-31T18:00:00+03:00."
                )
        if self.prefer and not self.distinct:
            raise UsageError("--prefer says which article of a story is kept; add --distinct.")
        words = Words(self.words, whole=self.whole_words) if self.words else None
        object.__setattr__(self, "_words", words)
        object.__setattr__(self, "_section", normalise(self.section) if self.section else None)

    def admits_file(self, key: str) -> bool:
        """Return whether the month in a table's key admits articles of the selection."""
        found = _MONTH.search(key)
        month = found[1] if found else UNKNOWN_MONTH
        if month == UNKNOWN_MONTH:
            return not (self.since or self.until)
        first = (_day(self.since) - _ZONES_APART).isoformat()[:7] if self.since else ""
        last = (_day(self.until) + _ZONES_APART).isoformat()[:7] if self.until else "9999-99"
        return first <= month <= last

    def admits(self, row: Mapping[str, Any]) -> bool:
        """Return whether the selection holds an article."""
        if self.since or self.until:
            published = row["published"]
            if published is None or not self._in_time(published):
                return False
        if self._section is not None and self._section not in map(normalise, row["section"]):
            return False
        return self._words is None or self._words.match(row["title"], row["subtitle"], row["text"])

    def _in_time(self, published: str) -> bool:
        if self.since and not _at_least(published, self.since.strip()):
            return False
        if not self.until:
            return True
        until = self.until.strip()
        return published[:10] <= until if _DAY.fullmatch(until) else not _at_least(published, until)

    def record(self) -> dict[str, Any]:
        """Return the limits as a value for JSON."""
        names = (name for name in self.__dataclass_fields__ if not name.startswith("_"))
        values = {name: getattr(self, name) for name in names}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _at_least(published: str, bound: str) -> bool:
    if _DAY.fullmatch(bound):
        return published[:10] >= bound  # its offset is the outlet's, so this is the outlet's day
    return datetime.fromisoformat(published) >= datetime.fromisoformat(bound)


def _day(text: str) -> date:
    return datetime.fromisoformat(text.strip()).date()
