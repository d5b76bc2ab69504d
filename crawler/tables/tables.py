"""The tables of articles that an archive holds, read by ranges: a folder or S3. Memory holds one batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.storage.ranged import RangedFile

if TYPE_CHECKING:
    import pyarrow.parquet as pq

ROWS = 256  # in memory at once


def tables(storage: Storage, folder: str = "articles", site: str | None = None) -> Iterator[Entry]:
    """The Parquet files of a generation, of all sites or one. Raises ArchiveError."""
    prefix = f"{folder}/" if site is None else f"{folder}/site={site}/"
    return (entry for entry in storage.list(prefix) if entry.key.endswith(".parquet"))


@contextmanager
def open_table(storage: Storage, entry: Entry) -> "Iterator[pq.ParquetFile]":
    """One table, to be asked for what it holds. Raises ArchiveError where it is none, or is damaged."""
    import pyarrow as pa  # noqa: PLC0415 - takes time and memory, and every command loads this module
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        source = pa.PythonFile(RangedFile(storage, entry.key, entry.size), mode="r")
        with pq.ParquetFile(source, page_checksum_verification=True) as table:
            yield table
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ArchiveError(
            f"{entry.key} in {storage.address} is no whole table of articles ({reason})."
        ) from error


def rows(table: "pq.ParquetFile", columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Its rows as plain values, maps as dicts. Raises what `open_table` makes a sentence of."""
    for batch in table.iter_batches(ROWS, columns=None if columns is None else list(columns)):
        yield from batch.to_pylist(maps_as_pydicts="strict")
