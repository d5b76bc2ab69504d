"""Times of day in Arabic and English text: 14:00, 12:09 م, الساعة 9 مساءً, 1:30 p.m. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.arabic.months import fold
from crawler.arabic.tokens import Token

Part = Literal["am", "pm", "noon", "night"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day as a text states it; `hour` is None where the text contradicts itself."""

    hour: int | None  # 0 to 23
    minute: int
    second: int | None = None


def _parts(**words: str) -> dict[tuple[str, ...], str]:
    return {
        tuple(fold(word) for word in phrase.split("_")): name
        for name in words
        for phrase in words[name].split()
    }


_PARTS = _parts(
    am="ص صباحا صباحاً الصباح فجرا فجراً الفجر ضحى ضحىً قبل_الظهر am a_m",
    pm="م مساء مساءً مساءا المساء عصرا عصراً العصر بعد_الظهر pm p_m",
    noon="ظهرا ظهراً الظهر",
    night="ليلا ليلاً الليل",
)
_LETTERS = frozenset({"ص", "م"})  # alone they are also "page", "metre", "of our era"
_HOUR_WORDS = frozenset(map(fold, ("الساعة", "ساعة", "السّاعة", "hour")))
_COLONS = frozenset(":：")
_FIELDS = 3  # hour, minute, second
_LONGEST_PART = 2  # words
_SIXTY = 60
_NOON_HOUR = 12
_LAST_HOUR = 23
_FRENCH = frozenset({"h", "سا"})  # 14h30, 14سا30


def read_clock(pieces: Sequence[Token], at: int) -> tuple[Clock, int] | None:
    """Return a clock that begins with the number at this place, and the place behind it, or None."""
    hour = pieces[at]
    if not hour.is_small:
        return None
    numbers, end = _digits(pieces, at)
    part, end_of_part = read_part(pieces, end)
    if len(numbers) == 1:
        spoken = at > 0 and pieces[at - 1].text in _HOUR_WORDS
        sure = part is not None and pieces[end].text not in _LETTERS
        if not (sure or spoken):
            return None
    elif pieces[at + 1].text == "." and (part is None or pieces[end].text in _LETTERS):
        return None
    before = None if part else part_before(pieces, at)
    hour24 = _hour24(numbers[0], part or before)
    minute, second = (*numbers[1:], None, None)[:2]
    sound = (minute or 0) < _SIXTY and (second or 0) < _SIXTY
    clock = Clock(hour=hour24 if sound else None, minute=minute or 0, second=second)
    return clock, end_of_part if part else end


def read_part(pieces: Sequence[Token], at: int) -> tuple[Part | None, int]:
    """Return the part of the day named at this place, and the place behind it."""
    words: list[str] = []
    end = at
    while end < len(pieces) and len(words) < _LONGEST_PART:
        if pieces[end].text == "." and words:
            end += 1
            continue
        if pieces[end].kind != "word":
            break
        words.append(pieces[end].text)
        end += 1
        if name := _PARTS.get(tuple(words)):
            return name, end  # type: ignore[return-value]
    return None, at


def part_before(pieces: Sequence[Token], at: int) -> Part | None:
    """Return the part of the day written directly before a clock: `م 09:22`."""
    if at == 0 or pieces[at - 1].kind != "word":
        return None
    if pieces[at - 1].text in _LETTERS and at > 1 and pieces[at - 2].kind == "number":
        return None  # 2020 م 09:22: the year's era
    return _PARTS.get((pieces[at - 1].text,))  # type: ignore[return-value]


def _digits(pieces: Sequence[Token], at: int) -> tuple[list[int], int]:
    """Hour, then minute and second as far as they are written, and the place behind them."""
    numbers = [pieces[at].value]
    end = at + 1
    while len(numbers) < _FIELDS and end + 1 < len(pieces):
        mark, number = pieces[end], pieces[end + 1]
        joins = mark.text in _COLONS or (len(numbers) == 1 and (mark.text in _FRENCH or mark.text == "."))
        if not (joins and number.is_pair):
            break
        if mark.text == "." and end + 2 < len(pieces) and pieces[end + 2].text == ".":
            break  # 25.12.2020
        numbers.append(number.value)
        end += 2
    if len(numbers) == _FIELDS and [piece.text for piece in pieces[end : end + 1]] == ["."]:
        fraction = pieces[end + 1 : end + 2]
        if fraction and fraction[0].kind == "number" and fraction[0].start == pieces[end].end:
            end += 2  # of a second: no date of publication needs it
    return numbers, end


def _hour24(hour: int, part: Part | None) -> int | None:
    if hour > _LAST_HOUR:
        return None
    if part is None or hour > _NOON_HOUR:
        # 14:30 م says the same thing twice, 14:30 ص contradicts itself
        return hour if part != "am" and (part != "noon" or hour - _NOON_HOUR in _NOON) else None
    if part == "am":
        return hour % _NOON_HOUR
    if hour == 0:
        return None
    if part == "pm":
        return hour % _NOON_HOUR + _NOON_HOUR
    table = _NOON if part == "noon" else _NIGHT
    return table.get(hour)


_NOON = {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 3: 15, 4: 16}
_NIGHT = {12: 0, 1: 1, 2: 2, 3: 3, 4: 4, 7: 19, 8: 20, 9: 21, 10: 22, 11: 23}  # 5 and 6 ليلا: which?
