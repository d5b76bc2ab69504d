"""Moments relative to the moment of reading: منذ ساعتين, قبل 3 أيام, أمس, اليوم الاثنين. Pure.

Only a text that is such a phrase and nothing else counts: in prose these words are about other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crawler.arabic.clock import Clock, read_clock
from crawler.arabic.labels import Label, read_label
from crawler.arabic.moment import Moment, Precision
from crawler.arabic.months import WEEKDAYS, fold
from crawler.arabic.readings import Context, fixed
from crawler.arabic.tokens import Token
from crawler.arabic.zones import read_zone


def _folded(words: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(map(fold, phrase.split("_"))) for phrase in words.split())


_SINCE = _folded("منذ قبل من_قبل مند")
_AGO = _folded("ago مضت سابقا")
_NOW = _folded(
    """الآن للتو قبل_قليل منذ_قليل منذ_لحظات قبل_لحظات منذ_ثوان منذ_ثواني قبل_ثوان قبل_ثواني just_now now
    منذ_وقت_قصير"""
)
_DAYS_BACK = {
    **dict.fromkeys(_folded("اليوم today هذا_اليوم"), 0),
    **dict.fromkeys(_folded("أمس الأمس امس البارحة بالأمس يوم_أمس مساء_أمس yesterday"), 1),
    **dict.fromkeys(_folded("أول_أمس أمس_الأول اول_امس أول_من_أمس قبل_أمس"), 2),
}
_UNITS = {
    **dict.fromkeys(_folded("ثانية ثوان ثواني ثوانٍ second seconds sec secs"), timedelta(seconds=1)),
    **dict.fromkeys(_folded("دقيقة دقائق دقايق دقيقه minute minutes min mins"), timedelta(minutes=1)),
    **dict.fromkeys(_folded("ساعة ساعات ساعه hour hours hr hrs"), timedelta(hours=1)),
    **dict.fromkeys(_folded("يوم أيام يوما ايام يومًا day days"), timedelta(days=1)),
}
_DUALS = {
    ("ثانيتين",): timedelta(seconds=2), ("ثانيتان",): timedelta(seconds=2),
    ("دقيقتين",): timedelta(minutes=2), ("دقيقتان",): timedelta(minutes=2),
    ("ساعتين",): timedelta(hours=2), ("ساعتان",): timedelta(hours=2),
    ("يومين",): timedelta(days=2), ("يومان",): timedelta(days=2),
}  # fmt: skip
_NUMERAL_WORDS = """
    واحد_واحدة_a_an_one اثنين_اثنتين_two ثلاث_ثلاثة_three أربع_أربعة_four خمس_خمسة_five ست_ستة_six
    سبع_سبعة_seven ثماني_ثمانية_ثمان_eight تسع_تسعة_nine عشر_عشرة_ten
