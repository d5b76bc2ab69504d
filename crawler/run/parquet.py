"""Conversion of a journal into Parquet files by site and month, in a process of its own.

Tables are large, and their memory must not burden the crawl. Folders are named as Hive does:
`articles/site=<site>/month=<yyyy-mm>/`. Neither is a column of the files; the metadata of a file names its
site. Tried with pyarrow, pandas, DuckDB and Polars (tests/docs/test_analysis.py):

- DuckDB, Polars and `pyarrow.dataset.dataset(folder, partitioning="hive")` read both from the folder as text.
- `pandas.read_parquet(folder)` and `pyarrow.parquet.read_table(folder)` read them as categories. Files of
  schema version 4 and earlier have `site` as text: these two readers then need `partitioning=None`.
- DuckDB and Polars give `layers` as a dict, pandas as pairs, pyarrow as either (`maps_as_pydicts="strict"`).
"""

import json
import multiprocessing
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.archive.names import ARTICLES_FOLDER, UNKNOWN_MONTH, month_of, table_key
from crawler.errors import ArchiveError
from crawler.lanes import leave_signals_to_parent
from crawler.run.journal import leftovers, rows
from crawler.storage.durable import make_folder, rename

if TYPE_CHECKING:  # the crawl itself never loads pyarrow
    from crawler.tables.table_file import Sized


def journal_to_parquet(journal: Path, spool: Path, *, site: str, run_id: str) -> list[Path]:
    """Convert a closed journal in a process of its own, and delete it; return the Parquet files.

    A journal that was converted before gives the same bytes again. Raises ArchiveError.
    """
    try:
        # The process ends with the crawl: a later one would write while the next run converts the journal.
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_signals_to_parent
        ) as pool:
            part = int(journal.name.partition(".")[0])
            call = pool.submit(write_parquet, journal, spool, site=site, run_id=run_id, part=part)
            written = call.result()
        journal.unlink()
    except (BrokenProcessPool, OSError) as error:
        raise ArchiveError(f"The articles in {journal} did not become Parquet: {error}.") from error
    return written


def parquet_to_journals(spool: Path, *, site: str, delivered: Callable[[str], bool]) -> None:
    """Turn the tables in a spool into journals again, in a process of its own; those delivered stay.

    A journal that is there still, because its conversion was broken off, is whole: its tables are deleted.
    Raises ArchiveError.
    """
    parts: dict[int, list[Path]] = {}
    for path in sorted((spool / ARTICLES_FOLDER).rglob("*.parquet")):
        if not delivered(path.relative_to(spool).as_posix()):
            parts.setdefault(int(path.stem.rpartition("-")[2]), []).append(path)
    if not parts:
        return
    journals = spool / "journal" / site
    whole = {int(path.name.partition(".")[0]) for path in leftovers(journals)}
    try:
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_signals_to_parent
        ) as pool:
            for part, tables in sorted(parts.items()):
                if part not in whole:
                    pool.submit(write_journal, tables, journals / f"{part:06}.jsonl").result()
                for path in tables:
                    path.unlink()
    except (BrokenProcessPool, OSError) as error:
        raise ArchiveError(f"The articles in {spool} cannot be read again: {error}.") from error


def write_journal(tables: Sequence[Path], journal: Path) -> None:
    """Write the rows of tables as a journal, forced to the disk. Raises ArchiveError, OSError."""
    from crawler.tables.reader import open_table_stream  # noqa: PLC0415 - loads pyarrow

    make_folder(journal.parent)
    unfinished = journal.with_name(f"{journal.name}.kept")
    with unfinished.open("wb") as sink:
        for path in tables:
            with path.open("rb") as source, open_table_stream(source, str(path)) as table:
                for row in table.rows():
                    line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
                    sink.write(line.encode() + b"\n")
        sink.flush()
        os.fsync(sink.fileno())
    rename(unfinished, journal)


def write_parquet(journal: Path, spool: Path, *, site: str, run_id: str, part: int) -> list[Path]:
    """Write the articles of a journal, one file for each month of publication, forced to the disk.

    Files are `articles/site=<site>/month=<yyyy-mm>/WARRAQ-<site>-<moment>-<suffix>-<part>.parquet` below the
    spool; the run id is `<moment>-…-<suffix>`. A journal without articles gives no file. The same journal
    gives the same bytes again. Raises ArchiveError, naming the line, for a line that is no article of this
    site; no file is left then.
    """
    import pyarrow as pa  # noqa: PLC0415 - only the process of the conversion loads it

    from crawler.tables.table_file import discard, publish, write_unfinished  # noqa: PLC0415

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
    """Check every line, and return for each month where its articles lie: offset, size, offset, size…"""
    spots: dict[str, array[int]] = {}
    for row in rows(journal):
        if row.record["site"] != site:
            raise ArchiveError(
                f"{journal}, line {row.number}: the article is of {row.record['site']}, not {site}."
            )
        month = month_of(row.record["published"])
        spots.setdefault(month, array("Q")).extend((row.offset, row.size))
    return spots


def _read(journal: Path, spots: "array[int]") -> "Iterator[Sized]":
    with journal.open("rb") as stream:
        for offset, length in zip(spots[::2], spots[1::2], strict=True):
            stream.seek(offset)
            yield json.loads(stream.read(length)), length
