"""Arabic text as written, mended, and folded for comparison. Pure.

`mend` is the only change that stored text ever sees; `normalise` is for search and comparison only.
"""

import re
import unicodedata

_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    f"|\u200d(?![{_EMOJI}])|(?<![{_EMOJI}])\u200d"  # a joiner inside an emoji is part of the picture
)
_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]")
# Signs proper, whose letters nobody would type in their place: the blessings, the rial, the basmala.
_SIGNS = frozenset("\ufdfa\ufdfb\ufdfc\ufdfd")
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_MARK_OR_TATWEEL = re.compile(f"[{_MARKS}\u0640]+")
_SPACE = re.compile(r"\s+")
_ALNUM = re.compile(r"[^\W_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_ARABIC_LETTERS = re.compile(
    "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f]+"
)

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("أإآٱٲٳ", "ا"),
        **dict.fromkeys("ؤئ", "ء"),  # مسؤول and مسئول are one word
        **dict.fromkeys("ىی", "ي"),
        **dict.fromkeys("ةہە", "ه"),
        "ک": "ك",
        "ھ": "ه",
    }
)


def mend(text: str) -> str:
    """The text without what only a screen needs: invisible controls, and letters coded as glyphs.

    Zero-width characters, soft hyphens and bidi controls go; presentation forms (U+FB50-FDFF, FE70-FEFE)
    become the letters they show. The signs ﷺ ﷻ ﷼ ﷽ stay, as do the joiners inside emoji. Nothing else
    changes. Idempotent.
    """
    if text.isascii():
        return text
    return _FORMS.sub(_letters_of_form, _INVISIBLE.sub("", text))


def normalise(text: str) -> str:
    """The text folded for search and comparison, never for keeping.

    Diacritics and tatweel go; hamza carriers, alef, ya, ta marbuta and Persian letter forms fall together;
    digits become ASCII, Latin letters lower case, white space single. Idempotent.
    """
    folded = _MARK_OR_TATWEEL.sub("", unicodedata.normalize("NFC", mend(text)))
    return _SPACE.sub(" ", folded.translate(_FOLDED).translate(_DIGITS).lower()).strip()


def count_words(text: str) -> int:
    """White-space-separated pieces that hold a letter or a digit."""
    return sum(1 for piece in text.split() if _ALNUM.search(piece))


def digits_to_ascii(text: str) -> str:
    """Arabic-Indic and Persian digits as 0-9; everything else as it is, length unchanged."""
    return text if text.isascii() else text.translate(_DIGITS)


def arabic_share(text: str) -> float:
    """The part of the letters that are of Arabic script, 0 to 1; 0 where there is no letter."""
    letters = sum(map(len, _LETTERS.findall(text)))
    return sum(map(len, _ARABIC_LETTERS.findall(text))) / letters if letters else 0.0


def _letters_of_form(match: re.Match[str]) -> str:
    form = match[0]
    # Compatibility decomposition puts a space under a lone vowel mark; it would split the word.
    return form if form in _SIGNS else unicodedata.normalize("NFKC", form).removeprefix(" ")
