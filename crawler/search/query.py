"""What a reader searches for: words, filters, order and page, checked and bounded. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal, NamedTuple, cast, get_args

from crawler.arabic.search_forms import Token, tokens
from crawler.errors import UsageError

Sort = Literal["relevance", "newest", "oldest"]

MAX_LETTERS = 1_000  # of the words of a query
MAX_WORDS = 50
MAX_VALUES = 100  # of one filter
MAX_VALUE = 300  # letters of one value
MAX_LIMIT = 1_000
MAX_OFFSET = 100_000

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_QUOTES = '"“”„«»″＂'
# An optional minus at the beginning of a word, then a phrase in quotation marks or a piece without spaces.
_PIECE = re.compile(rf"(?:(?<=\s)|^)(?P<minus>[-−–])?[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)"
                    rf"|(?:(?<=\s)|^)(?P<without>[-−–])(?P<excluded>[^\s{_QUOTES}]+)"
                    rf"|[{_QUOTES}](?P<inner>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)"
                    rf"|(?P<plain>[^\s{_QUOTES}]+)")  # fmt: skip
_LONE_AND = "و"  # written apart from its word by habit; it is in every article


class Part(NamedTuple):
    """Words that belong together: one word, or the words of a phrase, in order."""

    tokens: tuple[Token, ...]
    written: str  # as the query has it
    exact: bool  # only in this spelling (letter forms folded)
    excluded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One search. An article must satisfy every filter that is set. Raises UsageError for a wrong value."""

    words: str = ""  # empty: all articles
    sites: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()  # letter forms make no difference
    authors: tuple[str, ...] = ()  # the same
    months: tuple[str, ...] = ()  # yyyy-mm
    languages: tuple[str, ...] = ()
    since: date | None = None  # first day of publication in the outlet's time zone
    until: date | None = None  # last day, included
    undated: bool = False  # only articles without a known moment of publication
    sort: Sort = "relevance"
    limit: int = 20
    offset: int = 0
    variants: bool = True  # False: words are found only as they are written (letter forms folded)

    def __post_init__(self) -> None:
        if len(self.words) > MAX_LETTERS:
            raise UsageError(
                f"The query has {len(self.words):,} letters; write at most {MAX_LETTERS:,} of them."
            )
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                _check_values(field.name, value)
        for month in self.months:
            if not _MONTH.fullmatch(month):
                raise UsageError(f"{month!r} is no month; write it as 2026-01.")
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"The first day {self.since} lies after the last day {self.until}.")
        if self.sort not in get_args(Sort):
            raise UsageError(f"There is no order {self.sort!r}; choose {', '.join(get_args(Sort))}.")
        if not 0 <= self.limit <= MAX_LIMIT:
            raise UsageError(f"{self.limit} results are asked for; ask for 0 to {MAX_LIMIT:,}.")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise UsageError(f"The results begin at {self.offset}; begin at 0 to {MAX_OFFSET:,}.")
        self.parts()

    def parts(self) -> tuple[Part, ...]:
        """Return what the words ask for. Raises UsageError where they hold no word, or too many."""
        found = [part for part in self._pieces() if part.tokens]
        wanted = [part for part in found if part.exact or part.tokens[0].folded != _LONE_AND]
        parts = tuple(wanted or found)
        if self.words.strip() and not parts:
            raise UsageError("The query holds no word; write some letters or digits.")
        if (count := sum(len(part.tokens) for part in parts)) > MAX_WORDS:
            raise UsageError(f"The query has {count} words; write at most {MAX_WORDS}.")
        return parts

    @property
    def has_dates(self) -> bool:
        """Whether a filter asks for articles of certain days, or for those without a day."""
        return bool(self.since or self.until or self.months or self.undated)

    def _pieces(self) -> Iterator[Part]:
        for match in _PIECE.finditer(self.words):
            phrase = match["phrase"] if match["phrase"] is not None else match["inner"]
            if phrase is not None:
                yield Part(tuple(tokens(phrase)), phrase.strip(), exact=True, excluded=bool(match["minus"]))
            elif match["excluded"] is not None:
                yield self._excluded(match["excluded"])
            else:
                for token in tokens(match["plain"]):
                    written = match["plain"][token.start : token.end]
                    yield Part((token,), written, exact=not self.variants, excluded=False)

    def _excluded(self, text: str) -> Part:
        found = tuple(tokens(text))
        return Part(found, text, exact=not self.variants or len(found) > 1, excluded=True)


def _check_values(name: str, values: tuple[str, ...]) -> None:
    if len(values) > MAX_VALUES:
        raise UsageError(f"There are {len(values):,} {name} to search in; name at most {MAX_VALUES}.")
    if any(len(value) > MAX_VALUE for value in values):
        raise UsageError(f"A name among the {name} is longer than {MAX_VALUE} letters.")


def day_of(option: str, text: str | None) -> date | None:
    """Read a day as a user writes it, like 2026-01-31. Raises UsageError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a day: write it as 2026-01-31.") from None


def sort_of(text: str) -> Sort:
    """Return the order of this name; Query checks it."""
    return cast("Sort", text)
