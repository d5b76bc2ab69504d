"""Words in Arabic text, found in whatever way they are written. Pure."""

import re
from collections.abc import Iterable

from crawler.arabic.text import normalise
from crawler.errors import UsageError

_BETWEEN = re.compile(r"[\W_]+")


class Words:
    """Some words or phrases, of which one is enough."""

    def __init__(self, asked: Iterable[str], *, whole: bool = True) -> None:
        """`whole`: from the beginning of a word to the end of one. Raises UsageError for what holds no word.

        Forms of alef, hamza, ya and ta marbuta, diacritics, tatweel, digits and case make no difference.
        """
        self._whole = whole
        self._asked = [self._folded(each) for each in asked]
        if not all(each.strip() for each in self._asked):
            raise UsageError("--words holds no word; write some letters or digits.")

    def __call__(self, *texts: str | None) -> bool:
        """Whether one of them stands in one of the texts."""
        folded = [self._folded(text) for text in texts if text]
        return any(asked in text for text in folded for asked in self._asked)

    def _folded(self, text: str) -> str:
        words = _BETWEEN.sub(" ", normalise(text)).strip()
        return f" {words} " if self._whole else words
