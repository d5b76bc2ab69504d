"""Where the articles of a month lie. Knows nothing of Parquet."""

import re

from crawler.errors import ArchiveError
from crawler.storage.base import checked_key

ARTICLES_FOLDER = "articles"
UNKNOWN_MONTH = "unknown"  # the month of an article without a certain date

_SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_RUN_ID = re.compile(r"(?P<moment>\d{14})-[a-z0-9_-]+-(?P<suffix>[a-z0-9]{1,32})")


def table_key(folder: str, *, site: str, month: str, run_id: str, part: int) -> str:
    """The key `<folder>/site=<site>/month=<month>/WARRAQ-<site>-<moment>-<suffix>-<part>.parquet`.

    The run is `<moment>-…-<suffix>`. Raises ArchiveError where a name is none.
    """
    run = _RUN_ID.fullmatch(run_id)
    if not run:
        raise ArchiveError(f"{run_id!r} names no run; a run is <yyyymmddHHMMSS>-<name>-<suffix>.")
    if not _SITE.fullmatch(site):
        raise ArchiveError(f"{site!r} names no site; a name has lower-case letters, digits, _ and -.")
    name = f"WARRAQ-{site}-{run['moment']}-{run['suffix']}-{part:05}.parquet"
    return checked_key(f"{folder}/site={site}/month={month}/{name}")


def month_of(published: str | None) -> str:
    """The month of a moment of publication: the offset is the outlet's, so it is that of its calendar."""
    return published[:7] if published else UNKNOWN_MONTH
