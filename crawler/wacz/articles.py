"""The rows of an archive's articles, newest delivery first, by ranged reads. Raises ArchiveError."""

from collections.abc import Iterator, Sequence
from typing import Any

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.ranged import RangedFile

_ROWS = 256  # in memory at once


def read_articles(
    storage: Storage, columns: Sequence[str], site: str | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of all sites or one. Files are named by run and time, so what was read again comes first."""
    import pyarrow as pa  # noqa: PLC0415 - takes time and memory, and every command loads this module
    import pyarrow.parquet as pq  # noqa: PLC0415

    prefix = "articles/" if site is None else f"articles/site={site}/"
    files = [entry for entry in storage.list(prefix) if entry.key.endswith(".parquet")]
    for entry in sorted(files, key=lambda entry: entry.key.rpartition("/")[2], reverse=True):
        try:
            with pq.ParquetFile(pa.PythonFile(RangedFile(storage, entry.key, entry.size), mode="r")) as table:
                if missing := set(columns) - set(table.schema_arrow.names):
                    raise pa.ArrowInvalid(f"it has no column {min(missing)}")
                for batch in table.iter_batches(_ROWS, columns=list(columns)):
                    yield from batch.to_pylist()
        except pa.ArrowException as error:
            raise ArchiveError(
                f"{entry.key} in {storage.address} is no whole table of articles ({_first_line(error)})."
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