"""
_NUMERALS = {
    fold(word): number
    for number, words in enumerate(
        _NUMERAL_WORDS.split(),
        1,
    )
    for word in words.split("_")
}
_QUIET = frozenset(
    map(fold, ("،", ",", "-", "–", "|", ":", "(", ")", ".", "في", "الساعة", "عند", "at", "على", "و", "حوالي"))
)
_AND = "و"
_AND_A_HALF = fold("ونصف")
_LONGEST = 24  # tokens
_MAX_UNITS = 3650  # a page shows no greater age


@dataclass(slots=True)
class _Relation:
    """What a relative phrase holds."""

    back: timedelta | None = None
    days_back: int | None = None
    now: bool = False
    weekday: int | None = None
    clock: Clock | None = None
    zone: tzinfo | None = None
    label: Label | None = None


def parse_relative(pieces: Sequence[Token], context: Context) -> tuple[Moment, Label | None] | None:
    """Return the moment of a wholly relative phrase, with its label; None without `fetched_at`."""
    if context.fetched_at is None or not 0 < len(pieces) <= _LONGEST:
        return None
    relation = _read(pieces, context)
    if relation is None:
        return None
    moment = _moment(relation, context, context.fetched_at)
    return (moment, relation.label) if moment else None


def _read(pieces: Sequence[Token], context: Context) -> _Relation | None:
    relation = _Relation()
    at = 0
    while at < len(pieces):
        after = _anchor(pieces, at, relation) or _detail(pieces, at, relation, context)
        if after is None:
            return None
        at = after
    anchors = (relation.back is not None) + (relation.days_back is not None) + relation.now
    return relation if anchors == 1 else None


def _anchor(pieces: Sequence[Token], at: int, relation: _Relation) -> int | None:
    """Reads what the phrase reckons from; the place behind it, or None."""
    if relation.back is not None or relation.now or relation.days_back is not None:
        return None
    for length in (3, 2, 1):
        words = tuple(piece.text for piece in pieces[at : at + length])
        if len(words) < length:
            continue
        if words in _NOW:
            relation.now = True
            return at + length
        if words in _DAYS_BACK:
            relation.days_back = _DAYS_BACK[words]
            return at + length
        if words in _SINCE and (span := _span(pieces, at + length)):
            relation.back = span[0]
            return span[1]
    span = _span(pieces, at)
    if span and span[1] < len(pieces) and (pieces[span[1]].text,) in _AGO:
        relation.back = span[0]
        return span[1] + 1
    return None


def _span(pieces: Sequence[Token], at: int) -> tuple[timedelta, int] | None:
    """Return a length of time up to days, in one unit or several: ساعة ونصف, 3 ساعات و20 دقيقة."""
    span = _units(pieces, at)
    while span and span[1] + 1 < len(pieces) and pieces[span[1]].text == _AND:
        more = _units(pieces, span[1] + 1)
        if more is None:
            return None
        span = span[0] + more[0], more[1]
    if (
        span
        and span[1] < len(pieces)
        and pieces[span[1]].text == _AND_A_HALF
        and span[0] == timedelta(hours=1)
    ):
        span = span[0] * 1.5, span[1] + 1
    return span


def _units(pieces: Sequence[Token], at: int) -> tuple[timedelta, int] | None:
    """Return a number of seconds, minutes, hours or days. A week or more leaves the day in doubt."""
    if at >= len(pieces):
        return None
    if dual := _DUALS.get((pieces[at].text,)):
        return dual, at + 1
    count = pieces[at].value if pieces[at].kind == "number" else _NUMERALS.get(pieces[at].text)
    unit_at = at + 1 if count is not None else at
    unit = _UNITS.get((pieces[unit_at].text,)) if unit_at < len(pieces) else None
    if unit is None or (count is not None and count > _MAX_UNITS):
        return None
    end = unit_at + 1
    if count is None and end < len(pieces) and _NUMERALS.get(pieces[end].text) == 1:
        end += 1  # ساعة واحدة
    return unit * (1 if count is None else count), end


def _detail(pieces: Sequence[Token], at: int, relation: _Relation, context: Context) -> int | None:
    """Reads a label, weekday, clock, zone or filler; the place behind it, or None for anything else."""
    piece = pieces[at]
    if found := read_label(pieces, at):
        relation.label = found[0]
        return found[1]
    if piece.text in WEEKDAYS and relation.weekday is None:
        relation.weekday = WEEKDAYS[piece.text]
        return at + 1
    if piece.kind == "number" and relation.clock is None and (clock := read_clock(pieces, at)):
        relation.clock = clock[0]
        return clock[1]
    zone = read_zone(pieces, at, after_clock=relation.clock is not None, country=context.country)
    if zone and relation.zone is None and (zone[0].known or zone[0].local):
        relation.zone = zone[0].known
        return zone[1]
    return at + 1 if piece.text in _QUIET else None


def _moment(relation: _Relation, context: Context, fetched_at: datetime) -> Moment | None:
    zone = relation.zone or context.zone or UTC
    now = fetched_at.astimezone(zone)
    if relation.days_back is not None or relation.now:
        return _on_day(relation, now.date() - timedelta(days=relation.days_back or 0), zone, now)
    back = relation.back or timedelta()
    then = now - back
    if back >= timedelta(days=1) and not back % timedelta(days=1):
        return _on_day(relation, then.date(), zone, now)
    if relation.clock or (relation.weekday is not None and then.weekday() != relation.weekday):
        return None
    precision: Precision = "minute" if back < timedelta(hours=1) else "day"
    # Of an age in hours the day alone is asserted; the clock in the value is the best that can be reckoned.
    return _moment_of(then.replace(second=0, microsecond=0), precision, relation, 0.5)


def _on_day(relation: _Relation, day: date, zone: tzinfo, now: datetime) -> Moment | None:
    clock = relation.clock
    contradicted = relation.weekday is not None and day.weekday() != relation.weekday
    if contradicted or (clock and clock.hour is None):
        return None
    at = time(clock.hour or 0, clock.minute, clock.second or 0) if clock else time()
    value = datetime.combine(day, at, tzinfo=zone)
    if value > now:
        return None  # "today 14:00" read at noon: the page is an older one
    return _moment_of(
        value, "day" if clock is None else "minute", relation, 0.8 if relation.weekday is not None else 0.5
    )


def _moment_of(value: datetime, precision: Precision, relation: _Relation, confidence: float) -> Moment:
    return Moment(
        value=fixed(value),
        precision=precision,
        zone_given=relation.clock is not None and relation.zone is not None,
        confidence=confidence,
        form="relative",
    )
