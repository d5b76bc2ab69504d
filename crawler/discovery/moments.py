"""Read the dates of feeds, sitemaps and addresses as spans of time. Pure.

A date of a list has two uses. An article whose page has no date gets it: the moment if the zone is known,
else the day. And any date, however vague, can prove that an article is too old or too new for a run.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from crawler.arabic.dates import parse_moment
from crawler.discovery.shape import path_segments
from crawler.discovery.source import Window

FIRST_YEAR, LAST_YEAR = 1990, 2100  # years outside come from empty database fields and misread numbers
MAX_TEXT = 100  # characters of a date

# Clocks on earth run from twelve hours behind Greenwich to fourteen ahead of it.
_BEHIND, _AHEAD = timedelta(hours=12), timedelta(hours=14)
_URL_SLACK = timedelta(days=1)  # an address may be made a day before or after the publication
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
# RFC 822: day, month's name, two digits of the year, time and zone; RFC 5322 (4.3) completes the year.
_SHORT_YEAR = re.compile(
    r"(?:[A-Z][a-z]{2},?\s*)?(\d{1,2}[ -][A-Za-z]{3}[ -])(\d\d)"
    r"(?=\s+\d{1,2}:\d\d(?::\d\d)?\s+(?:[A-Z]{1,4}|[+-]\d{4})$)"
)
_FIRST_SHORT_YEAR = 50  # of the last century
_UNKNOWN_ZONE = re.compile(r"\s*-00:?00$")  # RFC 3339 (4.3), RFC 5322 (3.3): the zone of the clock is unknown
_SURE = 0.7  # confidence from which a date is believed; a Hijri date alone may be a day off
_GREENWICH = frozenset({"Z", "UT", "UTC", "GMT"})
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,2}", re.ASCII)
_DAY = re.compile(r"((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """The span of time that a written date may mean, and its moment or day if that is certain."""

    earliest: datetime  # aware
    latest: datetime  # aware; the span includes it
    exact: datetime | None = None  # aware; None if the zone or the hour is unknown
    day: date | None = None  # as written, if there is no exact moment

    @property
    def certain(self) -> datetime | date | None:
        """The exact moment, or else the day."""
        return self.exact or self.day

    def too_old(self, window: Window) -> bool:
        """Return whether the whole span lies before the window."""
        return window.too_old(self.latest)

    def too_new(self, window: Window) -> bool:
        """Return whether the whole span lies after the window."""
        return window.too_new(self.earliest)


def read_moment(text: str | None, zone: tzinfo | None = None, country: str | None = None) -> Moment | None:
    """Return the span of a date of a list, or None if it cannot be read with certainty.

    Reads RFC 822, RFC 3339, W3C dates (down to the year alone) and all forms of dates on pages. `zone` is
    that of the site, for times without one; `country` (ISO 3166-1) decides how 3/4/2026 is read.
    """
    if text is None or len(text) > MAX_TEXT:
        return None
    text = _SHORT_YEAR.sub(_with_long_year, _UNKNOWN_ZONE.sub("", " ".join(text.split())))
    if not text:
        return None
    strict = _from_machine(text, zone)
    return strict if strict and strict.exact else _from_text(text, zone, country) or strict


def _with_long_year(found: re.Match[str]) -> str:
    year = int(found[2])
    return f"{found[1]}{year + (1900 if year >= _FIRST_SHORT_YEAR else 2000)}"


def _from_text(text: str, zone: tzinfo | None, country: str | None) -> Moment | None:
    """Read a date with the reader for dates on pages."""
    found = parse_moment(text, zone=zone, country=country)
    if found is None or found.confidence < _SURE or not FIRST_YEAR <= found.value.year <= LAST_YEAR:
        return None
    if found.precision == "day":
        return _day_span(found.value.year, found.value.month, found.value.day)
    if found.zone_given or zone is not None:
        return Moment(found.value, found.value, found.value)
    return _without_zone(found.value.replace(tzinfo=UTC))


def _from_machine(text: str, zone: tzinfo | None) -> Moment | None:
    """Read a date of RFC 822 or ISO 8601; a weekday before it is ignored."""
    found = _ISO.fullmatch(text) or _MAIL.fullmatch(text)
    if found is None:
        return None
    try:
        month = _month(found["month"])
    except ValueError:  # a name in another language
        return None
    if found["hour"] is not None and month is not None:
        return _clock(found, month, zone)
    return _day_span(int(found["year"]), month, int(found["day"]) if found["day"] else None)


def _without_zone(local: datetime) -> Moment:
    """Return the span of a time on an unknown clock, given as if the clock showed UTC."""
    return Moment(local - _AHEAD, local + _BEHIND, day=local.date())


def moment_in_url(url: str) -> Moment | None:
    """Return the day or month in the path of a dated address, as a span; never exact."""
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


def _clock(found: re.Match[str], month: int, site_zone: tzinfo | None) -> Moment | None:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    try:
        local = datetime(int(found["year"]), month, int(found["day"]), hour, minute, second, tzinfo=UTC)
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            return None
        zone = _zone(found["zone"]) if found["zone"] else site_zone
    except ValueError:  # 31 February, 25 o'clock, a zone of a hundred hours
        return None
    if zone is None:
        return _without_zone(local)
    exact = datetime.fromisoformat(local.replace(tzinfo=zone).isoformat())  # the offset, not the zone's rules
    return Moment(exact, exact, exact)


def _zone(text: str) -> timezone | None:
    if text in _GREENWICH:
        return UTC
    if text[0] not in "+-":  # letters: AST is Arabia's time or the Atlantic's
        return None
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)


def _day_span(year: int, month: int | None, day: int | None) -> Moment | None:
    """Return the year, month or day as a span that covers all time zones."""
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
    return Moment(start - _AHEAD, end + _BEHIND, day=start.date() if day is not None else None)
