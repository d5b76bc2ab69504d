"""Date parts put together: which day, clock, weekday and zone belong to one moment. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.arabic import hijri
from crawler.arabic.clock import Clock
from crawler.arabic.elements import Element, Era, Filler, LabelWord, MonthName, Triple, Weekday
from crawler.arabic.readings import (
    HIJRI_YEARS,
    Context,
    Reading,
    Statement,
    day_readings,
    full_year,
    triple_readings,
)
from crawler.arabic.tokens import DAY_WIDTH, YEAR_WIDTH, Token
from crawler.arabic.zones import Zone

_GREGORIAN_YEARS = range(1900, 2101)
_LAST_DAY = 31
_JOINTS = frozenset({"-", "–", "—", "/", "و", "الي"})


@dataclass(slots=True)
class _Core:
    """A day found among the parts: what it may mean and which parts it is made of."""

    at: int  # index of the part that carries it
    used: frozenset[int]
    readings: list[Reading]
    form: str
    is_hijri: bool = False
    hijri_year_month_day: tuple[int, int, int] | None = None
    broken: bool = False


def statements(cluster: Sequence[Element], context: Context) -> Iterator[Statement]:
    """Yield what a cluster states, moment by moment."""
    cores = {core.at: core for core in _cores(cluster, context)}
    used = frozenset[int]().union(*(core.used for core in cores.values()))
    group: list[int] = []
    for at, element in enumerate(cluster):
        if at not in cores and (at in used or isinstance(element.value, Filler | Token | Era)):
            continue
        if _begins_another(cluster, at, group, cores):
            moved = _trailing_weekday(cluster, at, group, cores)
            yield from _statement(cluster, group[: len(group) - len(moved)], cores)
            group = moved
        group.append(at)
    yield from _statement(cluster, group, cores)


def _cores(cluster: Sequence[Element], context: Context) -> Iterator[_Core]:
    used: set[int] = set()
    for at, element in enumerate(cluster):
        core = None
        if isinstance(element.value, Triple):
            core = _numeric(cluster, at, element.value, context)
        elif isinstance(element.value, MonthName):
            core = _named(cluster, at, element.value, context, used)
        if core:
            used |= core.used
            yield core


def _numeric(cluster: Sequence[Element], at: int, triple: Triple, context: Context) -> _Core:
    a, b, c = (token.value for token in triple)
    era = cluster[at + 1].value if at + 1 < len(cluster) else None
    is_hijri = era.hijri if isinstance(era, Era) else None
    if is_hijri is not False:
        year_first = a in HIJRI_YEARS and triple.first.is_year
        if year_first or c in HIJRI_YEARS:
            day = (a, b, c) if year_first else (c, b, a)
            return _Core(at, frozenset({at}), [], "hijri", is_hijri=True, hijri_year_month_day=day)
    return _Core(
        at, frozenset({at}), triple_readings(triple, short=context.short), "numeric", broken=is_hijri is True
    )


def _named(
    cluster: Sequence[Element], at: int, name: MonthName, context: Context, used: set[int]
) -> _Core | None:
    """Day and year around a month's name, in whichever order they stand."""
    left, right = _neighbour(cluster, at, -1, used), _neighbour(cluster, at, 1, used)
    broken = not name.agreed
    day: int | None
    year: int | None
    if left is not None and _is_day(cluster, left):
        day, year = left, right if _is_year(cluster, right) else _far_year(cluster, at, left, used)
        broken = broken or _is_range(cluster, left)
        if year is None and right is not None and _is_day(cluster, right):
            return _two_digit(cluster, (left, at, right), name, context)
    elif right is not None and _is_day(cluster, right):
        day, year = right, left if _is_year(cluster, left) else _far_year(cluster, right, at, used)
    else:
        return None
    return None if year is None else _dated(cluster, (day, at, year), name, broken=broken)


def _dated(
    cluster: Sequence[Element], places: tuple[int, int, int], name: MonthName, *, broken: bool
) -> _Core | None:
    day, at, year = places
    numbers = _number(cluster, year), name.month.number, _number(cluster, day)
    if name.month.hijri:
        if numbers[0] not in HIJRI_YEARS:
            return None
        return _Core(
            at, frozenset(places), [], "hijri", is_hijri=True, hijri_year_month_day=numbers, broken=broken
        )
    form = "dual-month" if name.names > 1 else "named-month"
    return _Core(at, frozenset(places), day_readings(*numbers, "named"), form, broken=broken)


def _two_digit(
    cluster: Sequence[Element], places: tuple[int, int, int], name: MonthName, context: Context
) -> _Core | None:
    """25-Dec-20: only where one of the two numbers alone can be the day."""
    left, at, right = places
    if (
        not context.short
        or name.month.hijri
        or not all(_width(cluster, place) == DAY_WIDTH for place in (left, right))
    ):
        return None
    first, last = _number(cluster, left), _number(cluster, right)
    month = name.month.number
    readings = day_readings(full_year(last), month, first, "dmy") + day_readings(
        full_year(first), month, last, "ymd"
    )
    return _Core(at, frozenset(places), readings, "named-month", broken=not name.agreed)


