"""Turns an article into what the engine indexes: analysed words, and the values of its facets. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from crawler.arabic.search_forms import fold, tokens
from crawler.search.lexicon import default_form, term_of

_LONGEST = 80  # letters of a term; longer ones are addresses and codes
_NO_WORD = "\ufffd"
_MOST_KNOWN = 400_000  # words in memory, about 100 MB
_MOST_VALUES = 50  # sections or authors of one article
_LONGEST_VALUE = 300  # letters


class Analysed(NamedTuple):
    """The terms of an article, each list joined by spaces."""

    text: str  # of title, subtitle and text
    title: str


class Day(NamedTuple):
    """When an article was published."""

    day: date  # in the outlet's time zone
    moment: int  # seconds since 1970


class Analyser:
    """Analyses articles, and notes the words that it meets for the first time."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}  # folded word -> its default form
        self._met: set[str] = set()  # terms
        self._new: list[tuple[str, str, str]] = []

    def analyse(self, row: Mapping[str, Any]) -> Analysed:
        """Return the terms of an article."""
        title = self._terms(row["title"])
        behind = [term for name in ("subtitle", "text") if row[name] for term in self._terms(row[name])]
        return Analysed(_joined(title + behind), _joined(title))

    def _terms(self, text: str) -> list[str]:
        known, met, terms = self._known, self._met, []
        for start, end, folded, searched in tokens(text):
            default = known.get(folded)
            if default is None:
                default = known[folded] = default_form(folded)
            term = folded if searched == default else term_of(folded, searched, default)
            if term not in met:
                met.add(term)
                self._new.append((searched, term, text[start:end]))
            terms.append(term)
        return terms

    def taken(self) -> list[tuple[str, str, str]]:
        """Return form, term and first spelling of the words that are new since the last call.

        Where very many were met, they are forgotten, and come again.
        """
        found, self._new = self._new, []
        if len(self._met) > _MOST_KNOWN:
            self._met.clear()
            self._known.clear()
        return found


def _joined(words: list[str]) -> str:
    """Join words; a long one gives its place to a mark that no query holds, so that phrases stay whole."""
    if words and max(map(len, words)) > _LONGEST:
        words = [word if len(word) <= _LONGEST else _NO_WORD for word in words]
    return " ".join(words)


def published_day(row: Mapping[str, Any]) -> Day | None:
    """Return when an article was published; None where that is unknown or no moment."""
    try:
        moment = datetime.fromisoformat(row["published"] or "")
        if moment.tzinfo is None:
            return None
        return Day(moment.date(), int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))
    except (ValueError, OverflowError):
        return None


def values(given: Any) -> list[str]:
    """Return the values of a column with several, without empty, long and repeated ones."""
    found = (" ".join(each.split()) for each in given or ())
    return [each for each in dict.fromkeys(found) if each and len(each) <= _LONGEST_VALUE][:_MOST_VALUES]


def key(value: str) -> str:
    """Return a value as filters compare it: letter forms make no difference."""
    return fold(value)
