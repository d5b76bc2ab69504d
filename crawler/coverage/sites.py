"""The coverage of the sites of an archive, one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.coverage.copies import Copy, open_copy, sites_with_ledgers
from crawler.coverage.counting import Count, Coverage, Days
from crawler.coverage.output import percent
from crawler.errors import ArchiveError, UsageError
from crawler.storage import Storage

_NAMES_SHOWN = 20


def sites_to_count(spool: Path, storage: Storage, wanted: Sequence[str]) -> list[str]:
    """Return the names of the wanted sites, or of all sites with a ledger where none is named.

    Raises UsageError for a site without a ledger, ArchiveError where the archive has no ledger at all.
    """
    known = sites_with_ledgers(spool, storage)
    for site in wanted:
        if site not in known:
            raise UsageError(f"{storage.address} knows of no site {site!r}; it has {_names(known)}.")
    if not known:
        raise ArchiveError(f"The archive {storage.address} holds no ledger: nothing was crawled into it.")
    return list(dict.fromkeys(wanted)) or known


@contextmanager
def open_coverage(
    spool: Path, storage: Storage, site: str, *, zones: Mapping[str, ZoneInfo | None], days: Days
) -> Iterator[tuple[Copy, Coverage]]:
    """Open the ledger of a site beside the archive's list of its WARC files. Raises ArchiveError."""
    with open_copy(spool, storage, site) as copy:
        files = (entry.key for entry in storage.list(f"warc/{site}/"))
        yield copy, Coverage(copy.database, files, zones.get(site), days)


def shortfall(site: str, whole: Count, min_percent: float) -> str | None:
    """Return the sentence that says why a site's coverage is too low, or None where it suffices."""
    if not whole.advertised:
        return f"{site}: nothing was advertised, so nothing is covered."
    if whole.covered < min_percent:
        return f"{site}: {percent(whole)} % are covered, which is under {min_percent:g} %."
    return None


def _names(known: list[str]) -> str:
    rest = f" and {len(known) - _NAMES_SHOWN} more" if len(known) > _NAMES_SHOWN else ""
    return ", ".join(known[:_NAMES_SHOWN]) + rest or "none"
