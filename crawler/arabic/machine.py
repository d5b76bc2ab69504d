"""Dates as machines write them: ISO 8601, RFC 3339, seconds since 1970. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from crawler.arabic.moment import Moment, Precision
from crawler.arabic.readings import FIRST_YEAR, HIJRI_YEARS, LAST_YEAR, Context, fixed

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:(?:[Tt]\s?|\s{1,2})(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s?([Zz]|UTC|GMT|[+\-−]\d{2}(?::?\d{2})?)?(?:\[[A-Za-z_/+-]{1,40}\])?)?",
    re.ASCII,
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(\d{2})([Zz]|[+\-]\d{2}(?::?\d{2})?)?", re.ASCII
)
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?", re.ASCII)
_WIDEST = timedelta(hours=14)
_SIXTY = 60


def is_iso(text: str) -> bool:
    """Whether a whole text has the shape of an ISO 8601 date, sound or not; a Hijri year is none of ISO's."""
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    return match is not None and int(match[1]) not in HIJRI_YEARS


def parse_iso(text: str, context: Context) -> Moment | None:
    """Return the moment of a text that is an ISO 8601 date or moment and nothing else."""
    match = _ISO.fullmatch(text)
    if match:
        *day, hour, minute, second, _, offset = match.groups()
    else:
        match = _COMPACT.fullmatch(text)
        if not match:
            return None
        *day, hour, minute, second, offset = match.groups()
    own_zone = _offset(offset)
    if offset and own_zone is None:
        return None
    try:
        calendar_day = date(int(day[0]), int(day[1]), int(day[2]))
        clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        value = datetime.combine(calendar_day, clock, tzinfo=own_zone or context.zone or UTC)
    except ValueError:
        return None
    precision: Precision = "day" if hour is None else "minute" if second is None else "second"
    confidence = 1.0 if own_zone else 0.9
    return _bounded(value, precision, context, given=own_zone is not None, confidence=confidence, form="iso")


def parse_epoch(text: str, context: Context) -> Moment | None:
    """Return the moment of ten digits, seconds since 1970, or of thirteen, milliseconds."""
    match = _EPOCH.fullmatch(text)
    if not match:
        return None
    value = datetime.fromtimestamp(int(match[1]), tz=UTC)
    return _bounded(value, "second", context, given=True, confidence=0.8, form="epoch")


def _bounded(
    value: datetime, precision: Precision, context: Context, *, given: bool, confidence: float, form: str
) -> Moment | None:
    late = context.fetched_at is not None and value > context.fetched_at + timedelta(days=1)
    if late or not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    return Moment(value=fixed(value), precision=precision, zone_given=given, confidence=confidence, form=form)


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[2:])
    size = timedelta(hours=int(digits[:2]), minutes=minutes)
    if size > _WIDEST or minutes >= _SIXTY:
        return None
    return timezone(size if text[0] == "+" else -size)
