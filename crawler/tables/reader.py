"""The one reader of article tables: Parquet files of every schema version, in a folder or on S3.

A row has the columns of the newest schema, whichever version wrote its file: a column that the file lacks is
None, and `site` comes from the file's metadata. Memory holds one batch of rows.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from crawler.archive.names import ARTICLES_FOLDER
from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.storage.ranged import RangedFile
from crawler.tables.columns import COLUMNS

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_SITE = b"warraq.site"  # key of the metadata, see docs/data-dictionary.md
_BATCH = 256  # rows of whole articles in memory at once
_READ_AHEAD = 1 << 16  # bytes: the footer of a file comes with one request


class Table:
    """An open table of articles. Reading raises what `open_table` turns into an ArchiveError."""

    def __init__(self, file: "pq.ParquetFile") -> None:
        self._file = file
        self._names = frozenset(file.schema_arrow.names)
        site = (file.metadata.metadata or {}).get(_SITE)
        self._filled = (
            {} if site is None or "site" in self._names else {"site": site.decode("utf-8", "replace")}
        )

    def unknown(self) -> list[str]:
        """List the columns that this version of the program does not know."""
        return sorted(self._names - COLUMNS.keys())

    def misfits(self, columns: Sequence[str]) -> list[str]:
        """List those of these columns that the file lacks, or holds with another type than the schema's."""
        from crawler.tables.table_file import ARTICLES  # noqa: PLC0415 - loads pyarrow

        found = {field.name: field.type for field in self._file.schema_arrow}
        return [
            name
            for name in columns
            if name not in self._filled and found.get(name) != ARTICLES.field(name).type
        ]

    def largest_group(self) -> int:
        """Return the unpacked bytes of the largest row group: what a reader holds in memory."""
        metadata = self._file.metadata
        return max((metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)), default=0)

    def rows(self, columns: Sequence[str] | None = None, *, batch: int = _BATCH) -> Iterator[dict[str, Any]]:
        """Yield rows as Article.record() gives them, with these columns (all by default).

        `batch` rows are in memory at once. Raises ValueError where the file lacks a column that is never
        null.
        """
        wanted = list(COLUMNS) if columns is None else list(columns)
        known = [name for name in wanted if name in self._names]
        for name in wanted:
            if name not in self._names and name not in self._filled and COLUMNS[name].required:
                raise ValueError(f"it has no column {name}")
        for found in self._file.iter_batches(batch, columns=known):
            for row in found.to_pylist(maps_as_pydicts="strict"):
                whole = row | self._filled
                yield {name: whole.get(name) for name in wanted}

    def row(self, position: int) -> dict[str, Any]:
        """Return one row with all columns, by its number from 0; reads the row group that holds it.

        Raises ValueError where there is no such row.
        """
        metadata, first = self._file.metadata, 0
        known = [name for name in COLUMNS if name in self._names]
        for group in range(metadata.num_row_groups):
            count = metadata.row_group(group).num_rows
            if first <= position < first + count:
                found = self._file.read_row_group(group, columns=known).slice(position - first, 1)
                [row] = found.to_pylist(maps_as_pydicts="strict")
                whole = row | self._filled
                return {name: whole.get(name) for name in COLUMNS}
            first += count
        raise ValueError(f"it has {first} rows, and none with the number {position}")


def tables(storage: Storage, folder: str = ARTICLES_FOLDER, site: str | None = None) -> Iterator[Entry]:
    """List the tables of a generation, of all sites or one. Raises ArchiveError."""
    prefix = f"{folder}/" if site is None else f"{folder}/site={site}/"
    return (entry for entry in storage.list(prefix) if entry.key.endswith(".parquet"))


@contextmanager
def open_table(storage: Storage, entry: Entry) -> Iterator[Table]:
    """Open a table. Raises ArchiveError where it is none, or is damaged; also while it is read."""
    source = io.BufferedReader(RangedFile(storage, entry.key, entry.size), _READ_AHEAD)
    with open_table_stream(source, f"{entry.key} in {storage.address}") as table:
        yield table


@contextmanager
def open_table_stream(source: BinaryIO, name: str) -> Iterator[Table]:
    """Open a table in a file that can seek; `name` begins the sentence of an ArchiveError."""
    import pyarrow as pa  # noqa: PLC0415 - takes time and memory, and every command loads this module
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(pa.PythonFile(source, mode="r"), page_checksum_verification=True) as file:
            yield Table(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ArchiveError(f"{name} is no whole table of articles ({_reason(error)}).") from error


def read_table(
    storage: Storage, entry: Entry, columns: Sequence[str] | None = None, *, batch: int = _BATCH
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one table, as `Table.rows`. Raises ArchiveError."""
    with open_table(storage, entry) as table:
        yield from table.rows(columns, batch=batch)


def newest_first(storage: Storage, site: str | None = None) -> list[Entry]:
    """List the tables of all sites or one, those of the newest run first. Raises ArchiveError."""
    return sorted(tables(storage, site=site), key=lambda entry: entry.key.rpartition("/")[2], reverse=True)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
