"""Bylines and datelines taken apart: the persons, the news agency, the city. Pure.

A name is a person's only if nothing speaks against it: the outlet, a desk and a login are no persons.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.arabic.byline_words import (
    COMMON_WORDS,
    CUT_WORDS,
    DESKS,
    HONORIFICS,
    LABELS,
    NAMES_WITH_WAW,
    NOT_IN_NAMES,
    PUBLICATIONS,
    agency_of,
    is_city,
    opens_like_a_name,
)
from crawler.arabic.months import MONTHS, fold
from crawler.arabic.text import mend, normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """What a byline or the opening of a text names. Empty where it names nothing."""

    authors: tuple[str, ...] = ()  # persons, as written, without honorifics
    agency: str | None = None  # canonical name
    dateline: str | None = None  # the city, as written
    sure: bool = False  # a label, a title or a common given name says that the names are persons'

    def __bool__(self) -> bool:
        return bool(self.authors or self.agency or self.dateline)


_IN_SENTENCES = NOT_IN_NAMES - {"and"}
_LONGEST_BYLINE = 200
_LONGEST_NAME = 6  # words
_SHORTEST_NAME = 3  # letters
_SHORTEST_JOINED = 4  # letters of a name with its "and"
_LONGEST_OPENING = 90  # characters before the dash or colon that ends a dateline
_SEPARATOR = re.compile(r"\s[-–—ـ]+\s|\s[-–—]+|[-–—]+\s|--+|[|/؛;•·،,:\n()\[\]]+")
_HONORIFIC_ABBREVIATION = re.compile(r"^(?:(?:[أا]\.?\s?)?[دم]\s?\.\s?|[أا]\s?\.\s?|Dr\.?\s)+", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’ـ-]{1,2}[^\W\d_]+)*\.?")
_OPENING_END = re.compile(r"\s?[-–—:/]+\s?|\s?\)\s?[-–—:]*\s?|\n")
_BRACKETS = re.compile(r"^([^()]{4,60})\(([\u0621-\u064a ]{2,25})\)")
_DAY = re.compile(
    r"(?:\b(?:في|يوم)\s{1,2})?[0-9٠-٩]{1,2}\s{1,2}([^\W\d_]{2,12})(?:\s{1,2}([^\W\d_]{2,12}))?(?:\s{1,2}[0-9٠-٩]{4}\b)?"
)
_KIND_OF_OUTLET = re.compile("^(?:صحيفه|جريده|موقع|وكاله|قناه|مجله|شبكه) ")
_TAIL = re.compile(r"[(\[]([^()\[\]]{2,60})[)\]][\s.\-–—_/*]*$|(?:^|[.\s])[-–—]+\s?([^()\[\].\n]{2,40})$")
_SOURCE = re.compile(r"^\s*(?:المصدر|نقلا عن|وكالات|source)\s*[:：/\-–]\s*(.{2,60})$", re.IGNORECASE)


def parse_byline(text: str, *, outlet_names: Iterable[str] = (), is_opening: bool = False) -> Byline:
    """Return persons, agency and dateline of a byline such as `كتبت أسماء نصار` or `موسكو - العرب اليوم`.

    In the opening of a text, the name of a city that is also a newspaper's is the city.
    """
    text = " ".join(mend(text).split())
    if not text or len(text) > _LONGEST_BYLINE:
        return Byline()
    text = _DAY.sub(_without_day, text)
    outlets = {normalise(name) for name in outlet_names}
    authors: list[str] = []
    agency = dateline = None
    labelled = False
    pieces = _pieces(text)
    for piece in pieces:
        bare, has_label = _without_label(piece)
        labelled = labelled or has_label
        folded = normalise(bare)
        is_place = is_city(folded) and (is_opening or len(pieces) > 1)  # الرياض is a city and a newspaper
        if _is_no_person(folded, outlets) and not is_place:
            continue
        if found := agency_of(folded):
            agency = agency or found
        elif is_city(folded):
            dateline = dateline or bare
        else:
            authors += [name for name in _persons(bare, labelled=labelled) if name not in authors]
    if authors and not dateline:
        authors, dateline = _town_in_brackets(text, authors, outlets)
    sure = bool(authors) and (labelled or _is_titled(text) or opens_like_a_name(normalise(authors[0])))
    return Byline(authors=tuple(authors), agency=agency, dateline=dateline, sure=sure)


def _town_in_brackets(text: str, authors: list[str], outlets: set[str]) -> tuple[list[str], str | None]:
    """Return the persons, and the town in brackets behind the first of them: سامر الحلبي (العلا)."""
    match = _BRACKETS.match(text)
    if match is None:
        return authors, None
    town = match[2].strip()
    folded = normalise(town)
    others = [author for author in authors if author != town]
    behind_name = bool(others) and normalise(match[1]).strip().endswith(normalise(others[0]))
    nothing_else = (
        not (_is_no_person(folded, outlets) or agency_of(folded))
        and folded not in HONORIFICS | CUT_WORDS | NOT_IN_NAMES
    )
    if not behind_name or not nothing_else or folded.startswith("ابو ") or opens_like_a_name(folded):
        return authors, None
    return others, town


def _is_titled(text: str) -> bool:
    """Return whether a byline opens with a title such as الدكتور or د."""
    return normalise(text.split(" ", 1)[0]).strip(".") in HONORIFICS or bool(
        _HONORIFIC_ABBREVIATION.match(text)
    )


def _without_day(match: re.Match[str]) -> str:
    """Remove a day such as `في 29 أبريل 2020` from a dateline; anything else stays."""
    first, second = match[1], match[2]
    if second and fold(f"{first} {second}") in MONTHS:
        return " "
    return f" {second or ''} " if fold(first) in MONTHS else match[0]


def leading_dateline(first_paragraph: str, *, outlet_names: Iterable[str] = ()) -> Byline:
    """Return city, agency and correspondent that a first paragraph names before its dash or colon.

    Empty where the paragraph opens with its first sentence: only an opening that holds a known city, a known
    agency or the outlet's name, and nothing but those and a name, counts.
    """
    opening = _DAY.sub(_without_day, mend(first_paragraph[: _LONGEST_OPENING * 2])).strip()
    outlets = {normalise(name) for name in outlet_names}
    found = Byline()
    for end in _OPENING_END.finditer(opening, 0, _LONGEST_OPENING):
        head = opening[: end.start()].lstrip("( ")
        if not head:
            continue
        byline = parse_byline(head, outlet_names=outlets, is_opening=True)
        if not _is_opening(head, byline, outlets):
            break
        found = byline
    else:
        if len(opening) <= _LONGEST_OPENING and is_city(normalise(opening.strip("() "))):
            found = Byline(dateline=opening.strip("() "))
    if not found.dateline and (not found.agency or _is_common_word(opening)):
        return Byline()
    return found


def trailing_agency(last_paragraph: str) -> str | None:
    """Return the agency that a last paragraph ends with or consists of, as `(بترا)` or `المصدر: (وكالات)`."""
    tail = mend(last_paragraph[-_LONGEST_BYLINE:]).strip()
    whole = len(last_paragraph) <= _LONGEST_BYLINE
    source = _SOURCE.search(tail) if whole else None
    match = _TAIL.search(tail)
    texts = [source[1] if source else None, match and (match[1] or match[2]), tail if whole else None]
    for text in filter(None, texts):
        for piece in (text, *_SEPARATOR.split(text)):
            if found := agency_of(normalise(piece.strip(" .()[]*_-–—"))):
                return found
    return None


def _is_common_word(opening: str) -> bool:
    """Return whether a text opens with an agency's name that is an everyday word: «معا: نستطيع»."""
    first = re.match(r"[^\W_]+", opening)
    return first is not None and normalise(first[0]) in COMMON_WORDS


