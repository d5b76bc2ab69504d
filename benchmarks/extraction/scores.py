"""How right a tool's answer for a page is. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from benchmarks.extraction.pages import Known
from crawler.arabic.byline_words import agency_of
from crawler.arabic.text import normalise

_TOKEN = re.compile(r"\w+")
_MINUTE = len("2020-01-27T15:10")
_DAY = len("2020-01-27")
_AN_ARTICLE = 40  # words that make a text count as an article: most tools have no other way to say "none"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a tool read. `published` is ISO 8601 or None; `error` is the exception that the tool raised."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    section: tuple[str, ...] = ()
    agency: str = ""
    dateline: str = ""
    cpu_ms: float = 0.0
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A page's marks; None where the page or its answer says nothing on the point."""

    body: float | None = None
    day: bool | None = None
    wrong_day: bool | None = None  # a day was given, and it is not the right one
    minute: bool | None = None
    authors: bool | None = None
    title: bool | None = None
    section: bool | None = None
    agency: bool | None = None
    dateline: bool | None = None
    leaks: int = 0
    false_article: bool | None = None
    cpu_ms: float = 0.0


def score(known: Known, answer: Answer) -> Score:
    """Return the marks of one answer."""
    if known.text is None:
        return Score(false_article=len(answer.text.split()) >= _AN_ARTICLE, cpu_ms=answer.cpu_ms)
    folded = normalise(answer.text)
    day = _same_day(known.published, answer.published)
    return Score(
        body=token_f1(known.text, answer.text, known.optional),
        day=day,
        wrong_day=None if day is None else not day and answer.published is not None,
        minute=_same_minute(known.published, answer.published),
        authors=_same_names(known.authors, answer.authors),
        title=normalise(answer.title) == normalise(known.title) if known.title else None,
        section=_same_section(known, answer),
        agency=None if known.agency is None else _agency(known.agency) == _agency(answer.agency),
        dateline=None if known.dateline is None else normalise(known.dateline) == normalise(answer.dateline),
        leaks=sum(1 for piece in known.must_not_contain if normalise(piece) in folded),
        cpu_ms=answer.cpu_ms,
    )


def token_f1(wanted: str, got: str, optional: str = "") -> float:
    """Return the F1 of the two texts' words as bags; words of `optional` cost nothing where they stand."""
    target, found = Counter(_TOKEN.findall(wanted)), Counter(_TOKEN.findall(got))
    found -= (found - target) & Counter(_TOKEN.findall(optional))
    common = (target & found).total()
    return 2 * common / (target.total() + found.total()) if common else 0.0


def _agency(name: str) -> str:
    """Return an agency's canonical name: د ب أ and وكالة الأنباء الألمانية are one."""
    folded = normalise(name)
    return agency_of(folded) or folded


def _same_names(wanted: tuple[str, ...] | None, got: tuple[str, ...]) -> bool | None:
    return None if wanted is None else set(map(normalise, got)) == set(map(normalise, wanted))


def _same_section(known: Known, answer: Answer) -> bool | None:
    """Return whether the first section of the answer was found."""
    if not known.section:
        return None
    return normalise(known.section[0]) in {normalise(one) for one in answer.section}


def _same_day(wanted: str | None, got: str | None) -> bool | None:
    return None if wanted is None else got is not None and got[:_DAY] == wanted[:_DAY]


def _same_minute(wanted: str | None, got: str | None) -> bool | None:
    """Return whether the minute is right: as a moment where both name a zone, else as a time of day."""
    if wanted is None or len(wanted) < _MINUTE:
        return None
    if got is None or len(got) < _MINUTE:
        return False
    one, other = datetime.fromisoformat(wanted), datetime.fromisoformat(got)
    if one.tzinfo and other.tzinfo:
        return one.astimezone(other.tzinfo).isoformat()[:_MINUTE] == got[:_MINUTE]
    return wanted[:_MINUTE] == got[:_MINUTE]
