"""Days and months in order, without gaps, and counts by them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

MOST = 1_200  # periods of one chart
_MONTH_LENGTH = 7  # of yyyy-mm


def filled(periods: Iterable[str]) -> list[str]:
    """Return all periods from the first to the last, of days (yyyy-mm-dd) or of months (yyyy-mm).

    Of more than MOST, the last ones. A text that is no period is left out.
    """
    known = sorted(filter(_is_period, periods))
    if not known:
        return []
    if len(known[0]) == _MONTH_LENGTH:
        return _months(known[0], known[-1])[-MOST:]
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    first = max(first, last - timedelta(days=MOST - 1))
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def by_month(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by days, or by months, as counts by months."""
    found: Counter[str] = Counter()
    for period, count in counts.items():
        found[period[:_MONTH_LENGTH]] += count
    return dict(found)


def is_monthly(counts: Mapping[str, int]) -> bool:
    return any(len(period) == _MONTH_LENGTH for period in counts)


def _months(first: str, last: str) -> list[str]:
    (year, month), (last_year, last_month) = _parsed(first), _parsed(last)
    start, end = year * 12 + month - 1, last_year * 12 + last_month - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def _parsed(text: str) -> tuple[int, int]:
    year, _, month = text.partition("-")
    return int(year), int(month)


def _is_period(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01" if len(text) == _MONTH_LENGTH else text)
    except ValueError:
        return False
    return True
