"""The calendar of an outlet's coverage: what it advertised and what the archive keeps, day by day. Pure."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["outside", "none", "kept", "part", "missing"]
FIRST_WEEKDAY = calendar.SATURDAY  # the week of most Arab countries
_LEVELS = (1, 5, 20, 60)  # articles from which on a day is drawn darker


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """The numbers of one day of publication."""

    kept: int = 0  # articles in the archive
    advertised: int = 0  # pages that the outlet's lists named; 0 where no ledger is there
    missing: int = 0  # of these, pages that the archive does not hold


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day as it is drawn."""

    day: date
    state: State
    level: int  # 0 to 4, by the articles that are kept
    count: DayCount


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month: weeks of seven days, None where the day belongs to another month."""

    year: int
    month: int
    weeks: tuple[tuple[Day | None, ...], ...]
    kept: int
    missing: int
    silent: int  # days within the coverage of which nothing is known

    @property
    def name(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def months_of_year(year: int, counts: Mapping[date, DayCount], first: date, last: date) -> list[Month]:
    """Return the months of a year that lie between the first and the last day of the coverage."""
    return [
        _month(year, number, counts, first, last)
        for number in range(1, 13)
        if (first.year, first.month) <= (year, number) <= (last.year, last.month)
    ]


def years_of(counts: Iterable[date]) -> list[int]:
    """Return the years with a known day, the newest first."""
    return sorted({day.year for day in counts}, reverse=True)


def _month(year: int, number: int, counts: Mapping[date, DayCount], first: date, last: date) -> Month:
    weeks = [
        tuple(
            _day(day, counts.get(day, DayCount()), first, last) if day.month == number else None
            for day in week
        )
        for week in calendar.Calendar(FIRST_WEEKDAY).monthdatescalendar(year, number)
    ]
    days = [day for week in weeks for day in week if day is not None]
    return Month(
        year=year,
        month=number,
        weeks=tuple(weeks),
        kept=sum(day.count.kept for day in days),
        missing=sum(day.count.missing for day in days),
        silent=sum(day.state == "none" for day in days),
    )


def _day(day: date, count: DayCount, first: date, last: date) -> Day:
    level = sum(count.kept >= least for least in _LEVELS)
    return Day(day=day, state=_state(day, count, first, last), level=level, count=count)


def _state(day: date, count: DayCount, first: date, last: date) -> State:
    if count.missing:
        return "part" if count.kept else "missing"
    if count.kept:
        return "kept"
    return "none" if first <= day <= last else "outside"
