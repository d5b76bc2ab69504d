"""What numbers may mean as a day, and which meaning survives what else the text says. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from crawler.arabic import hijri
from crawler.arabic.clock import Clock
from crawler.arabic.elements import Triple
from crawler.arabic.labels import Label
from crawler.arabic.moment import Moment, Precision
from crawler.arabic.zones import Zone

FIRST_YEAR = 1990  # no Arabic news site is older
LAST_YEAR = 2099  # where the time of fetching is not known
HIJRI_YEARS = range(1400, 1501)
_FUTURE = timedelta(
    days=1
)  # clocks and zones differ; nothing is published later than this after its fetching
_MONTH_FIRST = frozenset({"US"})

Order = Literal["ymd", "dmy", "mdy", "ydm", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known beside the text itself."""

    zone: tzinfo | None
    fetched_at: datetime | None
    country: str | None
    day_first: bool | None
    arabic: bool  # the text is written in Arabic letters or digits
    short: bool  # the text is a date and little else, so two-digit years may be read


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a day's numbers, in the Gregorian calendar."""

    day: date
    order: Order


@dataclass(slots=True, kw_only=True)
class Statement:
    """All that a text says of one moment."""

    start: int
    end: int
    form: str = "named-month"
    readings: list[Reading] = field(default_factory=list)
    hijri_day: date | None = None  # the Gregorian day that a Hijri date falls on
    has_hijri: bool = False
    weekday: int | None = None
    clocks: list[Clock] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    label: Label | None = None
    broken: bool = False  # it contradicts itself

    @property
    def clock(self) -> Clock | None:
        """The one time of day; two different ones are a span, whose day alone is certain."""
        return self.clocks[0] if len(set(self.clocks)) == 1 else None


def day_readings(year: int, month: int, day: int, order: Order) -> list[Reading]:
    """Return the reading, if there is such a day in a year that news sites know."""
    try:
        return [Reading(date(year, month, day), order)] if FIRST_YEAR <= year <= LAST_YEAR else []
    except ValueError:
        return []


def triple_readings(triple: Triple, *, short: bool) -> list[Reading]:
    """All meanings of three numbers; two-digit years only where the text is a date and nothing else."""
    a, b, c = (token.value for token in triple)
    if triple.first.is_year:
        return day_readings(a, b, c, "ymd") or day_readings(a, c, b, "ydm")
    if triple.third.is_year:
        return day_readings(c, b, a, "dmy") + day_readings(c, a, b, "mdy")
    if not short or not all(token.is_pair for token in triple):
        return []
    return (
        day_readings(full_year(c), b, a, "dmy")
        + day_readings(full_year(c), a, b, "mdy")
        + day_readings(full_year(a), b, c, "ymd")
    )


def full_year(two_digits: int) -> int:
    """Return the year that two digits stand for, from FIRST_YEAR on."""
    return two_digits + (1900 if two_digits >= FIRST_YEAR % 100 else 2000)


def resolve(statement: Statement, context: Context) -> Moment | None:
    """Return the one moment that satisfies the whole statement, or None."""
    zone = _zone(statement, context)
    if statement.broken or zone is None or (statement.clock and statement.clock.hour is None):
        return None
    readings = statement.readings
    if statement.has_hijri:
        readings = _checked_by_hijri(statement)
    agreeing = [reading for reading in readings if _weekday_agrees(statement, reading)]
    possible = [
        reading for reading in agreeing if _is_past(_value(statement, reading.day, zone), context.fetched_at)
    ]
    chosen, confidence = _chosen(possible, readings, statement, context)
    if chosen is None:
        return None
    given = bool(statement.clock) and any(found.known for found in statement.zones)
    return Moment(
        value=_value(statement, chosen.day, zone),
        precision=_precision(statement.clock),
        zone_given=given,
        confidence=confidence,
        form=statement.form,
    )


def _chosen(
    possible: list[Reading], readings: list[Reading], statement: Statement, context: Context
) -> tuple[Reading | None, float]:
    """Return the reading to believe and how far."""
    days = {reading.day for reading in possible}
    confirmed = statement.weekday is not None or (statement.has_hijri and bool(statement.readings))
    if len(days) == 1:
        if confirmed:
            return possible[0], 0.95
        if statement.has_hijri:
            return possible[0], 0.7 if context.country in hijri.UMM_AL_QURA else 0.6
        excluded = len({reading.day for reading in readings}) > 1
        odd = possible[0].order in {"mdy", "ydm"}
        return possible[0], 0.8 if excluded or odd else 0.9
    first = _day_first(context)
    by_habit = [reading for reading in possible if reading.order == ("dmy" if first else "mdy")]
    if len(days) > 1 and first is not None and not _two_digit(possible) and by_habit:
        return by_habit[0], 0.8 if context.day_first is not None or context.country else 0.7
    return None, 0.0


def _two_digit(possible: list[Reading]) -> bool:
    """Return whether even the year is in doubt; a habit of writing days and months does not settle that."""
    return len({reading.day.year for reading in possible}) > 1


def _day_first(context: Context) -> bool | None:
    if context.day_first is not None:
        return context.day_first
    if context.country:
        return context.country not in _MONTH_FIRST
    return True if context.arabic else None


def _checked_by_hijri(statement: Statement) -> list[Reading]:
    """Return the Gregorian readings that the Hijri date allows, or the Hijri date itself."""
    if statement.hijri_day is None:
        return []
    if statement.readings:
        return [
            reading
            for reading in statement.readings
            if abs((reading.day - statement.hijri_day).days) <= hijri.SIGHTING_DAYS
        ]
    days = [statement.hijri_day]
    if statement.weekday is not None:  # the weekday shows which day the moon was sighted
        days += [statement.hijri_day + timedelta(days=shift) for shift in (-1, 1)]
    return [Reading(day, "named") for day in days if FIRST_YEAR <= day.year <= LAST_YEAR]


def _weekday_agrees(statement: Statement, reading: Reading) -> bool:
    return statement.weekday is None or reading.day.weekday() == statement.weekday


def _is_past(value: datetime, fetched_at: datetime | None) -> bool:
    return fetched_at is None or value <= fetched_at + _FUTURE


def _zone(statement: Statement, context: Context) -> tzinfo | None:
    """The zone to reckon in; None where the clock's zone is named but unknown, or named twice differently."""
    own = context.zone or UTC
    if statement.clock is None or not statement.zones:
        return own
    if any(zone.known is None and not zone.local for zone in statement.zones):
        return None
    named = [own if zone.local else zone.known for zone in statement.zones]
    if statement.readings and len(named) > 1:
        day = datetime.combine(statement.readings[0].day, time(12))
        if len({zone.utcoffset(day) for zone in named if zone}) > 1:
            return None
    return named[0]


def _value(statement: Statement, day: date, zone: tzinfo) -> datetime:
    clock = statement.clock
    at = time(clock.hour or 0, clock.minute, clock.second or 0) if clock else time()
    return fixed(datetime.combine(day, at, tzinfo=zone))


def fixed(value: datetime) -> datetime:
    """The same moment with its offset written down, so that it compares and pickles without zone tables."""
    offset = value.utcoffset() or timedelta()
    return value.replace(tzinfo=timezone(offset) if offset else UTC)


def _precision(clock: Clock | None) -> Precision:
    if clock is None:
        return "day"
    return "minute" if clock.second is None else "second"
