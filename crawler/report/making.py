"""Reports are made in a process of their own: what they load is large, and the crawl must not feel it."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.lanes import leave_signals_to_parent
from crawler.report.workshop import workshop
from crawler.site import Site
from crawler.storage import S3Credentials, Storage, open_storage
from crawler.storage.durable import write_file

NAME = "report.html"


def write_run_report(
    folder: Path,
    address: str,
    credentials: S3Credentials,
    *,
    run_id: str,
    site: Site | None,
    ignore: Sequence[str] = (),
) -> Path:
    """Write `runs/<run_id>/report.html` into the run's corner of the spool; its path.

    To be called when everything else was delivered and stats.json is written, before the manifest. It blocks,
    so it belongs on a thread. Raises ArchiveError.
    """
    try:
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_signals_to_parent
        ) as pool:
            return pool.submit(_write, folder, address, credentials, run_id, site, tuple(ignore)).result()
    except ArchiveError:
        raise
    except Exception as error:  # a page about a run must never cost the run itself
        kind = type(error).__name__
        raise ArchiveError(f"The report of the run {run_id} was not made ({kind}: {error}).") from error


def _write(
    folder: Path,
    address: str,
    credentials: S3Credentials,
    run_id: str,
    site: Site | None,
    ignore: Sequence[str],
) -> Path:
    storage = open_storage(address, credentials=credentials)
    content = run_report(storage, run_id, site=site, spool=folder, ignore=ignore)
    path = folder / "runs" / run_id / NAME
    write_file(path, content)
    return path


def run_report(
    storage: Storage, run_id: str, *, site: Site | None, spool: Path | None = None, ignore: Sequence[str] = ()
) -> bytes:
    """The page of a run. Raises ArchiveError."""
    from crawler.report.gather import gather  # noqa: PLC0415 - the crawl itself never loads what it needs
    from crawler.report.run_page import run_page  # noqa: PLC0415

    with workshop():
        return run_page(gather(storage, run_id, site=site, spool=spool, ignore=ignore))


def archive_report(storage: Storage, described: Sequence[Site], site: str | None = None) -> bytes:
    """The page of an archive, or of one site in it. Raises ArchiveError."""
    from crawler.report.overview import overview  # noqa: PLC0415
    from crawler.report.overview_page import overview_page  # noqa: PLC0415

    with workshop():
        return overview_page(overview(storage, described, site), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
