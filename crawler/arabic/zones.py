"""Zones that a text names: GMT+3, +0300, بتوقيت القاهرة, ت.غ. Pure."""

from collections.abc import Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.arabic.months import fold
from crawler.arabic.tokens import Token


class Zone(NamedTuple):
    """A zone that a text names: known, the outlet's own (`local`), or neither, which leaves a doubt."""

    known: tzinfo | None
    local: bool = False


UNKNOWN = Zone(None)
LOCAL = Zone(None, local=True)

_PLACES = {
    "Asia/Riyadh": "السعودية الرياض مكة مكة_المكرمة المملكة جدة ksa",
    "Asia/Dubai": "الإمارات أبوظبي أبو_ظبي دبي uae",
    "Asia/Qatar": "قطر الدوحة",
    "Asia/Kuwait": "الكويت",
    "Asia/Bahrain": "البحرين المنامة",
    "Asia/Muscat": "مسقط سلطنة_عمان",
    "Asia/Aden": "اليمن صنعاء عدن",
    "Asia/Baghdad": "العراق بغداد",
    "Asia/Damascus": "سوريا سورية دمشق",
    "Asia/Beirut": "لبنان بيروت",
    "Asia/Amman": "الأردن",
    "Asia/Jerusalem": "القدس القدس_المحتلة",
    "Asia/Hebron": "فلسطين رام_الله",
    "Asia/Gaza": "غزة",
    "Africa/Cairo": "مصر القاهرة",
    "Africa/Khartoum": "السودان الخرطوم",
    "Africa/Tripoli": "ليبيا طرابلس",
    "Africa/Tunis": "تونس",
    "Africa/Algiers": "الجزائر",
    "Africa/Casablanca": "المغرب الرباط",
    "Africa/Nouakchott": "موريتانيا نواكشوط",
    "Africa/Mogadishu": "الصومال مقديشو",
    "Africa/Djibouti": "جيبوتي",
    "Indian/Comoro": "موروني",
    "Europe/Istanbul": "تركيا أنقرة إسطنبول اسطنبول",
    "Asia/Tehran": "طهران إيران",
    "Europe/Moscow": "موسكو msk",
    "Europe/London": "لندن",
    "Europe/Paris": "باريس",
    "Europe/Berlin": "برلين",
    "America/New_York": "واشنطن نيويورك",
}
_GREENWICH_WORDS = """
    gmt utc ut tu غرينتش جرينتش غرينيتش جرينيتش غرينش جرينش قرينتش كرينتش غرينتيش تغ
"""
_GREENWICH = frozenset(
    map(
        fold,
        _GREENWICH_WORDS.split(),
    )
)
_HOURS = {  # RFC 5322 and the ones without a rival
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "gst": 4, "eet": 2, "eest": 3, "cet": 1, "cest": 2, "wet": 0, "west": 1,
}  # fmt: skip
# As Unicode's CLDR names zones in Arabic: hours from UTC. A zone with summer time needs "standard" or
# "summer" in its name; without either, the name says too little.
_NAMED_HOURS = {
    "الخليج": 4, "الخليج الرسمي": 4, "العربي": 3, "العربي الرسمي": 3, "العربي الصيفي": 4,
    "العالمي المنسق": 0, "العالمي": 0, "شرق أفريقيا": 3, "شرق إفريقيا": 3, "وسط أفريقيا": 2, "وسط إفريقيا": 2,
    "شرق أوروبا الرسمي": 2, "شرق أوروبا الصيفي": 3, "وسط أوروبا الرسمي": 1, "وسط أوروبا الصيفي": 2,
    "غرب أوروبا الرسمي": 0, "غرب أوروبا الصيفي": 1, "غرينتش الرسمي": 0,
}  # fmt: skip
_KHARTOUM = "SD"  # CLDR calls Sudan's time that of Central Africa, also for the years in which it was another
_RIVALS = frozenset({"ast", "bst", "ist"})
_ARABIA = frozenset({"SA", "IQ", "KW", "BH", "QA", "YE"})  # AST is their time there; elsewhere the Atlantic's
_ZONE_WORDS = frozenset(map(fold, ("بتوقيت", "توقيت", "بالتوقيت", "التوقيت", "حسب_توقيت", "time")))
_LOCAL_WORDS = frozenset(map(fold, ("المحلي", "المحلى", "محلي", "المحلية")))
_OMAN = fold("عمان")
_SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1}
_QUARTERS = frozenset({0, 15, 30, 45})
_WIDEST = 14 * 60  # minutes
_LONGEST_PLACE = 3  # words


