"""The record of a compaction: `runs/<run_id>/compaction.json`, which the run's manifest names. Pure.

Rows are compared by a digest that does not depend on their order: the sum, modulo 2^256, of the SHA-256 of
each row's canonical JSON. The digest of the new table is the sum of those of the tables that it replaced.
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
MAX_BYTES = 64_000_000  # of one record
_ALL = 1 << 256


@dataclass(frozen=True, slots=True)
class Rows:
    """Count and digest of some rows, in any order."""

    count: int = 0
    total: int = 0  # the sum of their digests

    def __add__(self, other: "Rows") -> "Rows":
        return Rows(self.count + other.count, (self.total + other.total) % _ALL)

    @property
    def digest(self) -> str:
        """The digest: 64 lower-case hex digits."""
        return f"{self.total:064x}"


def rows_of(rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Count and hash rows of the form of Article.record(). A null column counts as a missing one."""
    found = Rows()
    for row in rows:
        values = {name: row[name] for name in COLUMNS if row.get(name) is not None}
        found += Rows(1, int.from_bytes(hashlib.sha256(canonical_json(values)).digest()))
    return found


@dataclass(frozen=True, slots=True)
class Replaced:
    """A table whose rows are in another one now."""

    key: str
    size: int  # bytes
    sha256: str  # of the file as it was read
    rows: Rows


@dataclass(frozen=True, slots=True)
class Succession:
    """One new table, and the tables that it replaced."""

    key: str
    replaced: tuple[Replaced, ...]

    @property
    def rows(self) -> Rows:
        """The rows that the new table must hold."""
        return sum((each.rows for each in self.replaced), Rows())


@dataclass(frozen=True, slots=True)
class Compaction:
    """The tables that one run replaced."""

    run_id: str
    successions: tuple[Succession, ...]

    def to_bytes(self) -> bytes:
        tables = [
            {
                "key": succession.key,
                "rows": succession.rows.count,
                "rows_digest": succession.rows.digest,
                "replaced": [_entry(each) for each in succession.replaced],
            }
            for succession in self.successions
        ]
        return canonical_json({"format": FORMAT, "run_id": self.run_id, "tables": tables})

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Parse the bytes of a record. Raises ArchiveError for any other bytes."""
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


def _entry(replaced: Replaced) -> dict[str, Any]:
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
