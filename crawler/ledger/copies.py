"""The list of the copies of a ledger: `ledger/<site>.json` in the archive. Pure.

The copies are a series. The first one holds all rows of the ledger, each later one the rows that one run
changed. Neighbours in the series are merged now and then, so that their number grows with the logarithm of
the number of runs. A copy never changes; the list is replaced.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from crawler.errors import ArchiveError

FORMAT = "warraq-ledger/2"
MAX_BYTES = 1_000_000  # of a list
RECENT = 64  # names of the newest entries in a list
_AT_ONCE = 8  # copies of one size that become one
_SMALLEST = 1 << 18  # bytes; smaller copies count as one size
_FIRST_VERSION = "0.1-"  # begins the id of its series
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a copy."""

    key: str
    sha256: str  # 64 lower-case hex digits
    size: int | None  # bytes; None of a copy that version 0.1 wrote


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One copy, or several that were merged: those up to the entry `last` that no earlier copy holds."""

    name: str
    last: int  # number of its last entry in the series, counted from 1
    parts: tuple[Part, ...]  # of one SQLite file, in order

    @property
    def size(self) -> int:
        return sum(part.size or 0 for part in self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyList:
    """The copies of a ledger in the archive."""

    run_id: str  # the run whose state the last copy holds
    log: str  # id of the series
    entries: int  # copies that were written, also those that were merged since
    recent: tuple[str, ...]  # names of the last entries
    copies: tuple[Copy, ...]

    @property
    def is_of_first_version(self) -> bool:
        """Whether version 0.1 wrote the list: it has one copy, which holds all rows."""
        return self.entries == 1 and self.log.startswith(_FIRST_VERSION)

    def name_at(self, entry: int) -> str | None:
        """Return the name of an entry, None for one that is too old to be known."""
        place = entry - (self.entries - len(self.recent)) - 1
        return self.recent[place] if 0 <= place < len(self.recent) else None

    def keys(self) -> set[str]:
        """Return the keys of the files of all copies."""
        return {part.key for copy in self.copies for part in copy.parts}

    def after(self, entry: int) -> list[Copy]:
        """Return the copies that hold entries after this one."""
        return [copy for copy in self.copies if copy.last > entry]

    def with_entry(self, run_id: str, copy: Copy, *, replaces: int) -> Self:
        """Add an entry whose copy also holds the rows of the last `replaces` copies."""
        entries = self.entries + 1
        kept = self.copies[: len(self.copies) - replaces]
        return replace(
            self,
            run_id=run_id,
            entries=entries,
            recent=(*self.recent, copy.name)[-RECENT:],
            copies=(*kept, replace(copy, last=entries)),
        )

    def to_bytes(self, generation: int) -> bytes:
        """Return the document; `generation` is that of the lease under which it is written."""
        copies = [
            {
                "name": copy.name,
                "last": copy.last,
                "parts": [{"key": part.key, "sha256": part.sha256, "size": part.size} for part in copy.parts],
            }
            for copy in self.copies
        ]
        document = {
            "format": FORMAT,
            "generation": generation,
            "run_id": self.run_id,
            "log": self.log,
            "entries": self.entries,
            "recent": self.recent,
            "copies": copies,
        }
        return (json.dumps(document, indent=1) + "\n").encode("ascii")

    @classmethod
    def parse(cls, data: bytes, site: str) -> "CopyList":
        """Parse a document, also one of version 0.1. Raises ArchiveError for any other bytes."""
        try:
            value = json.loads(data) if len(data) <= MAX_BYTES else {}
            listed = cls._of(value, site) if "format" in value else cls._of_first_version(value, site)
            ends = [copy.last for copy in listed.copies]
            sound = ends == sorted(set(ends)) and ends[-1:] == [listed.entries] and ends[0] > 0
        except (ValueError, KeyError, TypeError, RecursionError):
            sound = False
        if not sound or not listed.recent or len(listed.recent) > min(RECENT, listed.entries):
            raise ArchiveError(f"ledger/{site}.json in the archive is damaged; move it away.")
        return listed

    @classmethod
    def _of(cls, value: dict[str, Any], site: str) -> Self:
        if value["format"] != FORMAT:
            raise ArchiveError(
                f"ledger/{site}.json in the archive is of another version than {FORMAT!r}: "
                "use the Warraq that wrote it, or a newer one."
            )
        copies = (
            Copy(
                name=_name(copy["name"]),
                last=int(copy["last"]),
                parts=tuple(_part(part, site) for part in copy["parts"]),
            )
            for copy in value["copies"]
        )
        return cls(
            run_id=_name(value["run_id"]),
            log=_name(value["log"]),
            entries=int(value["entries"]),
            recent=tuple(map(_name, value["recent"])),
            copies=tuple(copies),
        )

    @staticmethod
    def _of_first_version(value: dict[str, Any], site: str) -> "CopyList":
        """Read the description of the one copy that version 0.1 replaced after each run."""
        run_id, sha256 = _name(value["run_id"]), _digest(value["sha256"])
        part = Part(key=first_version_key(site), sha256=sha256, size=None)
        copy = Copy(name=run_id, last=1, parts=(part,))
        return first_list(run_id, f"{_FIRST_VERSION}{sha256[:16]}", copy)


def first_list(run_id: str, log: str, copy: Copy) -> CopyList:
    """Return the list of a new series, whose first copy holds all rows."""
    return CopyList(run_id=run_id, log=log, entries=1, recent=(copy.name,), copies=(replace(copy, last=1),))


def list_key(site: str) -> str:
    """Return the key of the list of a site's copies."""
    return f"ledger/{site}.json"


def first_version_key(site: str) -> str:
    """Return the key of the copy that version 0.1 wrote."""
    return f"ledger/{site}.sqlite"


def part_key(site: str, name: str, number: int, count: int) -> str:
    """Return the key of a part, numbered from 1, of a copy with so many parts."""
    return f"ledger/{site}.{name}{f'.{number:03}' if count > 1 else ''}.sqlite"


def is_copy_key(key: str, site: str) -> bool:
    """Say whether a key is that of a part of a copy, as `part_key` makes it."""
    return key.startswith(f"ledger/{site}.") and key.endswith(".sqlite") and key != first_version_key(site)


def to_merge(sizes: Sequence[int]) -> int:
    """Return how many of the last copies become one, by their bytes in order; 1: the last one stays.

    The first copy, which holds all rows, is not among them. Eight copies of one size become one of the next
    size, so each row is written again only as often as there are sizes.
    """
    count, total = 0, 0
    rest = list(sizes)
    while rest:
        tier = _tier(total or rest[-1])
        same = 0
        while same < len(rest) and _tier(rest[-1 - same]) <= tier:
            same += 1
        if same + bool(count) < _AT_ONCE:
            return max(count, 1)
        total += sum(rest[len(rest) - same :])
        count += same
        rest = rest[: len(rest) - same]
    return max(count, 1)


def _tier(size: int) -> int:
    tier = 0
    while size > _SMALLEST:
        size //= _AT_ONCE
        tier += 1
    return tier


def _part(value: dict[str, Any], site: str) -> Part:
    key, size = str(value["key"]), value["size"]
    if not key.startswith(f"ledger/{site}.") or not (size is None or size >= 0):
        raise ValueError("this is no part of the site's ledger")
    return Part(key=key, sha256=_digest(value["sha256"]), size=size if size is None else int(size))


def _digest(value: object) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError("this is no SHA-256")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError("this is no name")
    return value
