"""Make reports. A crawl makes its own in another process, so that it need not load matplotlib and pyarrow."""

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError, UsageError
from crawler.lanes import leave_signals_to_parent
from crawler.site import Site
from crawler.storage import S3Credentials, Storage, open_storage
from crawler.storage.durable import new_file, write_file

NAME = "report.html"
_CONFIG_VARIABLE = "MPLCONFIGDIR"


def write_run_report(
    folder: Path,
    address: str,
    credentials: S3Credentials,
    *,
    run_id: str,
    site: Site | None,
    ignore: Sequence[str] = (),
) -> Path:
    """Write `runs/<run_id>/report.html` into the run's folder of the spool; return its path.

    Call it on a thread, for it blocks, when all other files are delivered and stats.json is written, and
    before the manifest is made. Raises ArchiveError.
    """
    try:
        with ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_signals_to_parent
        ) as pool:
            return pool.submit(_write, folder, address, credentials, run_id, site, tuple(ignore)).result()
    except ArchiveError:
        raise
    except Exception as error:  # a run must not fail for its report
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
    """Return the page of a run. Raises ArchiveError."""
    from crawler.report.gather import gather  # noqa: PLC0415 - large, and the crawl imports this module
    from crawler.report.run_page import run_page  # noqa: PLC0415

    with _matplotlib_folder():
        return run_page(gather(storage, run_id, site=site, spool=spool, ignore=ignore))


def run_report_again(storage: Storage, run_id: str, sites: Sequence[Site], *, ignore: Sequence[str]) -> bytes:
    """Return the page of a delivered run. Raises UsageError for a wrong run id, ArchiveError."""
    name = site_of_run(run_id)
    if name is None:
        raise UsageError(f"{run_id[:100]!r} is not the name of a run; a run is a folder of runs/.")
    described = {site.name: site for site in sites}
    return run_report(storage, run_id, site=described.get(name), ignore=ignore)


def archive_report(storage: Storage, described: Sequence[Site], site: str | None = None) -> bytes:
    """Return the page of an archive, or of one site in it. Raises ArchiveError."""
    from crawler.report.overview import overview  # noqa: PLC0415
    from crawler.report.overview_page import overview_page  # noqa: PLC0415

    with _matplotlib_folder():
        return overview_page(overview(storage, described, site), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")


def write_page(target: Path, page: bytes) -> None:
    """Write a page in one step; it replaces an earlier one. Raises ArchiveError."""
    try:
        with new_file(target, replace=True) as (stream, _):
            stream.write(page)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _matplotlib_folder() -> Iterator[None]:
    """Set MPLCONFIGDIR before matplotlib is loaded, so that no user's settings change a chart.

    The folder lies in the user's cache and keeps the list of fonts; without a cache it is a temporary one.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports that it builds a list of fonts
    if _CONFIG_VARIABLE in os.environ:
        yield
        return
    cached = _cache_folder()
    with TemporaryDirectory(prefix="warraq-") as temporary:
        os.environ[_CONFIG_VARIABLE] = str(cached or temporary)
        try:
            yield
        finally:
            del os.environ[_CONFIG_VARIABLE]


def _cache_folder() -> Path | None:
    """Make and return a folder in the user's cache; None where the user cannot write there."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = cache / "warraq" / "matplotlib"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None
