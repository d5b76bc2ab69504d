"""Take clitics off an Arabic word: و ف ب ك ل ال لل before it, pronouns behind it. Pure.

A word of the vocabulary is never cut. Any other word is cut where the rest is a word of the vocabulary, and
where several cuts are possible, the most probable one counts: the level of the rest plus the weights of what
is cut off.
"""

from collections.abc import Iterator, Mapping

from crawler.arabic.vocabulary import vocabulary

_HAMZA = frozenset("أإآٱ")  # on the alef of a word, never on that of the article
_SHORTEST = 2  # letters of a rest
_LONGEST = 30  # letters of a word that is read; no Arabic word comes near
_LEAST = 0  # level and weights of a cut that is believed
_FEMININE = 2  # by how much ة before a pronoun is more probable than the ت of a verb
_NO_VERB = 10  # by how much that ت is less probable behind a preposition
_SHORT = 4  # by how much a rest of two letters is less probable than its count
_ARTICLE_REST = 3  # letters behind an article that may be unknown to the vocabulary

# Weights are ten times the decimal logarithm of how often words carry the clitic.
_SINGLE = {"و": -6, "ف": -11, "ب": -10, "ل": -10, "ك": -17}
_ARTICLE = -3
_BEFORE_ARTICLE = ("", "و", "ف", "ب", "ك", "وب", "وك", "فب", "فك")


def _weight(clitics: str) -> int:
    return sum(_SINGLE[each] for each in clitics)


_PROCLITICS: dict[str, int] = {
    **_SINGLE,
    **{f"{outer}{inner}": _weight(outer + inner) for outer in "وف" for inner in "بلك"},
    **{f"{outer}ال": _weight(outer) + _ARTICLE for outer in _BEFORE_ARTICLE},
    **{f"{outer}لل": _weight(f"{outer}ل") + _ARTICLE for outer in ("", "و", "ف")},
}
_ARTICLES = frozenset(each for each in _PROCLITICS if each.endswith(("ال", "لل")))
_BY_FIRST = {first: tuple(each for each in _PROCLITICS.items() if each[0][0] == first) for first in "وفبلكا"}
_ENCLITICS = {
    "ه": -10, "ها": -10, "هم": -13, "نا": -14, "ك": -17, "كم": -17, "ني": -17,
    "هما": -20, "هن": -20, "كن": -24, "كما": -24,
}  # fmt: skip
_BY_LAST = {last: tuple(each for each in _ENCLITICS.items() if each[0][-1] == last) for last in "هاميكن"}

# ل before a word that holds its article for good.
_CONTRACTED = {
    f"{outer}ل{rest}": f"ا{rest}" for outer in ("", "و", "ف") for rest in ("لذي", "لتي", "لذين")
} | {f"{outer}لله": "الله" for outer in ("", "و", "ف")}


def base(folded: str, spelled: str) -> str:
    """Return a word without its clitics, folded.

    `spelled` is the same word, of the same length, before letters were folded: its ة and the hamza on its
    alef tell what the folded letters do not.
    """
    if not _SHORTEST < len(folded) <= _LONGEST:
        return folded
    if folded in _CONTRACTED:
        return _CONTRACTED[folded]
    known = vocabulary()
    if folded in known or (spelled[-1] == "ة" and f"{folded[:-1]}ة" in known):
        return folded
    best, most = best_cut(folded, spelled, known)
    if most >= _LEAST:
        return f"{best[:-1]}ه" if best[-1] == "ة" else best
    return _without_article(folded, spelled)


def best_cut(folded: str, spelled: str, known: Mapping[str, int]) -> tuple[str, int]:
    """Return what the most probable cut of a word leaves, and its level; "" and -99 where there is none."""
    best, most = "", -99
    for cut, rest in _cuts(folded, spelled):
        if rest in known:
            level = known[rest] + cut - (_SHORT if len(rest) == _SHORTEST else 0)
            if level > most:
                best, most = rest, level
    return best, most


def _cuts(folded: str, spelled: str) -> Iterator[tuple[int, str]]:
    """Yield the weight of each possible cut, with its rest."""
    ends = (
        [end for end in _BY_LAST.get(folded[-1], ()) if folded.endswith(end[0])] if spelled[-1] != "ة" else ()
    )
    for enclitic, behind in ends:
        if len(folded) - len(enclitic) >= _SHORTEST:
            yield from _stems(behind, folded[: -len(enclitic)])
    for proclitic, before in _BY_FIRST.get(folded[0], ()):
        rest = folded[len(proclitic) :]
        if not folded.startswith(proclitic) or len(rest) < _SHORTEST:
            continue
        article = proclitic in _ARTICLES
        if article and _has_hamza(proclitic, spelled):
            continue
        yield before, rest
        if rest[-1] == "ه" and (article or spelled[-1] == "ة"):
            yield before, f"{rest[:-1]}ة"
        if not article:  # a word has an article or a pronoun
            for enclitic, behind in ends:
                if len(rest) - len(enclitic) >= _SHORTEST:
                    verb = 0 if proclitic in "وف" else _NO_VERB
                    yield from _stems(before + behind, rest[: -len(enclitic)], verb)


def _stems(cut: int, stem: str, verb: int = 0) -> Iterator[tuple[int, str]]:
    """Yield a stem as it is written before a pronoun, and as it is written alone."""
    yield cut - (verb if stem[-1] == "ت" else 0), stem
    if len(stem) > _SHORTEST:
        if stem[-1] == "ت":  # وزارت(ها) is وزارة, كتبت(ها) is a verb
            yield cut + _FEMININE, f"{stem[:-1]}ه"
            yield cut + _FEMININE, f"{stem[:-1]}ة"
        elif stem[-1] == "ا":
            yield cut, f"{stem[:-1]}ي"
        elif stem[-1] == "و":
            yield cut, f"{stem}ا"


def _has_hamza(proclitic: str, spelled: str) -> bool:
    """Return whether the alef that an article would need carries a hamza, as in ألمانيا."""
    return proclitic.endswith("ال") and spelled[len(proclitic) - 2] in _HAMZA


def _without_article(folded: str, spelled: str) -> str:
    """Return a word that the vocabulary does not know without its article, which is sign enough."""
    for proclitic, _ in _BY_FIRST.get(folded[0], ()):
        rest = folded[len(proclitic) :]
        if (
            proclitic in _ARTICLES
            and folded.startswith(proclitic)
            and len(rest) >= _ARTICLE_REST
            and not _has_hamza(proclitic, spelled)
        ):
            return rest
    return folded
