"""Writing a Parquet file of articles: whole or not at all, and the same rows give the same bytes.

Moments are strings in RFC 3339 with the zone they were given in: a Parquet timestamp would keep the instant
and lose the zone. `layers` is a map; pyarrow's `to_pylist` and pandas give a map as a list of pairs.
"""

import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.errors import ArchiveError
from crawler.storage.durable import make_folder, rename, temporary_name
from crawler.tables.columns import COLUMNS, SCHEMA_VERSION, Kind

_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.TEXT_LIST: pa.list_(pa.field("element", pa.string(), nullable=False)),
    Kind.TEXT_MAP: pa.map_(pa.string(), pa.field("value", pa.string(), nullable=False)),
}
ARTICLES = pa.schema(
    [pa.field(name, _TYPES[column.kind], nullable=not column.required) for name, column in COLUMNS.items()]
)

# The files of an archive have no column `site`; their metadata names it. Readers of the whole folder take it
# from site=<site>, and pyarrow refuses to read a folder whose files have the column as well.
STORED = pa.schema([field for field in ARTICLES if field.name != "site"])

ROW_GROUP = 16 << 20  # bytes of JSON: what is in memory at once, and what a reader must fetch for one row
_FEW_VALUES = ["site", "outlet", "country", "language", "agency", "published_source", "published_precision"]
_SAME_FOR_MANY = ["warc_file", "run_id", "extractor", "rules_digest", "layers.key_value.key", "dateline"]

Sized = tuple[dict[str, Any], int]  # a row as Article.record() gives it, and its bytes of JSON


def sized(row: dict[str, Any]) -> Sized:
    """Return a row with its size."""
    return row, len(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def write_unfinished(path: Path, rows: Iterable[Sized], *, site: str, run_id: str) -> None:
    """Write rows to the temporary name of `path` and force them to the disk; `publish` renames the file.

    One row group is in memory. Raises OSError, and pa.ArrowException for rows that do not fit.
    """
    make_folder(path.parent)
    with temporary_name(path).open("wb") as sink:
        write_rows(sink, rows, metadata(site, run_id), schema=STORED)
        sink.flush()
        os.fsync(sink.fileno())


def write_rows(
    sink: BinaryIO, rows: Iterable[Sized], more: dict[str, str], *, schema: pa.Schema = ARTICLES
) -> None:
    """Write rows as Parquet, with these columns; `more` is added to the metadata that every file has."""
    with pq.ParquetWriter(
        sink,
        schema.with_metadata(_own_metadata() | more),
        compression="zstd",
        use_dictionary=_FEW_VALUES + _SAME_FOR_MANY,
        write_page_checksum=True,
    ) as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def publish(path: Path) -> None:
    """Give a finished file its name. Raises OSError."""
    rename(temporary_name(path), path)


def discard(path: Path) -> None:
    """Remove the temporary file, if there is one."""
    temporary_name(path).unlink(missing_ok=True)


def write_table_file(path: Path, rows: Iterable[Sized], *, site: str, run_id: str) -> None:
    """Write and publish a table. Raises ArchiveError; then there is no file."""
    try:
        write_unfinished(path, rows, site=site, run_id=run_id)
        publish(path)
    except (OSError, pa.ArrowException) as error:
        raise ArchiveError(f"The articles of {path.name} cannot be written: {error}.") from error
    finally:
        discard(path)


def metadata(site: str, run_id: str) -> dict[str, str]:
    """Return the metadata of a file of the archive; docs/data-dictionary.md explains each key."""
    return {"warraq.site": site, "warraq.run_id": run_id}


def _own_metadata() -> dict[str, str]:
    try:
        software = f"warraq/{version('warraq')}"
    except PackageNotFoundError:  # runs from a checkout that was never installed
        software = "warraq"
    return {"warraq.schema_version": str(SCHEMA_VERSION), "warraq.software": software}


def _batches(rows: Iterable[Sized]) -> Iterator[list[dict[str, Any]]]:
    batch, size = [], 0
    for row, bytes_of_row in rows:
        batch.append(row)
        size += bytes_of_row
        if size >= ROW_GROUP:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
