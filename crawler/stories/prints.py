"""Fingerprints of a text: winnowed hashes of five words in a row, over folded letters. Pure.

After Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (2003): of
each eight hashes in a row the least is kept, so that two texts with the same twelve words share a
fingerprint, whatever stands around these words.
"""

import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from crawler.arabic.search_forms import fold

WORDS = 5  # of a hash
WINDOW = 8  # hashes of which one is kept
MAX_WORDS = 20_000  # of a text that are read; longer texts are books and lists
MAX_PARAGRAPH = 65_535  # the number of a paragraph that is kept
VERSION = f"1 {WORDS} {WINDOW}"
"""The rules of this module; prints of another version are made anew."""

_WORD = re.compile(r"[^\W_]+")
_MASK = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15  # odd, so that multiplying by it loses nothing
_LEAVING = pow(_BASE, WORDS, 1 << 64)
_REMEMBERED = 200_000  # words
_hashes: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of one text, each once, with the paragraph where it stands first."""

    hashes: "array[int]"  # 64 bits each
    paragraphs: "array[int]"  # 16 bits each, from 0
    words: int  # of the text, those behind MAX_WORDS included


def fingerprints(text: str) -> Prints:
    """Return the fingerprints of a text whose paragraphs are its lines."""
    words: list[int] = []
    starts: list[int] = []  # of each paragraph, in words
    count = 0
    for paragraph in text.split("\n"):
        starts.append(len(words))
        found = _WORD.findall(fold(paragraph))
        count += len(found)
        words += map(_hash_of_word, found[: MAX_WORDS - len(words)])
    hashes, paragraphs = array("Q"), array("H")
    seen: set[int] = set()
    current, last = 0, len(starts) - 1
    for at, value in _winnowed(_of_words(words)):
        while current < last and starts[current + 1] <= at:
            current += 1
        if value not in seen:
            seen.add(value)
            hashes.append(value)
            paragraphs.append(min(current, MAX_PARAGRAPH))
    return Prints(hashes, paragraphs, count)


def all_hashes(text: str) -> set[int]:
    """Return the hash of every five words in a row."""
    return set(_of_words([_hash_of_word(word) for word in _WORD.findall(fold(text))[:MAX_WORDS]]))


def _of_words(words: Iterable[int]) -> Iterator[int]:
    """Yield the hash of each five words in a row, computed from the one before."""
    held: deque[int] = deque()
    value = 0
    for word in words:
        value = (value * _BASE + word) & _MASK
        held.append(word)
        if len(held) > WORDS:
            value = (value - held.popleft() * _LEAVING) & _MASK
        if len(held) == WORDS:
            yield _mixed(value)


def _mixed(value: int) -> int:
    """Return a hash whose high bits depend on all words: the least hash is chosen by them."""
    value ^= value >> 32
    return (value * 0xD6E8FEB86659FD93) & _MASK


def _winnowed(hashes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield position and value of the least hash of each window, each position once.

    A text with fewer hashes than a window has one fingerprint, the least of them.
    """
    every = list(hashes)
    if not every:
        return
    chosen = -1
    for start in range(max(1, len(every) - WINDOW + 1)):
        end = min(start + WINDOW, len(every))
        if chosen < start:
            chosen = min(range(start, end), key=lambda at: every[at])
            yield chosen, every[chosen]
        elif every[end - 1] < every[chosen]:
            chosen = end - 1
            yield chosen, every[chosen]


def _hash_of_word(word: str) -> int:
    found = _hashes.get(word)
    if found is None:
        if len(_hashes) >= _REMEMBERED:
            _hashes.clear()
        found = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        _hashes[word] = found
    return found
