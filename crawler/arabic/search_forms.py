"""The words of a text as search sees them: letters folded, clitics and pronoun endings taken off. Pure.

Search, `export --words`, the stories and the recipes of docs/analysis.md use the same functions.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from crawler.arabic.clitics import base
from crawler.arabic.text import mend, normalise
from crawler.arabic.vocabulary import EDITION

VERSION = f"1 {EDITION}"
"""The rules of this module and the vocabulary. An index keeps it, and is made anew where it differs."""

_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f"
    "\ufb50-\ufdf9\ufe70-\ufefc"
)
_WITHIN = f"{_MARKS}{_HIDDEN}"
_OTHER = f"[^\\W_{_ARABIC}{_WITHIN}]"
# Arabic letters, or letters of other scripts with digits: إف16 is two words, covid19 is one.
_WORD = re.compile(f"[{_ARABIC}][{_ARABIC}{_WITHIN}]*|{_OTHER}(?:{_OTHER}|[{_WITHIN}])*")
_MARK = re.compile(f"[{_MARKS}]+")
_IS_ARABIC = re.compile(f"[{_ARABIC}]")
_REMEMBERED = 65_536  # words: those of some hundred articles
_LONGEST = 64  # characters of a word that is remembered


class Token(NamedTuple):
    """One word, with the marks on its letters; `start` and `end` count characters of the text as given."""

    start: int
    end: int
    folded: str  # as `fold` returns it
    form: str  # without clitics


def fold(text: str) -> str:
    """Return a text with one spelling for each word: the `text_folded` of docs/analysis.md."""
    return normalise(text)


def form(word: str) -> str:
    """Return the search form of one word: folded, without و ف ب ك ل ال لل and without its pronoun.

    A clitic is taken off only where the rest is the more usual word: وزارة, بالوزارة and ووزارتها are all
    وزاره, and يدرس stays. A text that is no single Arabic word is only folded.
    """
    return _folded_and_form(word)[1] if len(word) <= _LONGEST else fold(word)


def tokens(text: str) -> list[Token]:
    """Return the words of a text: Arabic words, words of other scripts, numbers, in the order of the text."""
    found: list[Token] = []
    add, make = (
        found.append,
        tuple.__new__,
    )  # half the time of Token(...), and this is what indexing waits for
    for match in _WORD.finditer(text):
        word = match[0]
        folded, searched = _folded_and_form(word) if len(word) <= _LONGEST else (fold(word),) * 2
        if folded:
            start, end = match.span()
            add(make(Token, (start, end, folded, searched)))
    return found


def forget() -> None:
    """Empty the cache of words; for measurements."""
    _folded_and_form.cache_clear()


@lru_cache(maxsize=_REMEMBERED)
def _folded_and_form(word: str) -> tuple[str, str]:
    folded = fold(word)
    if not _IS_ARABIC.match(folded):
        return folded, folded
    spelled = word
    if len(word) != len(folded) or not word.isalpha():
        spelled = _MARK.sub("", unicodedata.normalize("NFC", mend(word)).strip())
    return folded, base(folded, spelled) if len(spelled) == len(folded) else folded
