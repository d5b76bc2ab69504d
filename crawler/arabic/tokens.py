"""A text cut into numbers, words and marks, for reading dates. Pure, linear in the length of the text."""

import re
from typing import Literal, NamedTuple

from crawler.arabic.months import fold
from crawler.arabic.text import digits_to_ascii

_TOKEN = re.compile(
    "(?P<number>[0-9٠-٩۰-۹]+)"
    "|(?P<word>(?:[^\\W\\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])+)"
    "|(?P<mark>[^\\s])"
)
_LONGEST_WORD = 24  # letters and marks; no word of a date comes near
_LONGEST_NUMBER = 12  # digits kept; such a run is an identifier, not a number to reckon with


DAY_WIDTH = 2  # digits of a day, a month, an hour, at most
YEAR_WIDTH = 4


class Token(NamedTuple):
    """One piece of a text; positions count characters of the text as given."""

    kind: Literal["number", "word", "mark"]
    text: str  # words folded, marks as they are, numbers in ASCII digits
    start: int
    end: int

    @property
    def value(self) -> int:
        """A number's value; only numbers have one."""
        return int(self.text)

    @property
    def width(self) -> int:
        """How many digits a number is written with; leading zeros count."""
        return len(self.text)

    @property
    def is_year(self) -> bool:
        """Whether this is a number as wide as a year."""
        return self.kind == "number" and self.width == YEAR_WIDTH

    @property
    def is_pair(self) -> bool:
        """Whether this is a number of exactly two digits."""
        return self.kind == "number" and self.width == DAY_WIDTH

    @property
    def is_small(self) -> bool:
        """Whether this is a number of one digit or two."""
        return self.kind == "number" and self.width <= DAY_WIDTH


def tokens(text: str, start: int, end: int) -> list[Token]:
    """Return the tokens of text[start:end]. Invisible marks on their own vanish."""
    result: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        raw = match[0]
        if match.lastgroup == "number":
            result.append(Token("number", digits_to_ascii(raw[:_LONGEST_NUMBER]), *match.span()))
        elif match.lastgroup == "word":
            word = fold(raw) if len(raw) <= _LONGEST_WORD else raw
            if word:
                result.append(Token("word", word, *match.span()))
        else:
            result.append(Token("mark", raw, *match.span()))
    return result
