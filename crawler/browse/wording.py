"""The words of the pages in Arabic and English, and how numbers, dates and sizes are written. Pure.

All words stand in words.json, each as a pair: English, Arabic.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["ar", "en"]
_FEW = range(3, 11)  # of a hundred: the Arabic plural of three to ten
_MANY = range(11, 100)
_UNITS = ("KB", "MB", "GB", "TB")
_UNITS_AR = ("ك.ب", "م.ب", "غ.ب", "ت.ب")
_THOUSAND = 1_000
_LONGEST_HEADER = 1_000  # characters of Accept-Language


@cache
def parts() -> dict[str, Any]:
    """Return the tables of words.json."""
    found: dict[str, Any] = json.loads(files("crawler.browse").joinpath("words.json").read_text("utf-8"))
    return found


def language_of(asked: str | None, kept: str | None, accepted: str | None) -> Language:
    """Choose the language of a page: asked for in the address, kept in a cookie, or sent by the browser.

    `accepted` is the header Accept-Language. Arabic where none of the two is named.
    """
    for choice in (asked, kept):
        if choice in {"ar", "en"}:
            return "en" if choice == "en" else "ar"
    weights: dict[str, float] = {}
    for entry in (accepted or "")[:_LONGEST_HEADER].split(","):
        name, _, rest = entry.strip().partition(";")
        base = name.strip().lower().partition("-")[0]
        if base in {"ar", "en"}:
            weights[base] = max(weights.get(base, 0), _weight(rest))
    return "en" if weights.get("en", 0) > weights.get("ar", 0) else "ar"


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class Wording:
    """The words and formats of one language."""

    language: Language

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    def word(self, name: str, /, **values: object) -> str:
        """Return the words of this name, with values in place of the names in braces. Raises KeyError."""
        pair: list[str] = parts()["words"][name]
        return self._chosen(pair).format(**values)

    def field(self, name: str) -> str:
        return self._named("fields", name)

    def layer(self, name: str) -> str:
        return self._named("layers", name)

    def country(self, code: str | None) -> str:
        return self._named("countries", code or "")

    def language_name(self, code: str | None) -> str:
        return self._named("languages", code or "")

    def number(self, value: float) -> str:
        """Write a number; one that is not whole with one digit behind the point."""
        return f"{value:,.1f}" if value % 1 else f"{int(value):,}"

    def count(self, name: str, number: int) -> str:
        """Write a number with its noun in the right form."""
        forms: Mapping[str, list[str]] = parts()["counts"][name]
        if self.language == "en":
            return f"{number:,} {forms['en'][number != 1]}"
        return forms["ar"][_arabic_form(number)].format(n=f"{number:,}")

    def size(self, number: float) -> str:
        """Write a number of bytes in the largest unit that leaves a whole part."""
        place = -1
        while number >= _THOUSAND and place < len(_UNITS) - 1:
            number /= _THOUSAND
            place += 1
        if place < 0:
            return f"{number:,.0f} {'بايت' if self.language == 'ar' else 'bytes'}"
        units = _UNITS_AR if self.language == "ar" else _UNITS
        return f"{number:.3g} {units[place]}"

    def day(self, value: date | str | None) -> str:
        """Write a day, like 28 February 2026; a text that is no day as it is."""
        found = _date(value)
        if found is None:
            return str(value or "")
        return f"{found.day} {self.month_name(found.month)} {found.year}"

    def month(self, text: str) -> str:
        """Write a month given as yyyy-mm, like February 2026; another text as it is."""
        year, _, number = text.partition("-")
        if not (year.isdigit() and number.isdigit() and 1 <= int(number) <= 12):  # noqa: PLR2004
            return text
        return f"{self.month_name(int(number))} {year}"

    def period(self, text: str) -> str:
        """Write a period given as yyyy-mm-dd, yyyy-mm or yyyy."""
        return self.day(text) if text.count("-") == 2 else self.month(text)  # noqa: PLR2004

    def moment(self, text: str | None, precision: str | None = None) -> str:
        """Write a moment in RFC 3339 on the calendar of its own zone; only its day where that is certain."""
        try:
            found = datetime.fromisoformat(text or "")
        except ValueError:
            return text or ""
        day = self.day(found.date())
        return day if precision == "day" else f"{day}{'،' if self.language == 'ar' else ','} {found:%H:%M}"

    def month_name(self, number: int) -> str:
        names: list[str] = parts()["months"][self.language]
        return names[number - 1]

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week; 0 is Monday."""
        names: list[str] = parts()["weekdays"][self.language]
        return names[number]

    def _named(self, table: str, name: str) -> str:
        pair = parts()[table].get(name)
        return self._chosen(pair) if pair else name

    def _chosen(self, pair: list[str]) -> str:
        return pair[1] if self.language == "ar" else pair[0]


def _arabic_form(number: int) -> int:
    """Return which of the six forms of an Arabic noun a number takes."""
    if number in {0, 1, 2}:
        return number
    rest = number % 100
    return 3 if rest in _FEW else 4 if rest in _MANY else 5


def _date(value: date | str | None) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
