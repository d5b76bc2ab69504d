"""How right a tool's answer for a page is. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from benchmarks.extraction.pages import Known
from crawler.arabic.text import normalise

_TOKEN = re.compile(r"\w+")
_MINUTE = len("2020-01-27T15:10")
_DAY = len("2020-01-27")
_AN_ARTICLE = 40  # words from which on a text counts as one: most tools know no other "no"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a tool read. `published` is ISO 8601 or None; `error` the exception that it raised."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    section: tuple[str, ...] = ()
    cpu_ms: float = 0.0
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A page's marks; None where the page or its answer says nothing on the point."""

    body: float | None = None
    day: bool | None = None
    minute: bool | None = None
    authors: bool | None = None
    title: bool | None = None
    section: bool | None = None
    leaks: int = 0
    false_article: bool | None = None
    cpu_ms: float = 0.0


def score(known: Known, answer: Answer) -> Score:
    if known.text is None:
        return Score(false_article=len(answer.text.split()) >= _AN_ARTICLE, cpu_ms=answer.cpu_ms)
    folded = normalise(answer.text)
    given = {normalise(name) for name in answer.authors}
    return Score(
        body=token_f1(known.text, answer.text, known.optional),
        day=_same_day(known.published, answer.published),
        minute=_same_minute(known.published, answer.published),
        authors=given == {normalise(name) for name in known.authors},
        title=normalise(answer.title) == normalise(known.title) if known.title else None,
        section=_same_section(known, answer),
        leaks=sum(1 for piece in known.must_not_contain if normalise(piece) in folded),
        cpu_ms=answer.cpu_ms,
    )


def token_f1(wanted: str, got: str, optional: str = "") -> float:
    """F1 of the two texts' words as bags; words of `optional` cost nothing where they stand."""
    target, found = Counter(_TOKEN.findall(wanted)), Counter(_TOKEN.findall(got))
    found -= (found - target) & Counter(_TOKEN.findall(optional))
    common = (target & found).total()
    return 2 * common / (target.total() + found.total()) if common else 0.0


def _same_section(known: Known, answer: Answer) -> bool | None:
    """Whether the first section of the answer is among those found."""
    if not known.section:
        return None
    return normalise(known.section[0]) in {normalise(one) for one in answer.section}


def _same_day(wanted: str | None, got: str | None) -> bool | None:
    return None if wanted is None else got is not None and got[:_DAY] == wanted[:_DAY]


def _same_minute(wanted: str | None, got: str | None) -> bool | None:
    """Whether the minute is right: as a moment where both name a zone, else as a time of day."""
    if wanted is None or len(wanted) < _MINUTE:
        return None
    if got is None or len(got) < _MINUTE:
        return False
    one, other = datetime.fromisoformat(wanted), datetime.fromisoformat(got)
    if one.tzinfo and other.tzinfo:
        return one.astimezone(other.tzinfo).isoformat()[:_MINUTE] == got[:_MINUTE]
    return wanted[:_MINUTE] == got[:_MINUTE]
