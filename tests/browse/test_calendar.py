"""The days of an outlet: their states, their weeks."""

from datetime import date

import pytest

from crawler.browse.calendar import DayCount, months_of_year, years_of
from crawler.browse.periods import by_month, filled, is_monthly


@pytest.mark.parametrize(
    ("count", "state", "level"),
    [
        (DayCount(kept=3, advertised=3), "kept", 1),
        (DayCount(kept=100, advertised=100), "kept", 4),
        (DayCount(kept=3, advertised=5, missing=2), "part", 1),
        (DayCount(advertised=2, missing=2), "missing", 0),
        (DayCount(), "none", 0),
    ],
)
def test_the_state_of_a_day(count: DayCount, state: str, level: int) -> None:
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    [month] = months_of_year(2026, {date(2026, 2, 10): count}, first, last)
    days = {day.day: day for week in month.weeks for day in week if day}
    assert (days[date(2026, 2, 10)].state, days[date(2026, 2, 10)].level) == (state, level)
    assert len(days) == 28


def test_weeks_begin_on_saturday_and_days_outside_are_told_apart() -> None:
    counts = {date(2026, 2, 10): DayCount(kept=1), date(2026, 3, 5): DayCount(kept=2, missing=1)}
    months = months_of_year(2026, counts, min(counts), max(counts))
    assert [(month.name, month.kept, month.missing, month.silent) for month in months] == [
        ("2026-02", 1, 0, 18),
        ("2026-03", 2, 1, 4),
    ]
    assert all(week[0] is None or week[0].day.isoweekday() == 6 for month in months for week in month.weeks)
    states = {day.day: day.state for month in months for week in month.weeks for day in week if day}
    assert (states[date(2026, 2, 9)], states[date(2026, 2, 11)]) == ("outside", "none")


def test_only_years_with_days_are_offered() -> None:
    assert years_of([date(2019, 7, 1), date(2026, 1, 1), date(2019, 1, 1)]) == [2026, 2019]


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([], []),
        (["2026-02-27", "2026-03-02"], ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]),
        (["2026-02", "2025-12"], ["2025-12", "2026-01", "2026-02"]),
        (["unknown"], []),
        (["2026-13", "2026-02"], ["2026-02"]),
    ],
)
def test_periods_without_gaps(periods: list[str], expected: list[str]) -> None:
    assert filled(periods) == expected


def test_an_archive_of_a_thousand_years_gives_a_chart_of_bounded_width() -> None:
    assert len(filled(["1026-01", "2026-01"])) == 1_200
    assert len(filled(["1026-01-01", "2026-01-01"])) == 1_200


def test_days_are_summed_by_month() -> None:
    assert by_month({"2026-02-01": 2, "2026-02-09": 1, "2026-03-01": 4}) == {"2026-02": 3, "2026-03": 4}
    assert is_monthly({"2026-02": 1})
    assert not is_monthly({"2026-02-01": 1})
