"""Parquet files by site and month out of a journal. Meant for a process of its own: paths in, paths out.

Files are laid out as Hive does: `articles/site=<site>/month=<yyyy-mm>/`. `site` is a column of the files as
well, so that one file alone says where it is from; `month` is not, for `published` says more. Tried with
pyarrow 26, pandas 3.1, DuckDB 2.0 and Polars:

- DuckDB, Polars and `pyarrow.dataset.dataset(folder, partitioning="hive")` read both columns as text.
- `pandas.read_parquet(folder)` and `pyarrow.parquet.read_table(folder)` make a category of what a folder's
  name says and refuse to merge it with the text column: give them `partitioning=None`. A file needs nothing.
- DuckDB and Polars give `layers` as a dict, pandas as pairs, pyarrow as either (`maps_as_pydicts="strict"`).
"""

import json
import os
import re
from array import array
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.errors import ArchiveError
from crawler.exporters.columns import SCHEMA_VERSION
from crawler.exporters.journal import rows
from crawler.exporters.schema import ARTICLES
from crawler.storage.base import checked_key
from crawler.storage.durable import make_folder, sync_folder

_SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_RUN_ID = re.compile(r"(?P<moment>\d{14})-[a-z0-9_-]+-(?P<suffix>[a-z0-9]{1,32})")
_ROW_GROUP = 16 << 20  # bytes of JSON: what is in memory at once, and what a reader must fetch for one row
_FEW_VALUES = ["site", "outlet", "country", "language", "agency", "published_source", "published_precision"]
_SAME_FOR_MANY = ["warc_file", "run_id", "extractor", "rules_digest", "layers.key_value.key", "dateline"]
_UNKNOWN = "unknown"  # the month of an article without a certain date


def write_parquet(journal: Path, spool: Path, *, site: str, run_id: str, part: int) -> list[Path]:
    """The journal's articles as one file for each month of publication, finished and on the disk.

    Files are `articles/site=<site>/month=<yyyy-mm>/WARRAQ-<site>-<moment>-<suffix>-<part>.parquet` below the
    spool, of the run `<moment>-…-<suffix>`; none for a journal without articles. The same journal gives the
    same bytes again. Raises ArchiveError, naming the line, where an article is none or another's; no
    file then.
    """
    run = _RUN_ID.fullmatch(run_id)
    if not run:
        raise ArchiveError(f"{run_id!r} names no run; a run is <yyyymmddHHMMSS>-<name>-<suffix>.")
    if not _SITE.fullmatch(site):
        raise ArchiveError(f"{site!r} names no site; a name has lower-case letters, digits, _ and -.")
    name = f"WARRAQ-{site}-{run['moment']}-{run['suffix']}-{part:05}.parquet"
    schema = ARTICLES.with_metadata(_metadata(site, run_id))
    spots = _spots_by_month(journal, site)
    finished = [spool / checked_key(f"articles/site={site}/month={month}/{name}") for month in sorted(spots)]
    try:
        for month, path in zip(sorted(spots), finished, strict=True):
            make_folder(path.parent)
            _write(_unfinished(path), schema, _batches(journal, spots[month]))
        for path in finished:
            _unfinished(path).rename(path)
            sync_folder(path.parent)
    except (OSError, pa.ArrowException) as error:
        raise ArchiveError(f"The articles of {journal} cannot be written: {error}.") from error
    finally:
        for path in finished:
            _unfinished(path).unlink(missing_ok=True)
    return finished


def _spots_by_month(journal: Path, site: str) -> dict[str, "array[int]"]:
    """Where each month's articles lie: offset, size, offset…; all lines are checked before one is written."""
    spots: dict[str, array[int]] = {}
    for row in rows(journal):
        if row.record["site"] != site:
            raise ArchiveError(
                f"{journal}, line {row.number}: the article is of {row.record['site']}, not {site}."
            )
        published = row.record["published"]
        # The offset of `published` is the outlet's, so the month is the one on the outlet's calendar.
        month = published[:7] if published else _UNKNOWN
        spots.setdefault(month, array("Q")).extend((row.offset, row.size))
    return spots


def _batches(journal: Path, spots: "array[int]") -> Iterator[list[dict[str, Any]]]:
    batch, size = [], 0
    with journal.open("rb") as stream:
        for offset, length in zip(spots[::2], spots[1::2], strict=True):
            stream.seek(offset)
            batch.append(json.loads(stream.read(length)))
            size += length
            if size >= _ROW_GROUP:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _write(path: Path, schema: pa.Schema, batches: Iterator[list[dict[str, Any]]]) -> None:
    with path.open("wb") as sink:
        with pq.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            use_dictionary=_FEW_VALUES + _SAME_FOR_MANY,
            write_page_checksum=True,
        ) as writer:
            for batch in batches:
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
        sink.flush()
        os.fsync(sink.fileno())


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp")


def _metadata(site: str, run_id: str) -> dict[str, str]:
    try:
        software = f"warraq/{version('warraq')}"
    except PackageNotFoundError:  # runs from a checkout that was never installed
        software = "warraq"
    return {
        "warraq.schema_version": str(SCHEMA_VERSION),
        "warraq.site": site,
        "warraq.run_id": run_id,
        "warraq.software": software,
    }
