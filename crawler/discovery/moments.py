"""Dates as feeds, sitemaps and addresses write them, with the span they may stand for. Pure.

A list's date serves two ends: an exact moment is told on, and only where the zone is written; a vague one
(a day, an hour without zone) still says that an article is certainly too old or too new for a run.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

from crawler.discovery.shape import path_segments
from crawler.discovery.source import Window

FIRST_YEAR, LAST_YEAR = 1990, 2100  # outside lie empty database fields and misread numbers
MAX_TEXT = 100  # characters of a date

# Clocks on earth run from twelve hours behind Greenwich to fourteen ahead of it.
_BEHIND, _AHEAD = timedelta(hours=12), timedelta(hours=14)
_URL_SLACK = timedelta(days=1)  # an address is coined before or after midnight
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>[A-Z]{1,5}|[+-]\d\d:?\d\d)?"
)
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})(?:[T\s]\s*{_TIME})?)?)?", re.ASCII
)
_MAIL = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{{1,2}})\s+(?P<month>[A-Za-z]{{3,9}})\.?,?\s+(?P<year>\d{{4}})(?:\s+{_TIME})?",
)
_GREENWICH = frozenset({"Z", "UT", "UTC", "GMT"})
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,2}", re.ASCII)
_DAY = re.compile(r"((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a written date stands for: a span of time, and the moment itself where it is certain."""

    earliest: datetime  # aware
    latest: datetime  # aware; the span includes it
    exact: datetime | None = None  # aware; None where the zone or the hour is not written

    def too_old(self, window: Window) -> bool:
        """Whether no instant of the span is young enough."""
        return window.too_old(self.latest)

    def too_new(self, window: Window) -> bool:
        """Whether no instant of the span is old enough."""
        return window.too_new(self.earliest)


def read_moment(text: str | None) -> Moment | None:
    """A date of RSS (RFC 822), Atom (RFC 3339) or a sitemap (W3C, down to the year alone), or None.

    Zones by letters other than Greenwich's are not believed: AST is Arabia's or the Atlantic's.
    """
    if text is None or len(text) > MAX_TEXT:
        return None
    found = _ISO.fullmatch(text.strip()) or _MAIL.fullmatch(text.strip())
    if found is None:
        return None
    try:
        month = _month(found["month"])
    except ValueError:  # a name in another language
        return None
    if found["hour"] is not None and month is not None:
        return _clock(found, month)
    return _day_span(int(found["year"]), month, int(found["day"]) if found["day"] else None)


def moment_in_url(url: str) -> Moment | None:
    """The day or month in the path of a dated address, as a span; never exact."""
    try:
        segments = path_segments(urlsplit(url))
    except ValueError:
        return None
    span = None
    for place, segment in enumerate(segments[:-1]):
        if day := _DAY.fullmatch(segment):
            span = _day_span(*map(int, day.groups()))
        elif _YEAR.fullmatch(segment) and _NUMBER.fullmatch(segments[place + 1]):
            day_text = segments[place + 2] if place + 2 < len(segments) else ""
            day_number = int(day_text) if _NUMBER.fullmatch(day_text) else None
            span = _day_span(int(segment), int(segments[place + 1]), day_number)
        if span:
            return Moment(span.earliest - _URL_SLACK, span.latest + _URL_SLACK)
    return None


def _month(text: str | None) -> int | None:
    if text is None or text.isdecimal():
        return int(text) if text else None
    return 1 + _MONTHS.index(text[:3].lower())


def _clock(found: re.Match[str], month: int) -> Moment | None:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    try:
        local = datetime(int(found["year"]), month, int(found["day"]), hour, minute, second, tzinfo=UTC)
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            return None
        zone = _zone(found["zone"])
    except ValueError:  # 31 February, 25 o'clock, a zone of a hundred hours
        return None
    if zone is None:
        return Moment(local - _AHEAD, local + _BEHIND)
    exact = local.replace(tzinfo=zone)
    return Moment(exact, exact, exact)


def _zone(text: str | None) -> timezone | None:
    if text in _GREENWICH:
        return UTC
    if (
        text is None or text[0] not in "+-" or text in {"-0000", "-00:00"}
    ):  # minus nought: zone unknown (RFC 3339)
        return None
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)


def _day_span(year: int, month: int | None, day: int | None) -> Moment | None:
    """The year, month or day as a span, wherever on earth it is meant."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if day is not None:
        end = start + timedelta(days=1)
    elif month is not None:
        end = start.replace(year=year + month // 12, month=month % 12 + 1)
    else:
        end = start.replace(year=year + 1)
    return Moment(start - _AHEAD, end + _BEHIND)
