"""Damage Arabic text as other programs do: letters as presentation forms, invisible marks. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_WORD = re.compile("[\u0621-\u063a\u0641-\u0652]+")  # letters and the vowel marks on them
_MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
_SHAPES = {
    "<isolated>": 0,
    "<final>": 1,
    "<initial>": 2,
    "<medial>": 3,
}  # 1: joined to the letter before, 2: to the letter after
_BEHIND = 2


@cache
def _forms() -> Mapping[str, dict[int, str]]:
    """Map a letter, or lam and alef, to its glyphs by shape: Unicode's Arabic Presentation Forms-B."""
    forms: dict[str, dict[int, str]] = {}
    for code in range(0xFE80, 0xFEFD):
        shape, *letters = unicodedata.decomposition(chr(code)).split()
        letter = "".join(chr(int(each, 16)) for each in letters)
        forms.setdefault(letter, {})[_SHAPES[shape]] = chr(code)
    return forms


def as_glyphs(text: str) -> str:
    """Replace each letter by the presentation form that its neighbours require."""
    return _WORD.sub(lambda match: _shaped(match[0]), text)


def _shaped(word: str) -> str:
    forms, glyphs, joined, at = _forms(), [], False, 0
    while at < len(word):
        if word[at] in _MARKS:  # a mark belongs to the glyph before it and separates no letters
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
    """Add direction marks at punctuation, a zero-width space after each full stop, and a BOM."""
    marked = text.replace("«", "\u202b«").replace("»", "»\u202c").replace("،", "،\u200f")
    return f"\ufeff{marked}".replace(". ", ".\u200b \u200e")