def read_zone(
    pieces: Sequence[Token], at: int, *, after_clock: bool, country: str | None
) -> tuple[Zone, int] | None:
    """Return the zone named at this place and the place behind it, or None where none is named."""
    text = pieces[at].text
    if text in _SIGNS:
        return _offset(pieces, at) if after_clock else None
    if text in _GREENWICH:
        return _offset(pieces, at + 1) or (Zone(UTC), at + 1)
    if [token.text for token in pieces[at : at + 3]] == ["ت", ".", "غ"]:
        return Zone(UTC), at + 3
    if text in _ZONE_WORDS:
        return _named(pieces, at + 1, country)
    return _abbreviated(pieces, at, country) if after_clock else None


def _abbreviated(pieces: Sequence[Token], at: int, country: str | None) -> tuple[Zone, int] | None:
    """Z, EST and their kind, right behind a clock."""
    text = pieces[at].text
    if text == "z" and pieces[at - 1].end == pieces[at].start:
        return Zone(UTC), at + 1
    if text in _RIVALS:
        arabia = text == "ast" and country in _ARABIA
        return Zone(timezone(timedelta(hours=3))) if arabia else UNKNOWN, at + 1
    return (Zone(timezone(timedelta(hours=_HOURS[text]))), at + 1) if text in _HOURS else None


def _offset(pieces: Sequence[Token], at: int) -> tuple[Zone, int] | None:
    """Return a signed offset: +3, +03, +0300, +03:00; the word Greenwich behind it adds nothing."""
    if at + 1 >= len(pieces) or pieces[at].text not in _SIGNS:
        return None
    sign, number = pieces[at], pieces[at + 1]
    if number.kind != "number" or number.start != sign.end or number.width not in {1, 2, 4}:
        return None
    end = at + 2
    hours, minutes = divmod(number.value, 100) if number.is_year else (number.value, 0)
    behind = pieces[end : end + 2]
    if number.is_pair and [piece.text for piece in behind[:1]] == [":"] and behind[1:] and behind[1].is_pair:
        minutes = behind[1].value
        end += 2
    total = hours * 60 + minutes
    if minutes not in _QUARTERS or total > _WIDEST:
        return None
    if end < len(pieces) and pieces[end].text in _GREENWICH:
        end += 1
    return Zone(timezone(timedelta(minutes=_SIGNS[sign.text] * total))), end


def _named(pieces: Sequence[Token], at: int, country: str | None) -> tuple[Zone, int]:
    """Return the zone of the place or region named behind the word for time."""
    if at < len(pieces) and pieces[at].text in _GREENWICH:
        return _offset(pieces, at + 1) or (Zone(UTC), at + 1)
    for length in range(_LONGEST_PLACE, 0, -1):
        words = tuple(piece.text for piece in pieces[at : at + length] if piece.kind == "word")
        if len(words) == length and (hours := _hours().get(words)) is not None:
            sudan = country == _KHARTOUM and words[0] == fold("وسط")
            return (LOCAL if sudan else Zone(timezone(timedelta(hours=hours)))), at + length
        if len(words) == length and (key := _places().get(words)):
            return Zone(ZoneInfo(key)), at + length
    if at < len(pieces) and pieces[at].text in _LOCAL_WORDS:
        return LOCAL, at + 1
    if at < len(pieces) and pieces[at].text == _OMAN:  # Amman and Oman, an hour apart, are spelt alike
        key = {"JO": "Asia/Amman", "OM": "Asia/Muscat"}.get(country or "")
        return (Zone(ZoneInfo(key)) if key else UNKNOWN), at + 1
    return UNKNOWN, min(at + 1, len(pieces))


@cache
def _hours() -> dict[tuple[str, ...], int]:
    return {tuple(map(fold, name.split())): hours for name, hours in _NAMED_HOURS.items()}


@cache
def _places() -> dict[tuple[str, ...], str]:
    return {
        tuple(map(fold, place.split("_"))): key for key, places in _PLACES.items() for place in places.split()
    }
