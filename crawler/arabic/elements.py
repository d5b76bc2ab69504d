"""The parts that dates are made of, recognised in a row of tokens. Pure, linear.

What is no part of a date is noise, and noise ends a cluster: no date reaches across it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.arabic.clock import Clock, read_clock, read_part
from crawler.arabic.labels import Label, read_label
from crawler.arabic.months import LIBYAN_MONTHS, MONTHS, WEEKDAYS, Month, fold
from crawler.arabic.tokens import Token
from crawler.arabic.zones import Zone, read_zone


@dataclass(frozen=True, slots=True)
class MonthName:
    """A month, named once or in two tongues; `agreed` is False where two names differ."""

    month: Month
    names: int  # 1 or 2
    agreed: bool = True


class Triple(NamedTuple):
    """Three numbers between two equal separators."""

    first: Token
    second: Token
    third: Token


class Weekday(NamedTuple):
    number: int  # 0 is Monday


class Era(NamedTuple):
    hijri: bool


class LabelWord(NamedTuple):
    label: Label


class Filler(NamedTuple):
    """A word or a mark that stands between the parts of a date and says nothing."""

    text: str


Value = MonthName | Triple | Weekday | Era | LabelWord | Filler | Clock | Zone | Token


class Element(NamedTuple):
    """A part of a date with its place in the text."""

    value: Value
    start: int
    end: int


_FILLER_WORDS = """
    في من شهر عام سنة لعام لسنة العام يوم ليوم بتاريخ تاريخ التاريخ الموافق الموافقة موافق ل لـ ال
    الـ الساعة ساعة عند تمام وقت الوقت وذلك و على ليلة مساء صباح كتب and at on of the th st nd rd
    t le date بالتقويم à
