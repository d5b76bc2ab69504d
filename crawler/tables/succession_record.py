"""The record of a compaction: `runs/<run_id>/compaction.json`, which the run's manifest names. Pure.

Rows are compared by a digest that does not depend on their order: the sum, modulo 2^256, of the SHA-256 of
each row's canonical JSON. The digest of the new table is the sum of those of the tables that it replaced,
less that of the doubled rows that were left out (`scrapy compact --mend`).
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

    def __sub__(self, other: "Rows") -> "Rows":
        return Rows(self.count - other.count, (self.total - other.total) % _ALL)

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
    doubled: Rows = Rows()  # of the replaced tables, left out: other rows store the same versions

    @property
    def rows(self) -> Rows:
        """The rows that the new table must hold."""
        return sum((each.rows for each in self.replaced), Rows()) - self.doubled


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
                **_left_out(succession.doubled),
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
                Succession(
                    checked_key(table["key"]), tuple(map(_replaced, table["replaced"])), _doubled(table)
                )
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


def _left_out(rows: Rows) -> dict[str, Any]:
    """Return the fields of a table that lacks rows; none for a table that lacks none, as in version 0.1."""
    return {"doubled": rows.count, "doubled_digest": rows.digest} if rows.count else {}


def _doubled(value: Mapping[str, Any]) -> Rows:
    return Rows(int(value.get("doubled", 0)), int(value.get("doubled_digest", "0"), 16))


def _replaced(value: Mapping[str, Any]) -> Replaced:
    rows = Rows(int(value["rows"]), int(value["rows_digest"], 16))
    return Replaced(checked_key(value["key"]), int(value["size"]), str(value["sha256"]), rows)
