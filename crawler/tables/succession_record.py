"""What a compaction says it did: `runs/<run_id>/compaction.json`, promised by the run's manifest. Pure.

Rows are told by a digest that no order changes: the sum, modulo 2^256, of the SHA-256 of each row in its one
spelling. That of the new table is the sum of those that it replaced.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from crawler.archive.canonical import canonical_json
from crawler.errors import ArchiveError
from crawler.storage.base import checked_key
from crawler.tables.columns import COLUMNS

NAME = "compaction.json"
FORMAT = "warraq-compaction/1"
MOST_BYTES = 64_000_000  # of one record
_ALL = 1 << 256


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows, in any order."""

    count: int = 0
    total: int = 0  # the sum of their digests

    def __add__(self, other: "Rows") -> "Rows":
        return Rows(self.count + other.count, (self.total + other.total) % _ALL)

    @property
    def digest(self) -> str:
        """64 lower-case hex digits."""
        return f"{self.total:064x}"


def rows_of(rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Rows as Article.record() gives them. A column that is null counts as one that is not there."""
    found = Rows()
    for row in rows:
        told = {name: row[name] for name in COLUMNS if row.get(name) is not None}
        found += Rows(1, int.from_bytes(hashlib.sha256(canonical_json(told)).digest()))
    return found


@dataclass(frozen=True, slots=True)
class Replaced:
    """A table whose rows are in another now."""

    key: str
    size: int  # bytes
    sha256: str  # of the file as it was read
    rows: Rows


@dataclass(frozen=True, slots=True)
class Succession:
    """One new table, and those whose place it takes."""

    key: str
    replaced: tuple[Replaced, ...]

    @property
    def rows(self) -> Rows:
        """What the new table must hold."""
        return sum((each.rows for each in self.replaced), Rows())


@dataclass(frozen=True, slots=True)
class Compaction:
    """Everything that one run replaced."""

    run_id: str
    successions: tuple[Succession, ...]

    def to_bytes(self) -> bytes:
        tables = [
            {
                "key": succession.key,
                "rows": succession.rows.count,
                "rows_digest": succession.rows.digest,
                "replaced": [_told(each) for each in succession.replaced],
            }
            for succession in self.successions
        ]
        return canonical_json({"format": FORMAT, "run_id": self.run_id, "tables": tables})

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The record that these bytes spell. Raises ArchiveError for any other bytes."""
        try:
            value = json.loads(data)
            tables = tuple(
                Succession(checked_key(table["key"]), tuple(map(_replaced, table["replaced"])))
                for table in value["tables"]
            )
            record = cls(str(value["run_id"]), tables)
            same = record.to_bytes() == data
        except (ValueError, KeyError, TypeError, RecursionError):
            same = False
        if not same:
            raise ArchiveError("This is no record of a compaction, or it was rewritten.")
        return record


def _told(replaced: Replaced) -> dict[str, Any]:
    return {
        "key": replaced.key,
        "size": replaced.size,
        "sha256": replaced.sha256,
        "rows": replaced.rows.count,
        "rows_digest": replaced.rows.digest,
    }


def _replaced(value: Mapping[str, Any]) -> Replaced:
    rows = Rows(int(value["rows"]), int(value["rows_digest"], 16))
    return Replaced(checked_key(value["key"]), int(value["size"]), str(value["sha256"]), rows)
