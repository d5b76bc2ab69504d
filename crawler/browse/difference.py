"""The difference of two versions of a text, word by word, with changes of spelling only shown apart. Pure.

Words are compared in their folded form (`crawler.arabic.text.normalise`), without the punctuation that
follows them. So two words that differ only in hamza, ya, diacritics or punctuation are the same word, written
otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from crawler.arabic.text import normalise

Kind = Literal["same", "added", "removed", "spelling"]
MOST_WORDS = 4_000  # in one changed passage; a longer one is shown as removed and added
_WORD = re.compile(r"\n|[^\s\w]*[\w\u064b-\u065f\u0670\u0640]+[^\s\w]*|[^\s\w]+")
_LETTERS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of one kind. `before` is empty for added words, `after` for removed ones."""

    kind: Kind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The paragraphs of a comparison, each a list of pieces, and the words of each kind."""

    paragraphs: tuple[tuple[Piece, ...], ...]
    counts: dict[Kind, int]

    @property
    def edited(self) -> bool:
        """Whether words were added or removed."""
        return bool(self.counts["added"] or self.counts["removed"])

    @property
    def respelled(self) -> bool:
        return bool(self.counts["spelling"])


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    key: str


def difference(before: str, after: str) -> Difference:
    """Compare two texts whose paragraphs are lines."""
    old, new = _words(before), _words(after)
    counts: Counter[Kind] = Counter()
    paragraphs: list[list[Piece]] = [[]]
    for kind, was, now in _changes(old, new):
        text_was, text_now = (word.text if word else "" for word in (was, now))
        if "\n" in {
            text_was,
            text_now,
        }:  # a paragraph ends, perhaps in one version only
            if text_now:
                paragraphs.append([])
            continue
        counts[kind] += 1
        _append(paragraphs[-1], Piece(kind, text_was, text_now))
    found = tuple(tuple(pieces) for pieces in paragraphs if pieces)
    return Difference(found, {kind: counts[kind] for kind in ("same", "added", "removed", "spelling")})


def _words(text: str) -> list[_Word]:
    return [_Word(each, _key(each)) for each in _WORD.findall(text.strip())]


def _key(text: str) -> str:
    if text == "\n":
        return text
    return _LETTERS.sub("", normalise(text)) or text


_Change = tuple[Kind, _Word | None, _Word | None]


def _changes(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[_Change]:
    """Yield each word once, or a pair of the same word in both versions."""
    for begin_old, end_old, begin_new, end_new, same in _passages(old, new):
        if same:
            for was, now in zip(old[begin_old:end_old], new[begin_new:end_new], strict=True):
                yield ("same" if was.text == now.text else "spelling"), was, now
            continue
        for was in old[begin_old:end_old]:
            yield "removed", was, None
        for now in new[begin_new:end_new]:
            yield "added", None, now


def _passages(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Yield passages that are the same or differ: of paragraphs first, and then of words between these."""
    starts_old, starts_new = _paragraph_starts(old), _paragraph_starts(new)
    keys_old = [_keys(old[a:b]) for a, b in starts_old]
    keys_new = [_keys(new[a:b]) for a, b in starts_new]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, keys_old, keys_new, autojunk=False).get_opcodes():
        a1, a2 = _range(starts_old, i1, i2, len(old))
        b1, b2 = _range(starts_new, j1, j2, len(new))
        if tag == "equal":
            yield a1, a2, b1, b2, True
        else:
            yield from _in_passage(old, new, (a1, a2), (b1, b2))


def _in_passage(
    old: Sequence[_Word], new: Sequence[_Word], was: tuple[int, int], now: tuple[int, int]
) -> Iterator[tuple[int, int, int, int, bool]]:
    if max(was[1] - was[0], now[1] - now[0]) > MOST_WORDS:
        yield *was, *now, False
        return
    keys = _keys(old[slice(*was)]), _keys(new[slice(*now)])
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        yield was[0] + i1, was[0] + i2, now[0] + j1, now[0] + j2, tag == "equal"


def _keys(words: Sequence[_Word]) -> tuple[str, ...]:
    return tuple(word.key for word in words)


def _paragraph_starts(words: Sequence[_Word]) -> list[tuple[int, int]]:
    """Return the range of each paragraph, with the line end behind it."""
    ends = [number + 1 for number, word in enumerate(words) if word.text == "\n"]
    edges = [0, *ends, len(words)]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def _range(starts: Sequence[tuple[int, int]], first: int, last: int, end: int) -> tuple[int, int]:
    begin = starts[first][0] if first < len(starts) else end
    return begin, starts[last - 1][1] if last > first else begin


def _append(pieces: list[Piece], piece: Piece) -> None:
    """Add a word to the last piece where it is of the same kind; each respelled word stays by itself."""
    last = pieces[-1] if pieces else None
    if last is None or last.kind != piece.kind or piece.kind == "spelling":
        pieces.append(piece)
        return
    pieces[-1] = Piece(piece.kind, _joined(last.before, piece.before), _joined(last.after, piece.after))


def _joined(first: str, second: str) -> str:
    return f"{first} {second}" if first and second else first or second
