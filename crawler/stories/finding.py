"""Find the stories of an archive: from cached fingerprints to groups of articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from crawler.stories.cache import Cache
from crawler.stories.grouping import Grouped, grouped
from crawler.stories.members import Member
from crawler.stories.pairs import Pair, pairs

LEAST_WORDS = 40  # of an article; shorter ones are captions and notices
_CHUNK = 1_000  # texts whose fingerprints are read at once


@dataclass(frozen=True, slots=True)
class Found:
    """Articles and the stories among them; numbers are positions in `members`."""

    members: list[Member]
    pairs: list[Pair]
    copies: dict[int, int]  # an article with the folded text of an earlier one
    grouped: Grouped


def find(cache: Cache, of: list[Member]) -> Found:
    """Return the stories of articles, which are in the order of their capture."""
    copies = _copies(of)
    compared = [
        number
        for number, member in enumerate(of)
        if number not in copies and member.unfit is None and member.words >= LEAST_WORDS
    ]
    counts = np.zeros(len(of), np.int64)
    counts[compared] = [of[number].prints for number in compared]

    def chunks() -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
        for start in range(0, len(compared), _CHUNK):
            some = compared[start : start + _CHUNK]
            hashes = np.frombuffer(b"".join(cache.bytes_of(of[number].row) for number in some), np.uint64)
            yield hashes, np.repeat(np.array(some, np.uint32), counts[some])

    names = {site: n for n, site in enumerate(sorted({member.site for member in of}))}
    sites = np.array([names[member.site] for member in of], np.int32)
    days = np.array([date.fromisoformat(member.day).toordinal() for member in of], np.int32)
    found = pairs(chunks, counts, sites, days)
    return Found(of, found, copies, grouped(found, copies))


def _copies(of: list[Member]) -> dict[int, int]:
    """Return for each article with the folded text of an earlier one the number of the first such."""
    first: dict[bytes, int] = {}
    copies = {}
    for number, member in enumerate(of):
        if member.unfit is None and member.words >= LEAST_WORDS:
            earlier = first.setdefault(member.digest, number)
            if earlier != number:
                copies[number] = earlier
    return copies
