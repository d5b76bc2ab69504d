"""Find the words of a list that stand without clitics, by the other words of the same list.

A word may be cut where the list knows the rest. Two observations decide. A word of its own takes an article
or a preposition before its first letter (الوزن, so و belongs to وزن), and a word with a clitic hardly ever
does (ووقال is a thousandth as usual as وقال). And the rest is the more usual of the two, with its own article
counted. The weights of both were fitted to the families and traps of `tests/arabic/search_forms`.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crawler.arabic.clitics import best_cut
from crawler.arabic.text import normalise

_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_HAMZA = frozenset("أإآ")
_PROCLITICS = "وفبلك"
_PRONOUNS = ("هما", "ها", "هم", "هن", "نا", "كم", "كما", "كن", "ني", "ه", "ك")
LEAST = 40.0  # uses in 10^9 words of a word that is believed to be one
_SHORTEST = 2  # letters
_LONGEST = 14
_MISSPELT = 0.04  # how often ة is written as ه, in the list
_OWN_PRONOUN = 0.1  # uses of a word in ه for each use of the same in ة, from which on ه is a pronoun
_MANY_HAMZA = 0.3  # share of the spellings with أ or إ that makes ال no article
_RARE = 30  # level of a word whose clitics too may be rare, so that the list has no example
_OWN_ARTICLE = 0.02  # uses with an article, for each use without, of a word of its own
_MARGIN = 0  # by how much a cut must be more usual than a rare word
# Weights of: the logarithm of how much more usual the rest is; that of how often the word has clitics of its
# own; and the level of the decision.
_WEIGHTS = {
    "و": (2.45, -2.05, -4.7),
    "ف": (2.4, -1.25, -4.4),
    "ب": (2.65, -1.6, -4.7),
    "ل": (2.65, -2.05, -5.7),
    "ك": (2.9, -1.5, -6.0),
    "ال": (1.9, -1.6, -1.0),
    "-ه": (2.4, -1.3, -4.3),
    "-": (2.4, -1.1, -4.5),
}
_ARTICLE_SHARE = 0.25  # uses with an article for each use without, from which on a word has no other clitic
_MOST = 2.2  # logarithm of how much more usual a rest is, from which on it is no more evidence
_BEHIND_ARTICLE = 3.0  # a clitic before an article is hardly ever a letter of the word
# Words of grammar: they are short, usual and unlike others, so that counts mislead.
_OF_GRAMMAR = """
الله الذي التي الذين اللذين اللذان اللتان اللتين اللاتي اللواتي الان هنا هناك هنالك كان كانت
كانوا لكن كما كل كلا لما لو لولا فقط ليس له لها لهم لنا لك لكم به بها بهم بنا بك بكم الا الي اما
بل بلي بين بعد لدي علي عن من في فوق كي كيف كم لم لن لا لان كذلك فقد ولو وهم التقي التقت التقوا
التقيت التحق التحقت التحقوا التزم التزمت التزموا التقط التقطت التقطوا التمس التمست التفت التفتت
التهم التهمت التجا التف التحم التبس التام
"""
_GRAMMAR = frozenset(_OF_GRAMMAR.split())


@dataclass(frozen=True, slots=True)
class Words:
    """Counts of folded words, a final ة kept; `hamza` counts the spellings that begin with أ, إ or آ."""

    counts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    hamza: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, word: str, count: float) -> None:
        """Count a word; one with other than Arabic letters is left out."""
        folded = normalise(word)
        if word.endswith("ة") and folded.endswith("ه"):
            folded = f"{folded[:-1]}ة"
        if _ARABIC.fullmatch(folded):
            self.counts[folded] += count
            if word[0] in _HAMZA:
                self.hamza[folded] += count

    def of(self, *words: str) -> float:
        """Return the uses of several words together."""
        return sum(self.counts.get(word, 0.0) for word in words)

    def with_article(self, word: str) -> float:
        """Return the uses of a word behind an article."""
        return self.of(f"ال{word}", f"وال{word}", f"بال{word}", f"لل{word}")


def bases(words: Words) -> Iterator[tuple[str, int]]:
    """Yield each base word with its level, as `crawler.arabic.vocabulary` returns them."""
    for word in _GRAMMAR:
        yield word, _level(words.of(word))
    for word, count in words.counts.items():
        if count < LEAST or not _SHORTEST <= len(word) <= _LONGEST or word in _GRAMMAR:
            continue
        if any(
            words.of(rest) >= (1 if clitic == "ال" else LEAST) and _is_cut(words, word, clitic, rest)
            for clitic, rest in cuts(words, word)
        ):
            continue
        if word[-1] == "ه" and words.of(f"{word[:-1]}ة") * _OWN_PRONOUN > count:
            continue  # ة misspelt; the word in ة stands for both
        level = _level(words.of(word) + words.with_article(word))
        yield _key(words, word), level


def settled(words: Words, found: dict[str, int]) -> dict[str, int]:
    """Return the base words without the rare ones that are others with several clitics, like وكتلتها."""
    return {
        word: level
        for word, level in found.items()
        if word in _GRAMMAR
        or level > _RARE
        or words.with_article(word) > _OWN_ARTICLE * words.of(word)
        or best_cut(word, word, found)[1] < level + _MARGIN
    }


def cuts(words: Words, word: str) -> Iterator[tuple[str, str]]:
    """Yield each clitic that a word may have outermost, as ب or -ه, with the rest as it is written alone."""
    if len(word) > _SHORTEST:
        if word[0] in _PROCLITICS:
            yield word[0], word[1:]
        if word.startswith("لل") and len(word) > _SHORTEST + 1:
            yield "ل", f"ا{word[1:]}"
        if (
            word.startswith("ال")
            and len(word) > _SHORTEST + 1
            and words.hamza.get(word, 0.0) < _MANY_HAMZA * words.of(word)
        ):
            yield "ال", word[2:]
    for pronoun in _PRONOUNS:
        stem = word.removesuffix(pronoun)
        if stem != word and len(stem) >= _SHORTEST:
            yield from ((f"-{pronoun}", each) for each in _alone(stem))


def _alone(stem: str) -> Iterable[str]:
    """Return how a stem before a pronoun may be written alone."""
    restored = {"ت": f"{stem[:-1]}ة", "ا": f"{stem[:-1]}ي", "و": f"{stem}ا"}.get(stem[-1])
    return (stem, restored) if restored and len(stem) > _SHORTEST else (stem,)


def evidence(words: Words, word: str, clitic: str, rest: str) -> tuple[float, float] | None:
    """Return how much more usual the rest is, and how often the word has clitics of its own, as logarithms.

    None where ه is no pronoun but a misspelt ة.
    """
    count, own = words.of(word), _own_clitics(words, word, clitic)
    if clitic == "-ه":
        feminine = f"{word[:-1]}ة"
        count = max(count - _MISSPELT * words.of(feminine), 0.0)
        own = max(own - _MISSPELT * words.with_article(feminine), 0.0)
        if count <= _OWN_PRONOUN * words.of(feminine):
            return None
    rest_uses = words.of(rest)
    rest_uses += words.of(f"لل{rest}") if clitic == "ال" else words.with_article(rest)
    return math.log10((rest_uses + 1) / (count + 1)), math.log10((own + 3) / (count + 3))


def _own_clitics(words: Words, word: str, clitic: str) -> float:
    """Return the uses of a word with clitics that it could not have if `clitic` were one."""
    if clitic in ("و", "ف"):
        return words.with_article(word) + words.of(
            *(f"{each}{word}" for each in ("ب", "ل", "و", "ف", "ك", "وب", "ول"))
        )
    if clitic == "ل":
        return words.of(*(f"{each}{word}" for each in ("ال", "وال", "بال", "ب", "ك", "وب")))
    if clitic in ("ب", "ك"):
        return words.with_article(word) + words.of(*(f"{each}{word}" for each in ("ب", "ل", "ك", "وب", "ول")))
    return words.with_article(word) + (words.of(f"ل{word}") if clitic == "ال" else 0.0)


def _is_cut(words: Words, word: str, clitic: str, rest: str) -> bool:
    found = evidence(words, word, clitic, rest)
    if found is None:
        return False
    if clitic not in ("ال", "ل", "-ه") and words.with_article(word) > _ARTICLE_SHARE * words.of(word):
        return False
    more, own, level = _WEIGHTS.get(clitic, _WEIGHTS["-"])
    if (
        clitic in _PROCLITICS
        and rest.startswith("ال")
        and not words.hamza.get(rest, 0.0) > _MANY_HAMZA * words.of(rest)
    ):
        level += _BEHIND_ARTICLE
    return more * min(found[0], _MOST) + own * found[1] + level > 0


def _key(words: Words, word: str) -> str:
    """Return a word as the vocabulary lists it: ة as ه, unless the word in ه is another with a pronoun."""
    if word[-1] != "ة":
        return word
    plain = f"{word[:-1]}ه"
    if words.of(plain) <= _OWN_PRONOUN * words.of(word):
        return plain
    pronoun = any(words.of(rest) >= LEAST and _is_cut(words, plain, "-ه", rest) for rest in _alone(word[:-1]))
    return word if pronoun else plain


def _level(uses: float) -> int:
    return round(10 * math.log10(max(uses, 1.0)))
