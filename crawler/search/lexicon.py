"""The written words of an index: each has its own term in the engine, and one search form.

A term is the folded word. The same folded word can stand for two words, which the letters before folding tell
apart (كتابة and كتابه): the one with another form than the folded word itself has its form behind a mark.
"""

import math
import sqlite3
from collections.abc import Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from crawler.arabic.search_forms import Token, form
from crawler.search.engine import guarded

if TYPE_CHECKING:
    import tantivy

_MARK = "\x1f"
_MOST = 200  # spellings of one word that are searched, those of most articles first
_MOST_READ = 5_000
_MOST_PHRASES = 16  # ways to write one phrase with terms


class Spelling(NamedTuple):
    """One written form of a word."""

    term: str
    written: str  # as an article writes it
    articles: int  # that hold it


def term_of(folded: str, searched: str, default: str) -> str:
    """Return the term of a word; `default` is the form of the folded word."""
    return folded if searched == default else f"{folded}{_MARK}{searched}"


def folded_of(term: str) -> str:
    """Return the folded word of a term."""
    return term.partition(_MARK)[0]


def is_marked(term: str) -> bool:
    """Tell whether a term is one of several with the same folded word."""
    return _MARK in term


class Lexicon:
    """Finds the terms of words, for one search. Methods raise sqlite3.Error and DamagedError."""

    def __init__(self, database: sqlite3.Connection, searcher: "tantivy.Searcher") -> None:
        self._database = database
        self._searcher = searcher
        self._known: dict[str, list[Spelling]] = {}

    def spellings(self, searched: str) -> list[Spelling]:
        """Return the spellings of a search form, those of most articles first."""
        if searched not in self._known:
            rows = self._database.execute(
                "SELECT term, written FROM words WHERE form = ? LIMIT ?", (searched, _MOST_READ)
            )
            found = [Spelling(term, written or folded_of(term), self._count(term)) for term, written in rows]
            found.sort(key=lambda each: (-each.articles, each.term))
            self._known[searched] = [each for each in found if each.articles][:_MOST]
        return self._known[searched]

    def exact(self, token: Token) -> list[str]:
        """Return the terms with the letters of a word."""
        rows = self._database.execute("SELECT term FROM variants WHERE folded = ?", (token.folded,))
        return [token.folded, *(term for [term] in rows)]

    def phrases(self, tokens: Sequence[Token]) -> list[tuple[str, ...]]:
        """Return the ways in which terms make a phrase."""
        return list(islice(product(*map(self.exact, tokens)), _MOST_PHRASES))

    def weights(self, spellings: Sequence[Spelling]) -> list[float]:
        """Return the factor for each spelling by which all of them count as one word.

        BM25 takes a seldom spelling for a seldom word. The factor replaces its rarity by that of all.
        """
        everything = max(1, self._searcher.num_docs)
        whole = _rarity(min(everything, sum(each.articles for each in spellings)), everything)
        return [whole / _rarity(each.articles, everything) for each in spellings]

    def _count(self, term: str) -> int:
        return int(guarded(lambda: self._searcher.doc_freq("text", term)))


def _rarity(articles: int, everything: int) -> float:
    """Return the weight of a word in BM25, as the engine computes it."""
    return math.log(1 + (max(0, everything - articles) + 0.5) / (articles + 0.5))


def default_form(folded: str) -> str:
    """Return the search form of a folded word."""
    return form(folded)
