"""Arabic as other programs leave it in a page: letters coded as glyphs, invisible marks. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_WORD = re.compile("[\u0621-\u063a\u0641-\u0652]+")  # letters and the vowel marks on them
_MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
_SHAPES = {"<isolated>": 0, "<final>": 1, "<initial>": 2, "<medial>": 3}  # 1: joined before, 2: behind
_BEHIND = 2


@cache
def _forms() -> Mapping[str, dict[int, str]]:
    """Letter, or pair of lam and alef, -> shape -> glyph: Unicode's Arabic Presentation Forms-B."""
    forms: dict[str, dict[int, str]] = {}
    for code in range(0xFE80, 0xFEFD):
        shape, *letters = unicodedata.decomposition(chr(code)).split()
        letter = "".join(chr(int(each, 16)) for each in letters)
        forms.setdefault(letter, {})[_SHAPES[shape]] = chr(code)
    return forms


def as_glyphs(text: str) -> str:
    """The text with each letter as the presentation form that a printer would choose for it."""
    return _WORD.sub(lambda match: _shaped(match[0]), text)


def _shaped(word: str) -> str:
    forms, glyphs, joined, at = _forms(), [], False, 0
    while at < len(word):
        if word[at] in _MARKS:  # stands on the glyph before it and parts no letters
            glyphs.append(word[at])
            at += 1
            continue
        letter = word[at : at + 2] if word[at : at + 2] in forms else word[at]
        at += len(letter)
        shapes, behind = forms[letter], word[at:].lstrip(_MARKS)
        joins = bool(behind) and _BEHIND in shapes and 1 in forms[behind[0]]
        glyphs.append(shapes[joined + _BEHIND * joins])
        joined = joins
    return "".join(glyphs)


def with_marks(text: str) -> str:
    """The text with bidi marks at its signs, a zero-width space behind each full stop, and a stray BOM."""
    marked = text.replace("«", "\u202b«").replace("»", "»\u202c").replace("،", "،\u200f")
    return f"\ufeff{marked}".replace(". ", ".\u200b \u200e")