def _neighbour(cluster: Sequence[Element], at: int, step: int, used: set[int]) -> int | None:
    """Return the place of the next part that says something."""
    place = at + step
    while 0 <= place < len(cluster) and isinstance(cluster[place].value, Filler):
        place += step
    return place if 0 <= place < len(cluster) and place not in used else None


def _far_year(cluster: Sequence[Element], right_of: int, left_of: int, used: set[int]) -> int | None:
    """The year that a clock, weekday or zone parts from its day: `2025 الخميس ,09 كانون الثاني / يناير`."""
    found = []
    for step, place in ((1, right_of + 1), (-1, left_of - 1)):
        at = place
        while 0 <= at < len(cluster) and isinstance(cluster[at].value, Filler | Weekday | Clock | Zone):
            at += step
        if 0 <= at < len(cluster) and at not in used and _is_year(cluster, at):
            found.append(at)
    return found[0] if len(found) == 1 else None


def _is_range(cluster: Sequence[Element], left: int) -> bool:
    """3 - 5 مايو: a span of days, no day."""
    if left < 2 or not 0 < _width(cluster, left - 2) <= DAY_WIDTH:  # noqa: PLR2004 - a number, a joint, this
        return False
    joint = cluster[left - 1].value
    return isinstance(joint, Filler) and joint.text in _JOINTS


def _is_day(cluster: Sequence[Element], at: int | None) -> bool:
    return at is not None and _width(cluster, at) in {1, 2} and 1 <= _number(cluster, at) <= _LAST_DAY


def _is_year(cluster: Sequence[Element], at: int | None) -> bool:
    if at is None or _width(cluster, at) != YEAR_WIDTH:
        return False
    return _number(cluster, at) in _GREGORIAN_YEARS or _number(cluster, at) in HIJRI_YEARS


def _width(cluster: Sequence[Element], at: int) -> int:
    value = cluster[at].value
    return value.width if isinstance(value, Token) else 0


def _number(cluster: Sequence[Element], at: int) -> int:
    value = cluster[at].value
    return value.value if isinstance(value, Token) else 0


def _begins_another(
    cluster: Sequence[Element], at: int, group: Sequence[int], cores: dict[int, _Core]
) -> bool:
    """Return whether the part at this place belongs to another moment than the group so far."""
    held = [cores[place] for place in group if place in cores]
    if not held:
        return False
    value = cluster[at].value
    if at in cores:
        return len(held) > 1 or held[0].is_hijri == cores[at].is_hijri
    more = any(place > at for place in cores)
    if isinstance(value, LabelWord):
        labelled = any(isinstance(cluster[place].value, LabelWord) for place in group)
        return more or labelled
    repeated = any(type(cluster[place].value) is type(value) for place in group)
    return more and repeated and isinstance(value, Clock | Weekday)


def _trailing_weekday(
    cluster: Sequence[Element], at: int, group: Sequence[int], cores: dict[int, _Core]
) -> list[int]:
    """The weekday at the end of a group, where it stands right before the next day and names that one."""
    last = group[-1]
    near = at in cores and isinstance(cluster[last].value, Weekday)
    return [last] if near and any(place in cores for place in group[:-1]) else []


def _statement(
    cluster: Sequence[Element], group: Sequence[int], cores: dict[int, _Core]
) -> Iterator[Statement]:
    held = [cores[place] for place in group if place in cores]
    if not held:
        return
    places = sorted({*group, *(place for core in held for place in core.used)})
    result = Statement(start=cluster[places[0]].start, end=cluster[places[-1]].end)
    result.form = "hijri+gregorian" if len(held) > 1 else held[0].form
    for core in held:
        result.broken = result.broken or core.broken
        result.readings += core.readings
        if core.is_hijri and core.hijri_year_month_day:
            result.has_hijri = True
            result.hijri_day = hijri.gregorian(*core.hijri_year_month_day)
            if result.hijri_day is None and len(held) > 1:  # a day that the reckoned month does not have
                result.hijri_day = hijri.day_after_the_last(*core.hijri_year_month_day)
        elif not core.readings:
            result.broken = True
    for place in group:
        _attach(result, cluster[place])
    yield result


def _attach(statement: Statement, element: Element) -> None:
    value = element.value
    if isinstance(value, Weekday):
        statement.broken = statement.broken or statement.weekday not in {None, value.number}
        statement.weekday = value.number
    elif isinstance(value, Clock):
        statement.clocks.append(value)
    elif isinstance(value, Zone):
        statement.zones.append(value)
    elif isinstance(value, LabelWord):
        statement.label = value.label
