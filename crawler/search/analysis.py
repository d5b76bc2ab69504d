"""Turns an article into what the engine indexes: analysed words, and the values of its facets. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from crawler.arabic.search_forms import fold, tokens

_LONGEST = 80  # bytes of one analysed word; longer ones are addresses and codes
_MOST_VALUES = 50  # sections or authors of one article
_LONGEST_VALUE = 300  # letters


class Analysed(NamedTuple):
    """The words of an article, each list joined by spaces."""

    words: str  # search forms of title, subtitle and text
    title: str  # search forms of the title
    exact: str  # folded words of title, subtitle and text


class Day(NamedTuple):
    """When an article was published."""

    day: date  # in the outlet's time zone
    moment: int  # seconds since 1970


def analysed(row: Mapping[str, Any], seen: dict[str, tuple[str, str]]) -> Analysed:
    """Analyse the words of an article; `seen` gets each folded word with its form and its first spelling."""
    words: list[str] = []
    exact: list[str] = []
    in_title = 0
    for name in ("title", "subtitle", "text"):
        text = row[name]
        if not text:
            continue
        for start, end, folded, form in tokens(text):
            if folded not in seen:
                seen[folded] = form, text[start:end]
            exact.append(folded)
            words.append(form)
        if name == "title":
            in_title = len(words)
    return Analysed(_joined(words), _joined(words[:in_title]), _joined(exact))


def _joined(words: list[str]) -> str:
    """Join words; a long one gives its place to a mark that no query holds, so that phrases stay whole."""
    text = " ".join(words)
    if len(text) > _LONGEST and any(len(word) > _LONGEST for word in words):
        return " ".join(word if len(word) <= _LONGEST else "\ufffd" for word in words)
    return text


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
