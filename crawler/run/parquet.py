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
from array import array
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from crawler.archive.names import ARTICLES_FOLDER, UNKNOWN_MONTH, month_of, table_key
from crawler.errors import ArchiveError
from crawler.run.journal import rows
from crawler.tables.table_file import Sized, discard, publish, write_unfinished


def write_parquet(journal: Path, spool: Path, *, site: str, run_id: str, part: int) -> list[Path]:
    """The journal's articles as one file for each month of publication, finished and on the disk.

    Files are `articles/site=<site>/month=<yyyy-mm>/WARRAQ-<site>-<moment>-<suffix>-<part>.parquet` below the
    spool, of the run `<moment>-…-<suffix>`; none for a journal without articles. The same journal gives the
    same bytes again. Raises ArchiveError, naming the line, where an article is none or another's; no
    file then.
    """
    table_key(ARTICLES_FOLDER, site=site, month=UNKNOWN_MONTH, run_id=run_id, part=part)
    spots = _spots_by_month(journal, site)
    months = sorted(spots)
    finished = [
        spool / table_key(ARTICLES_FOLDER, site=site, month=month, run_id=run_id, part=part)
        for month in months
    ]
    try:
        for month, path in zip(months, finished, strict=True):
            write_unfinished(path, _read(journal, spots[month]), site=site, run_id=run_id)
        for path in finished:
            publish(path)
    except (OSError, pa.ArrowException) as error:
        raise ArchiveError(f"The articles of {journal} cannot be written: {error}.") from error
    finally:
        for path in finished:
            discard(path)
    return finished


def _spots_by_month(journal: Path, site: str) -> dict[str, "array[int]"]:
    """Where each month's articles lie: offset, size, offset…; all lines are checked before one is written."""
    spots: dict[str, array[int]] = {}
    for row in rows(journal):
        if row.record["site"] != site:
            raise ArchiveError(
                f"{journal}, line {row.number}: the article is of {row.record['site']}, not {site}."
            )
        month = month_of(row.record["published"])
        spots.setdefault(month, array("Q")).extend((row.offset, row.size))
    return spots


def _read(journal: Path, spots: "array[int]") -> Iterator[Sized]:
    with journal.open("rb") as stream:
        for offset, length in zip(spots[::2], spots[1::2], strict=True):
            stream.seek(offset)
            yield json.loads(stream.read(length)), length
