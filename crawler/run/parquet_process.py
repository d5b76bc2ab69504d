"""Journals become Parquet in a process of its own: tables are large, and the crawl must not feel them."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.lanes import leave_signals_to_parent


def journal_to_parquet(journal: Path, spool: Path, *, site: str, run_id: str) -> list[Path]:
    """Write a closed journal's Parquet files into the spool and drop the journal; the files.

    A journal that was converted before gives the same bytes again. Raises ArchiveError.
    """
    try:
        # One that outlived a kill of the crawl would write beside the next run, which finishes the journal.
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_signals_to_parent
        ) as pool:
            written = pool.submit(_write, journal, spool, site, run_id).result()
        journal.unlink()
    except (BrokenProcessPool, OSError) as error:
        raise ArchiveError(f"The articles in {journal} did not become Parquet: {error}.") from error
    return written


def _write(journal: Path, spool: Path, site: str, run_id: str) -> list[Path]:
    from crawler.run.parquet import write_parquet  # noqa: PLC0415 - the crawl itself never loads pyarrow

    part = int(journal.name.partition(".")[0])
    return write_parquet(journal, spool, site=site, run_id=run_id, part=part)
