"""The Parquet files of an archive, column by column: only what is asked for is read, a batch at a time."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.storage.ranged import RangedFile

ROWS = 4_096  # in memory at once
_READ_AHEAD = 1 << 16  # bytes: the footer of a file comes with one request


def read_rows(storage: Storage, entry: Entry, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of one file with these columns; one that the file lacks is None.

    Raises ArchiveError where it is no whole Parquet file.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes time and memory, and commands load this module
    import pyarrow.parquet as pq  # noqa: PLC0415

    source = io.BufferedReader(RangedFile(storage, entry.key, entry.size), _READ_AHEAD)
    try:
        with pq.ParquetFile(pa.PythonFile(source, mode="r")) as table:
            known = [name for name in columns if name in table.schema_arrow.names]
            absent = dict.fromkeys(name for name in columns if name not in known)
            for batch in table.iter_batches(ROWS, columns=known):
                for row in batch.to_pylist():
                    yield {**absent, **row}
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise ArchiveError(
            f"{entry.key} in {storage.address} is no whole table of articles ({reason})."
        ) from error
