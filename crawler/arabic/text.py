"""Arabic text as written, mended, and folded for comparison. Pure.

`mend` is the only change that stored text ever sees; `normalise` is for search and comparison only.
"""

import re
import unicodedata
from functools import lru_cache

_JOINER = "\u200d"
_INVISIBLE = tuple(
    "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
)
_MENDED = re.compile(f"[{''.join(_INVISIBLE)}{_JOINER}\ufb50-\ufdff\ufe70-\ufefe]")
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# A joiner between two emoji is part of the picture.
_LONE_JOINER = re.compile(f"\u200d(?![{_EMOJI}])|(?<![{_EMOJI}])\u200d")
_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]")
# Signs proper, which are never typed letter by letter: the blessings, the rial, the basmala.
_SIGNS = frozenset("\ufdfa\ufdfb\ufdfc\ufdfd")
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_MARK_OR_TATWEEL = re.compile(f"[{_MARKS}\u0640]+")
_SHORT = 60  # characters of a text whose folded form is remembered
_ALNUM = re.compile(r"[^\W_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_ARABIC_LETTERS = re.compile(
    "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f]+"
)

# Chained replacements: an order of magnitude faster than str.translate on Arabic text.
_DIGITS = tuple(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True))
_FOLDED = (
    *((letter, "ا") for letter in "أإآٱٲٳ"),
    *((letter, "ء") for letter in "ؤئ"),  # مسؤول and مسئول are one word
    *((letter, "ي") for letter in "ىی"),
    *((letter, "ه") for letter in "ةہەھ"),
    ("ک", "ك"),
)


def mend(text: str) -> str:
    """Return a text without what only a screen needs: invisible controls, and letters coded as glyphs.

    Zero-width characters, soft hyphens and bidi controls go; presentation forms (U+FB50-FDFF, FE70-FEFE)
    become the letters they show. The signs ﷺ ﷻ ﷼ ﷽ stay, as do the joiners inside emoji. Nothing else
    changes. Idempotent.
    """
    if text.isascii() or not _MENDED.search(text):
        return text
    for control in _INVISIBLE:
        text = text.replace(control, "")
    if _JOINER in text:
        text = _LONE_JOINER.sub("", text)
    return _FORMS.sub(_letters_of_form, text)


def normalise(text: str) -> str:
    """Return a text folded for search and comparison, never for keeping.

    Diacritics and tatweel go; hamza carriers, alef, ya, ta marbuta and Persian letter forms fall together;
    digits become ASCII, Latin letters lower case, white space single. Idempotent.
    """
    return _folded_short(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    folded = text
    if not text.isascii():
        folded = _MARK_OR_TATWEEL.sub("", unicodedata.normalize("NFC", mend(text)))
        for letter, plain in _FOLDED:
            folded = folded.replace(letter, plain)
        folded = digits_to_ascii(folded)
    return " ".join(folded.lower().split())


@lru_cache(maxsize=8192)
def _folded_short(text: str) -> str:
    """Fold a name, a label or a word: they come again on a page and on the next one."""
    return _folded(text)


def count_words(text: str) -> int:
    """Count the pieces between white space that hold a letter or a digit."""
    return sum(1 for piece in text.split() if _ALNUM.search(piece))


def digits_to_ascii(text: str) -> str:
    """Return a text with Arabic-Indic and Persian digits as 0-9, everything else unchanged."""
    if not text.isascii():
        for digit, plain in _DIGITS:
            text = text.replace(digit, plain)
    return text


def arabic_share(text: str) -> float:
    """Return the share of the letters that are Arabic, 0 to 1; 0 where there is no letter."""
    letters = sum(map(len, _LETTERS.findall(text)))
    return sum(map(len, _ARABIC_LETTERS.findall(text))) / letters if letters else 0.0


def _letters_of_form(match: re.Match[str]) -> str:
    form = match[0]
    # Compatibility decomposition puts a space under a lone vowel mark; it would split the word.
    return form if form in _SIGNS else unicodedata.normalize("NFKC", form).removeprefix(" ")
