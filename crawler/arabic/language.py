"""The language of a text, by its letters and its commonest words. Pure."""

import re
from collections import Counter

from crawler.arabic.text import mend

UNKNOWN = "und"  # enough text to judge, and none of the languages known here
_SAMPLE = 1600  # characters looked at; news prose shows its language long before
_FEWEST_LETTERS = 12
_SURE_SHARE = 0.5  # of all characters: no other script can have more letters
_MAIN_SHARE = 0.5  # of the letters, for a script to name the language

_SCRIPTS = {
    "arabic": re.compile(
        "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f]+"
    ),
    "latin": re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+"),
    "he": re.compile("[\u05d0-\u05ea]+"),
    "cyrillic": re.compile("[\u0400-\u052f]+"),
    "el": re.compile("[\u0370-\u03ff]+"),
    "hy": re.compile("[\u0531-\u0587]+"),
    "am": re.compile("[\u1200-\u137f]+"),
    "hi": re.compile("[\u0900-\u097f]+"),
    "ko": re.compile("[\uac00-\ud7af]+"),
    "ja": re.compile("[\u3040-\u30ff]+"),
    "zh": re.compile("[\u4e00-\u9fff]+"),
}

# Letters that only the language writes (a word with one is evidence), then words that only it uses.
_ARABIC_SCRIPT: dict[str, tuple[str, str]] = {
    "ar": (
        "ةىإؤ",
        """في من على إلى الى أن ان إن عن التي الذي هذا هذه ذلك بين بعد قبل كان كانت قال قالت وقال لم لا ما
        مع حتى أو كما منذ خلال حول عند غير كل بعض أي هو هي ولا وفي ومن وهو وهي إنه أنه ليس كذلك أيضا حيث وقد
        قد ثم لكن ولكن هناك تم يتم الله اليوم أمس وأن وعلى فيه منه عليه بها لها له به أكد وأضاف""",
    ),
    "fa": (
        "پچژگ",
        """در به از که این است را با برای آن می شد های شده خود کرد بود یک تا هم بر یا اما ما او وی باید ها
        نیز دارد کرده کند شود هر پس دو نمی ایران کشور گفت""",
    ),
    "ur": (
        "ٹڈڑںےھہ",
        """کے میں کی ہے سے کو نے اور کا پر ہیں کہ یہ وہ تھا تھی ایک گیا بھی نہیں کر ہو اس جو ان تو کیا اپنے
        گے گی رہے والے لیے ساتھ""",
    ),
    "ckb": ("ێۆڕڵەڤ", "لە بۆ کە ئەم ئەو بە بوو دەکات هەر یان ناو سەر پێش کرد لەگەڵ نێوان ئەوەی"),
    "ps": ("ټډړږښګڼېۍځڅۀ", "د په چې کې او ته له هم دی ده شوی وه یې سره کړې وي نه خو پر"),
    "ug": ("ۇۈۋڭ", "ۋە بىلەن ئۈچۈن بۇ بىر"),
}
_LETTER_WEIGHT = 2

_LATIN_WORDS: dict[str, str] = {
    "en": "the of and to in a is that for on was with as by it from at are has have his said be this not who",
    "fr": "le la les de des du et en un une est que dans pour qui au sur par plus avec ce il sont aux été",
    "tr": "ve bir bu da de için ile olarak olan çok daha gibi kadar sonra olduğu ancak dedi türkiye ise",
    "es": "el la de que y en los del las un por con una para su al es se como más pero fue",
    "de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es hat nach",
    "it": "il di che la e per un in del una della con non sono si da i gli nel alla le è",
    "ku": "û li ku di de bi ji ne ev wê jî bû re kir dike",
    "so": "oo ka ku iyo in ah waa uu la ayaa wax ay soo waxaa",
    "id": "yang dan di dengan untuk ini dari dalam tidak itu pada akan adalah juga",
}
_CYRILLIC: dict[str, str] = {"uk": "їєіґ", "ru": "ыэё", "bg": "ъ"}


def detect(text: str) -> str | None:
    """Return the language's ISO 639-1 code, or None where there is too little text to decide.

    Sorani Kurdish, which has no code of its own there, is `ckb`. A text that is long enough but in none of
    the languages known here is `und`, so that it is never taken for Arabic.
    """
    sample = mend(text[:_SAMPLE])
    letters: dict[str, int] = {}
    for name, pattern in _SCRIPTS.items():
        letters[name] = sum(map(len, pattern.findall(sample)))
        if letters[name] > len(sample) * _SURE_SHARE:
            break
    total = sum(letters.values())
    if total < _FEWEST_LETTERS:
        return None
    main = max(letters, key=lambda name: letters[name])
    if main == "zh" and letters["ja"]:
        return "ja"
    if letters[main] < total * _MAIN_SHARE:
        return UNKNOWN
    if main == "arabic":
        return _arabic_script(_SCRIPTS["arabic"].findall(sample))
    if main == "latin":
        return _latin(_SCRIPTS["latin"].findall(sample.lower()))
    return _cyrillic(sample) if main == "cyrillic" else main


def _arabic_script(words: list[str]) -> str:
    counts = Counter(words)
    scores: Counter[str] = Counter()
    for language, letters in _OWN_LETTERS.items():
        marked = sum(count for word, count in counts.items() if not letters.isdisjoint(word))
        scores[language] = _LETTER_WEIGHT * marked + sum(counts[word] for word in _OWN_WORDS[language])
    scores["ar"] += sum(
        count for word, count in counts.items() if word.startswith(("ال", "وال", "بال", "لل"))
    )
    best, score = scores.most_common(1)[0]
    return best if score else UNKNOWN


def _latin(words: list[str]) -> str:
    counts = Counter(words)
    scores = Counter({language: sum(counts[word] for word in own) for language, own in _OWN_LATIN.items()})
    (best, score), (_, second) = scores.most_common(2)
    return best if score > second and score * 12 >= len(words) else UNKNOWN


def _cyrillic(sample: str) -> str:
    letters = Counter(sample.lower())
    scores = Counter(
        {language: sum(letters[letter] for letter in own) for language, own in _CYRILLIC.items()}
    )
    best, score = scores.most_common(1)[0]
    return best if score else UNKNOWN


_OWN_LETTERS = {language: frozenset(letters) for language, (letters, _) in _ARABIC_SCRIPT.items()}
_OWN_WORDS = {language: frozenset(words.split()) for language, (_, words) in _ARABIC_SCRIPT.items()}
_OWN_LATIN = {language: frozenset(words.split()) for language, words in _LATIN_WORDS.items()}
