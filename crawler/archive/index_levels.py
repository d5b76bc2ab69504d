"""The list of the files of a merged index, `cdxj/<site>.json`, and which of them a run writes again. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from crawler.errors import ArchiveError

FORMAT = "warraq-merged-index/1"
LIST_MAX_BYTES = 10_000
_SMALL = 1 << 18  # bytes of a file that is written again each time
_RATIO = 3  # a file at most so many times as large as what comes behind it is merged with that
_MAX_FILES = 60  # each is larger than all behind it, so this is more than any disk holds


@dataclass(frozen=True, slots=True)
class IndexList:
    """The files of a merged index, the largest first."""

    sizes: tuple[int, ...]  # bytes

    def to_bytes(self) -> bytes:
        return (json.dumps({"format": FORMAT, "sizes": self.sizes}) + "\n").encode("ascii")

    @classmethod
    def parse(cls, data: bytes, name: str) -> Self:
        """Parse a list. Raises ArchiveError for any other bytes; `name` says where they were."""
        try:
            value = json.loads(data) if len(data) <= LIST_MAX_BYTES else {}
            sizes = tuple(int(size) for size in value["sizes"])
            sound = value["format"] == FORMAT and 0 < len(sizes) <= _MAX_FILES and min(sizes) >= 0
        except (ValueError, KeyError, TypeError, RecursionError):
            sound = False
        if not sound:
            raise ArchiveError(f"{name} is damaged; remove it, and run scrapy compact, which makes it anew.")
        return cls(sizes)


def to_rewrite(sizes: Sequence[int], added: int) -> int:
    """Return the number of the file, from 0, that is written again with all files behind it and new lines.

    `sizes` are the bytes of the files, `added` those of the new lines. The number of the files where all of
    them stay and the new lines become a file of their own.
    """
    level, total = len(sizes), added
    while level and sizes[level - 1] <= max(_SMALL, _RATIO * total):
        level -= 1
        total += sizes[level]
    return level
