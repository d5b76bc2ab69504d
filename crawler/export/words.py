"""Words and phrases that a user wants to find in Arabic text."""

import re
from collections.abc import Iterable

from crawler.arabic.search_forms import Token, fold, tokens
from crawler.errors import UsageError

_QUOTED = re.compile(r'\s*["“”„«](.*)["“”«»]\s*', re.DOTALL)
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class Words:
    """Words or phrases to find in Arabic text; one match is enough.

    A word is found in all its forms: with و, ال and other clitics, with a pronoun, in any spelling. One in
    quotation marks is found as it stands, in any spelling.
    """

    def __init__(self, words: Iterable[str], *, whole: bool = True) -> None:
        """Prepare the search; without `whole`, the letters are found anywhere, also inside longer words.

        Raises UsageError for a text without a letter or digit.
        """
        self._exact: list[tuple[str, ...]] = []
        self._any: list[list[Token]] = []
        self._inside: list[str] = []
        for each in words:
            quoted = _QUOTED.fullmatch(each)
            found = tokens(quoted[1] if quoted else each)
            if not found:
                raise UsageError("--words holds no word; write some letters or digits.")
            if not whole:
                self._inside.append(_letters(quoted[1] if quoted else each).strip())
            elif quoted:
                self._exact.append(tuple(token.folded for token in found))
            else:
                self._any.append(found)

    def match(self, *texts: str | None) -> bool:
        """Return whether one of the words is in one of the texts."""
        return any(self._is_in(text) for text in texts if text)

    def _is_in(self, text: str) -> bool:
        if self._inside:
            letters = _letters(text)
            if any(word in letters for word in self._inside):
                return True
        if not (self._any or self._exact):
            return False
        found = tokens(text)
        folded = [token.folded for token in found]
        return any(_stands(list(phrase), folded) for phrase in self._exact) or any(
            _stands_in_any_form(phrase, found) for phrase in self._any
        )


def _stands(phrase: list[str], words: list[str]) -> bool:
    """Return whether words stand one behind the other in a text."""
    length = len(phrase)
    return any(word == phrase[0] and words[at : at + length] == phrase for at, word in enumerate(words))


def _stands_in_any_form(phrase: list[Token], words: list[Token]) -> bool:
    """Return the same for words in any form. Letters that fold alike count too: كتابه for كتابة."""
    last = len(words) - len(phrase)
    return any(
        all(
            wanted.form == words[at + n].form or wanted.folded == words[at + n].folded
            for n, wanted in enumerate(phrase)
        )
        for at in range(last + 1)
    )


def _letters(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", fold(text))
