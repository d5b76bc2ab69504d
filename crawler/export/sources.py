"""Read the selected rows out of the archive's tables; memory holds one batch of one table."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crawler.errors import ArchiveError, UsageError
from crawler.export.asked import Asked
from crawler.export.distinct import Distinct, left_out
from crawler.storage import Entry, Storage
from crawler.storage.base import CHUNK
from crawler.storage.folder import FolderStorage
from crawler.tables.reader import read_table, tables
from crawler.tables.withheld import Withheld, withheld

_OF_A_VERSION = ("canonical_url", "fetched_at", "warc_file", "warc_offset")


@dataclass(frozen=True, slots=True)
class Source:
    """A table that was searched."""

    key: str
    size: int  # bytes
    sha256: str  # lower-case hex, of the bytes as read
    rows: int
    chosen: int  # rows that the export holds

    def record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Selected:
    """The rows of a selection. `sources` is complete after the last row. Iterating raises ArchiveError."""

    def __init__(
        self, storage: Storage, asked: Asked, left_out: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        """Prepare a selection; nothing is read yet. `left_out` gets what `distinct` leaves out."""
        self._storage = storage
        self._asked = asked
        self._left_out = left_out
        self.sources: list[Source] = []
        self.left_out_count = 0
        self.withheld_count = 0  # rows that scrapy withhold hides
        self._withheld = Withheld()

    @property
    def count(self) -> int:
        """The number of rows, once all were read."""
        return sum(source.chosen for source in self.sources)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        entries = list(self._entries())
        self._withheld = withheld(self._storage)
        with TemporaryDirectory(prefix="warraq-export-") as folder, ExitStack() as stack:
            newest = None
            if self._asked.latest_only:
                newest = _Newest(
                    stack.enter_context(closing(sqlite3.connect(Path(folder) / "newest.sqlite")))
                )
            if newest is not None:
                for entry in entries:
                    newest.add(read_table(self._storage, entry, _OF_A_VERSION))
            searched = [entry for entry in entries if self._asked.admits_file(entry.key)]
            distinct = self._distinct(searched, newest)
            for entry in searched:
                yield from self._chosen(entry, Path(folder), newest, distinct)

    def _entries(self) -> Iterator[Entry]:
        folder = self._asked.folder
        known = [name for name in self._storage.list_names(f"{folder}/") if name.startswith("site=")]
        if not known:
            raise ArchiveError(f"The archive {self._storage.address} has no articles in {folder}/.")
        sites = [name.removeprefix("site=").removesuffix("/") for name in known]
        for site in self._asked.sites or sites:
            if site not in sites:
                raise UsageError(
                    f"The archive {self._storage.address} has no articles of {site!r}; "
                    f"it has those of {', '.join(sites)}."
                )
            yield from tables(self._storage, folder, site)

    def _distinct(self, entries: list[Entry], newest: "_Newest | None") -> Distinct | None:
        """Read all tables once to choose one row of each story or text."""
        if self._asked.distinct is None:
            return None
        distinct = Distinct.of(self._storage, self._asked.distinct, self._asked.prefer)
        for entry in entries:
            for row in read_table(self._storage, entry):
                if self._admits(row, newest):
                    distinct.see(row)
        return distinct

    def _admits(self, row: dict[str, Any], newest: "_Newest | None") -> bool:
        return (
            not self._withheld.hides(row)
            and self._asked.admits(row)
            and (newest is None or newest.is_newest(row))
        )

    def _chosen(
        self, entry: Entry, folder: Path, newest: "_Newest | None", distinct: Distinct | None
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table, from a copy: the digest is of the bytes that are read."""
        copy = FolderStorage(folder)
        sha256 = _copied(self._storage, entry.key, folder / "table.parquet")
        seen = chosen = 0
        for row in read_table(copy, Entry("table.parquet", entry.size)):
            seen += 1
            if not self._admits(row, newest):
                self.withheld_count += self._withheld.hides(row)
                continue
            if distinct is None or distinct.keeps(row):
                chosen += 1
                yield row
                continue
            self.left_out_count += 1
            if self._left_out is not None:
                self._left_out(left_out(row, distinct))
        self.sources.append(Source(entry.key, entry.size, sha256, seen, chosen))


def _copied(storage: Storage, key: str, path: Path) -> str:
    digest = hashlib.sha256()
    with storage.open(key) as stream, path.open("wb") as sink:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            sink.write(chunk)
    return digest.hexdigest()


class _Newest:
    """The version of each address that was fetched last, in a database on disk."""

    def __init__(self, data: sqlite3.Connection) -> None:
        self._data = data
        self._data.execute("CREATE TABLE newest (address BLOB PRIMARY KEY, version TEXT) WITHOUT ROWID")

    def add(self, found: Iterator[dict[str, Any]]) -> None:
        self._data.executemany(
            "INSERT INTO newest VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET version = max(version, excluded.version)",
            ((_address(row), _version(row)) for row in found),
        )

    def is_newest(self, row: dict[str, Any]) -> bool:
        found = self._data.execute(
            "SELECT version FROM newest WHERE address = ?", (_address(row),)
        ).fetchone()
        return bool(found[0] == _version(row))


def _address(row: dict[str, Any]) -> bytes:
    return blake2b(row["canonical_url"].encode(), digest_size=16).digest()


def _version(row: dict[str, Any]) -> str:
    """Return a text that sorts by the moment of the fetch (in UTC), then by the record."""
    return f"{row['fetched_at']} {row['warc_file']} {row['warc_offset']}"