def _is_opening(head: str, byline: Byline, outlets: set[str]) -> bool:
    """Return whether every piece of an opening is a place, an agency, the outlet, a label or a name."""
    known = 0
    for piece in _pieces(head):
        bare, _ = _without_label(piece)
        folded = normalise(bare)
        if _is_no_person(folded, outlets) or is_city(folded) or agency_of(folded):
            known += 1
        elif bare not in byline.authors or not known:
            return False
    return known > 0


def _pieces(text: str) -> list[str]:
    """Return what stands between the separators, without quotation marks and without desks."""
    pieces = (piece.strip(" .\"'«»“”*_") for piece in _SEPARATOR.split(text))
    return [piece for piece in pieces if piece and normalise(piece) not in DESKS]


def _without_label(piece: str) -> tuple[str, bool]:
    words = piece.split()
    for length in (2, 1):
        if len(words) >= length and normalise(" ".join(words[:length])) in LABELS:
            return " ".join(words[length:]), True
    return piece, False


def _is_no_person(folded: str, outlets: set[str]) -> bool:
    """Return whether a piece is empty or names an outlet or a desk."""
    name = _KIND_OF_OUTLET.sub("", folded)
    return not folded or folded in outlets or name in outlets or folded in DESKS or name in PUBLICATIONS


def _persons(piece: str, *, labelled: bool) -> list[str]:
    folded = [normalise(word) for word in piece.split()]
    end = next((at for at, word in enumerate(folded) if at and word in CUT_WORDS), len(folded))
    if not _IN_SENTENCES.isdisjoint(folded[:end]):
        return []  # a sentence: cut at its "and", أعلنت وزارة الصحة would leave a name
    return [name for part in _joined_by_waw(piece) if (name := _person(part, labelled=labelled))]


def _joined_by_waw(piece: str) -> list[str]:
    """Split a piece at the "and" that joins two names; a و that begins a name stays."""
    words = piece.split()
    parts: list[list[str]] = [[]]
    for index, word in enumerate(words):
        folded = normalise(word)
        if folded in {"و", "and"} and parts[-1]:
            parts.append([])
        elif (
            folded.startswith("و")
            and len(folded) >= _SHORTEST_JOINED
            and folded not in NAMES_WITH_WAW
            and parts[-1]
            and (len(words) - index > 1 or len(parts[-1]) == 1)
        ):
            parts.append([word[1:]])
        else:
            parts[-1].append(word)
    return [" ".join(part) for part in parts if part]


def _person(text: str, *, labelled: bool) -> str | None:
    text = _HONORIFIC_ABBREVIATION.sub("", text.strip(" .-–—_"))
    words = text.split()
    while words and normalise(words[0]).strip(".") in HONORIFICS:
        words = words[1:]
    cut = next(
        (index for index, word in enumerate(words) if index and normalise(word) in CUT_WORDS), len(words)
    )
    words = words[:cut]
    name = " ".join(words)
    if not words or len(words) > _LONGEST_NAME or not _NAME.fullmatch(name):
        return None
    folded = [normalise(word) for word in words]
    if not NOT_IN_NAMES.isdisjoint(folded) or normalise(name) in DESKS or is_city(normalise(name)):
        return None
    if any(len(word) == 1 and "\u0621" <= word <= "\u064a" for word in words):
        return None  # pieces of an abbreviation
    if len(words) == 1 and not (labelled or name[0].isupper()):
        return None
    return name if sum(map(len, words)) >= _SHORTEST_NAME else None