"""
_FILLERS = frozenset(
    map(
        fold,
        _FILLER_WORDS.split(),
    )
)
_MARKS = frozenset("/\\-–—−ـ.,،؛:;|()[]•·*'’\"«»؍@")
_SEPARATORS = frozenset("/\\-–−.؍")
_DUAL_MARKS = frozenset("/\\-–()[]|؍")
_HIJRI_ERA = frozenset(map(fold, ("هـ", "ه", "هج", "هجري", "هجرية", "للهجرة", "ah")))
_GREGORIAN_ERA = frozenset(map(fold, ("م", "ميلادي", "ميلادية", "للميلاد", "ad", "ce")))
_SOLAR = frozenset(map(fold, ("ش", "شمسي", "شمسية", "خورشيدي")))
_LONGEST_CLUSTER = 60  # elements; a longer run of parts is a table, not a date


def clusters(pieces: Sequence[Token], country: str | None) -> Iterator[list[Element]]:
    """Yield the runs of date parts between noise."""
    cluster: list[Element] = []
    at = 0
    while at < len(pieces):
        found = _element(pieces, at, cluster, country)
        if found is None:
            if cluster:
                yield cluster
            cluster = []
            at += 1
            continue
        value, after = found
        cluster.append(Element(value, pieces[at].start, pieces[after - 1].end))
        at = after
        if len(cluster) >= _LONGEST_CLUSTER:
            yield cluster
            cluster = []
    if cluster:
        yield cluster


def _element(
    pieces: Sequence[Token], at: int, cluster: Sequence[Element], country: str | None
) -> tuple[Value, int] | None:
    piece = pieces[at]
    if piece.kind == "number":
        return _triple(pieces, at) or read_clock(pieces, at) or (piece, at + 1)
    after_clock = _follows(cluster, Clock)
    zone = read_zone(pieces, at, after_clock=after_clock, country=country)
    if zone:
        return zone
    if piece.kind == "mark":
        return (Filler(piece.text), at + 1) if piece.text in _MARKS else None
    return _word(pieces, at, cluster, country)


def _word(
    pieces: Sequence[Token], at: int, cluster: Sequence[Element], country: str | None
) -> tuple[Value, int] | None:
    text = pieces[at].text
    month = _month(pieces, at, country)
    if month:
        return _dual(pieces, month, country)
    if text in WEEKDAYS:
        return Weekday(WEEKDAYS[text]), at + 1
    label = read_label(pieces, at)
    if label:
        return LabelWord(label[0]), label[1]
    if cluster and isinstance(cluster[-1].value, Token | Triple) and (era := _era(pieces, at)):
        return era, at + 1
    part, end = read_part(pieces, at)
    if not part:
        end = at + 1
    return (Filler(text), end) if part or text in _FILLERS else None


def _era(pieces: Sequence[Token], at: int) -> Era | None:
    """Return the era behind a number; none where the solar calendar of Iran is meant: 1402 هـ.ش."""
    if pieces[at].text in _GREGORIAN_ERA:
        return Era(hijri=False)
    after = [piece.text for piece in pieces[at + 1 : at + 3]]
    solar = after[:1] and (after[0] in _SOLAR or (after[0] == "." and after[-1] in _SOLAR))
    return Era(hijri=True) if pieces[at].text in _HIJRI_ERA and not solar else None


def _triple(pieces: Sequence[Token], at: int) -> tuple[Triple, int] | None:
    if at + 4 >= len(pieces):
        return None
    first, mark, second, again, third = pieces[at : at + 5]
    if not (second.kind == third.kind == "number" and mark.text == again.text and mark.text in _SEPARATORS):
        return None
    years = first.is_year + third.is_year
    if not (second.is_small and (first.is_year or first.is_small) and (third.is_year or third.is_small)):
        return None
    tight = third.end - first.start == first.width + second.width + third.width + 2
    if not tight and (mark.text == "." or not years):
        return None
    return None if _runs_on(pieces, at, mark.text) else (Triple(first, second, third), at + 5)


def _runs_on(pieces: Sequence[Token], at: int, mark: str) -> bool:
    """Return whether more numbers hang on the three: an address, a version, a telephone number."""
    before = at > 1 and pieces[at - 1].text == mark and pieces[at - 2].kind == "number"
    before = before and pieces[at - 2].end == pieces[at - 1].start and pieces[at - 1].end == pieces[at].start
    behind = at + 6 < len(pieces) and pieces[at + 5].text == mark and pieces[at + 6].kind == "number"
    behind = (
        behind and pieces[at + 4].end == pieces[at + 5].start and pieces[at + 5].end == pieces[at + 6].start
    )
    return before or behind


def _month(pieces: Sequence[Token], at: int, country: str | None) -> tuple[Month, int] | None:
    """Return the month named at this place, in two words or one, and the place behind it."""
    if at >= len(pieces) or pieces[at].kind != "word":
        return None
    for length in (2, 1):
        words = [piece.text for piece in pieces[at : at + length] if piece.kind == "word"]
        if len(words) < length:
            continue
        name = " ".join(words)
        month = MONTHS.get(name) or (LIBYAN_MONTHS.get(name) if country == "LY" else None)
        if month:
            return month, at + length
    return None


def _dual(pieces: Sequence[Token], found: tuple[Month, int], country: str | None) -> tuple[MonthName, int]:
    """Return one month, or the two names that stand for one: `نيسان / أبريل`, `سبتمبر (أيلول)`."""
    month, end = found
    dot = end < len(pieces) and pieces[end].text == "." and pieces[end].start == pieces[end - 1].end
    mark = end + (1 if dot else 0)
    if mark < len(pieces) and pieces[mark].text in _DUAL_MARKS:
        other = _month(pieces, mark + 1, country)
        if other and other[0].hijri == month.hijri:
            closed = other[1] < len(pieces) and pieces[other[1]].text in ")]" and pieces[mark].text in "(["
            return MonthName(month, 2, agreed=other[0] == month), other[1] + (1 if closed else 0)
    return MonthName(month, 1), end


def _follows(cluster: Sequence[Element], kind: type[Clock]) -> bool:
    """Return whether the cluster ends with such a part, an opening bracket or comma aside."""
    for element in reversed(cluster[-2:]):
        if isinstance(element.value, kind):
            return True
        if not (isinstance(element.value, Filler) and element.value.text in "([,،"):
            return False
    return False
