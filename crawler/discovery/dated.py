"""Archives by day, month or year: pages that list the articles of one period. Pure.

They lead back in time where feeds and sitemaps hold only recent articles: one address for each period,
newest period first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from crawler.discovery.listing import article_entries, following_page
from crawler.discovery.markup import links_of
from crawler.discovery.moments import FIRST_YEAR, LAST_YEAR
from crawler.discovery.paging import Page
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import refusal
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window

MAX_PAGES = 100  # of one period
MAX_EMPTY = 1_000  # periods in a row
_AHEAD = timedelta(hours=4)  # no Arab capital's clock is further ahead of Greenwich
_BEHIND = timedelta(days=1)  # the first day of a window may begin a day earlier in another zone
_PLACES = {
    "{yyyy}": r"(?P<year>(?:19|20)\d\d)", "{mm}": r"(?P<month>\d\d)", "{m}": r"(?P<month>\d\d?)",
    "{dd}": r"(?P<day>\d\d)", "{d}": r"(?P<day>\d\d?)",
}  # fmt: skip
_PLACE = re.compile(r"\{\w*\}")
_OK, _MISSING, _GONE = 200, 404, 410


@dataclass(frozen=True, slots=True)
class Dated:
    """The archive pages of a site, by an address with a date: "https://site/{yyyy}/{mm}/{dd}/".

    Without {dd} a page lists a month, without {mm} a year; {m} and {d} have no leading zero. The periods are
    requested from the newest in the run's window back to the one with the day `first` (2015-01-31), up to
    `pages` pages each, until `empty` periods in a row have no articles of their own.

    Raises ValueError for an address without a date or with a wrong one, and for numbers out of bounds.
    """

    url: str
    first: str
    pages: int = 20
    empty: int = 31

    kind: ClassVar[str] = "dated"

    def __post_init__(self) -> None:
        places = _PLACE.findall(self.url)
        steps = [place[1] for place in places]
        if not set(places) <= set(_PLACES) or "".join(sorted(steps)) not in ("y", "my", "dmy"):
            raise ValueError(
                f"Dated {self.url!r}: write {{yyyy}}, {{mm}} and {{dd}} (or {{m}}, {{d}}), each at most "
                "once, none without the longer period."
            )
        if not _is_day(self.first):
            raise ValueError(
                f"Dated {self.url!r}: first must be a day from {FIRST_YEAR} on, like 2015-01-31; "
                f"it is {self.first!r}."
            )
        for name, most in (("pages", MAX_PAGES), ("empty", MAX_EMPTY)):
            if not 1 <= getattr(self, name) <= most:
                raise ValueError(
                    f"Dated {self.url!r}: {name} must be 1 to {most}; it is {getattr(self, name)}."
                )

    def lookups(self, window: Window) -> Iterator[Lookup]:
        """Yield the lookup of the newest period in the window; each period leads to the one before it."""
        today = (datetime.now(UTC) + _AHEAD).date()
        youngest = min(today, window.until.date()) if window.until else today
        period = self._start(youngest)
        if period >= self._oldest(window):
            yield Lookup(url=self._address(period), source=self, newest=self._end(period))

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        period = self._period(lookup.url)
        if answer.status != _OK:
            yield refusal("status", f"{answer.status} {answer.url}")
            met: frozenset[str] = frozenset()
        else:
            page = Page(lookup, window, scope)
            yield from self._entries(page, answer)
            met = frozenset(page.met)
        if lookup.page == 1 and period is not None:
            missed = answer.status not in (
                _OK,
                _MISSING,
                _GONE,
            )  # an error of the server does not make a day empty
            yield from self._earlier(lookup, period, None if missed else met, window)

    def _entries(self, page: Page, answer: Answer) -> Iterator[Finding]:
        links = links_of(answer)
        if isinstance(links, Refusal):
            yield links
            return
        for entry in article_entries(links, answer, page.scope):
            yield page.sift(replace(entry, via=self.kind))
        following = following_page(links, page.lookup, answer, page.scope)
        for finding in page.turn(following, self.pages):
            # Only first pages lead to the period before; a following page belongs to the same period.
            yield replace(finding, newest=page.lookup.newest) if isinstance(finding, Lookup) else finding

    def _earlier(
        self, lookup: Lookup, period: date, met: frozenset[str] | None, window: Window
    ) -> Iterator[Finding]:
        """Yield the lookup of the period before, if there is one.

        The trail of a lookup holds the periods without articles just passed, and the articles of the last
        period that had any: an address that stands on the pages of all periods is no article of one.
        """
        before = self._start(period - timedelta(days=1))
        if before < self._oldest(window):
            return
        empty = {url for url in lookup.trail if self._period(url) is not None}
        known = lookup.trail - empty
        if met is None:
            trail = lookup.trail
        elif met <= known:
            trail = lookup.trail | {lookup.url}
            if len(empty) + 1 >= self.empty:
                yield refusal("nothing-older", lookup.url)
                return
        else:
            trail = met
        yield Lookup(url=self._address(before), source=self, depth=1, trail=trail, newest=self._end(before))

    def _oldest(self, window: Window) -> date:
        """Return the start of the last period to ask for."""
        first = date.fromisoformat(self.first)
        if window.since is not None:
            first = max(first, (window.since - _BEHIND).date())
        return self._start(first)

    def _start(self, day: date) -> date:
        if "{yyyy}" in self.url and "{m" not in self.url:
            return day.replace(month=1, day=1)
        return day if "{d" in self.url else day.replace(day=1)

    def _end(self, period: date) -> datetime:
        """Return a moment after the end of a period in every time zone."""
        if "{d" in self.url:
            following = period + timedelta(days=1)
        elif "{m" in self.url:
            following = (period + timedelta(days=31)).replace(day=1)
        else:
            following = period.replace(year=period.year + 1)
        return datetime(following.year, following.month, following.day, tzinfo=UTC) + timedelta(hours=12)

    def _address(self, period: date) -> str:
        values = {
            "{yyyy}": f"{period.year:04}", "{mm}": f"{period.month:02}", "{m}": str(period.month),
            "{dd}": f"{period.day:02}", "{d}": str(period.day),
        }  # fmt: skip
        return _PLACE.sub(lambda place: values[place[0]], self.url)

    def _period(self, url: str) -> date | None:
        """Return the period whose first page has this address."""
        pattern = "".join(
            _PLACES[part] if part in _PLACES else re.escape(part) for part in re.split(r"(\{\w*\})", self.url)
        )
        found = re.fullmatch(pattern, url, re.ASCII)
        if found is None:
            return None
        parts = found.groupdict()
        try:
            return date(int(parts["year"]), int(parts.get("month") or 1), int(parts.get("day") or 1))
        except ValueError:  # 31 February
            return None


def _is_day(text: object) -> bool:
    try:
        return isinstance(text, str) and FIRST_YEAR <= date.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False
