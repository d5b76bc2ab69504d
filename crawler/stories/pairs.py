"""Find the pairs of texts that share fingerprints, in memory that grows with the texts, not with the pairs.

A fingerprint that many days or one site have again and again is a stock phrase, a dateline, a template; it
counts less, or nothing. docs/stories.md says how the limits were chosen.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST_CONTAINMENT = 0.12  # of the one text in the other
LEAST_SHARED = 5.0  # weight of the shared fingerprints: about 25 words in a row
DAYS_APART = 30  # more days between two texts, and they are two stories
FEW_DAYS = 3  # a fingerprint of so many different days counts in full
STOCK_DAYS = 10  # one of more days counts nothing
STOCK_ON_A_SITE = 3  # articles of one site; a fingerprint of more is the site's template
_NEIGHBOURS = 40  # texts before it that a text is compared with, for each fingerprint
_IN_MEMORY = 8_000_000  # fingerprints, and shared ones, at once

_Array = npt.NDArray[Any]
Chunks = Iterator[tuple[_Array, _Array]]  # fingerprints, and for each the number of its text


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that share enough; `first` was captured first."""

    first: int
    second: int
    shared: float  # weight of the shared fingerprints
    first_in_second: float  # share of the first text's weight that the second has
    second_in_first: float


@dataclass(slots=True)
class _Shared:
    """Pairs of texts with the weight that they share, added up."""

    keys: list[_Array] = field(default_factory=list)
    weights: list[_Array] = field(default_factory=list)
    held: int = 0

    def add(self, first: _Array, second: _Array, weight: _Array) -> None:
        self.keys.append((first.astype(np.uint64) << np.uint64(32)) | second.astype(np.uint64))
        self.weights.append(weight.astype(np.float32))
        self.held += len(weight)
        if self.held > _IN_MEMORY:
            self.sums()

    def sums(self) -> tuple[_Array, _Array]:
        """Return the pairs, each once, with their sums."""
        if not self.held:
            return np.empty(0, np.uint64), np.empty(0, np.float32)
        keys, weights = np.concatenate(self.keys), np.concatenate(self.weights)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        self.keys, self.weights = [keys[starts]], [np.add.reduceat(weights[order], starts)]
        self.held = len(starts)
        return self.keys[0], self.weights[0]


def pairs(
    chunks: Callable[[], Iterable[tuple[_Array, _Array]]], counts: _Array, sites: _Array, days: _Array
) -> list[Pair]:
    """Return the pairs of texts that tell the same story, sorted.

    Texts have numbers from 0, in the order of their capture. `chunks` yields (fingerprints, numbers of their
    texts) with numbers that never fall; it is called once for each part of the fingerprints. The arrays give
    for each text how many fingerprints it has, the number of its site and of its day.
    """
    total = int(counts.sum())
    parts = 1 << max(0, (total // _IN_MEMORY).bit_length())
    weights = counts.astype(np.float64)
    shared = _Shared()
    for part in range(parts):
        for texts, weight in _repeated(_part(chunks(), part, parts), sites, days):
            if weight < 1.0:
                np.subtract.at(weights, texts.ravel(), 1.0 - weight)
            if weight > 0.0:
                _compare(texts, weight, days, shared)
    return _enough(shared, weights)


def _part(chunks: Iterable[tuple[_Array, _Array]], part: int, parts: int) -> tuple[_Array, _Array]:
    """Return the fingerprints of one part, with the numbers of their texts."""
    prints, texts = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    for values, numbers in chunks:
        chosen = (values & np.uint64(parts - 1)) == part if parts > 1 else slice(None)
        prints.append(values[chosen])
        texts.append(numbers[chosen])
    return np.concatenate(prints), np.concatenate(texts)


def _repeated(part: tuple[_Array, _Array], sites: _Array, days: _Array) -> Iterator[tuple[_Array, float]]:
    """Yield the texts of fingerprints that several texts have, one fingerprint a row, with their weight."""
    prints, texts = part
    order = np.argsort(prints, kind="stable")
    prints, texts = prints[order], texts[order]
    starts = np.flatnonzero(np.r_[True, prints[1:] != prints[:-1]]) if len(prints) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(prints)])
    for size in np.unique(sizes[sizes > 1]):
        rows = texts[starts[sizes == size][:, None] + np.arange(size)]
        if size <= FEW_DAYS:  # can be no stock
            yield rows, 1.0
            continue
        weights = _weights(rows, sites, days)
        for weight in np.unique(weights):
            yield rows[weights == weight], float(weight)


def _weights(rows: _Array, sites: _Array, days: _Array) -> _Array:
    """Return the weight of each row's fingerprint."""
    of_days = np.sort(days[rows], axis=1)
    different = 1 + (of_days[:, 1:] != of_days[:, :-1]).sum(axis=1)
    weights = np.where(different <= FEW_DAYS, 1.0, FEW_DAYS / different)
    weights[different > STOCK_DAYS] = 0.0
    of_sites = np.sort(sites[rows], axis=1)
    template = (of_sites[:, STOCK_ON_A_SITE:] == of_sites[:, :-STOCK_ON_A_SITE]).any(axis=1)
    weights[template] = 0.0
    return weights


def _compare(rows: _Array, weight: float, days: _Array, shared: _Shared) -> None:
    """Add the pairs in each row that are close enough in time."""
    for apart in range(1, min(rows.shape[1] - 1, _NEIGHBOURS) + 1):
        first, second = rows[:, :-apart].ravel(), rows[:, apart:].ravel()
        near = np.abs(days[first] - days[second]) <= DAYS_APART
        first, second = first[near], second[near]
        shared.add(first, second, np.full(len(first), weight))


def _enough(shared: _Shared, weights: _Array) -> list[Pair]:
    """Return the pairs that share enough."""
    keys, sums = shared.sums()
    chosen = sums >= LEAST_SHARED - 1e-6  # what single precision loses
    keys, sums = keys[chosen], sums[chosen].astype(np.float64)
    first, second = (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    in_second = np.minimum(1.0, sums / np.maximum(weights[first], 1e-9))
    in_first = np.minimum(1.0, sums / np.maximum(weights[second], 1e-9))
    chosen = np.maximum(in_second, in_first) >= LEAST_CONTAINMENT
    columns = (first[chosen], second[chosen], sums[chosen], in_second[chosen], in_first[chosen])
    return [Pair(*each) for each in zip(*(column.tolist() for column in columns), strict=True)]
