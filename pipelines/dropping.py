"""The way in which a pipeline drops an item: one counter, one exception."""

from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.errors import ArchiveError, Reason
from crawler.extensions.run import run_of


class Dropped(DropItem):
    """An item that goes no further, with the reason that the ledger keeps."""

    def __init__(self, reason: str, url: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {url}{': ' if detail else ''}{detail}")
        self.reason = reason


def drop(crawler: Crawler, reason: str, url: str, detail: str = "") -> Dropped:
    """Count the reason and return the exception to raise; the page itself stays in the WARC file."""
    crawler.stats.inc_value(f"dropped/{reason}")
    return Dropped(reason, url, detail)


@contextmanager
def unless_run_fails(crawler: Crawler, url: str) -> Iterator[None]:
    """Drop the item where the run has to end; the run has logged why, once for all items.

    The reason `not-stored` makes the next run fetch the page again.
    """
    try:
        yield
    except ArchiveError as error:
        if run_of(crawler).fault is None:
            raise
        raise drop(crawler, Reason.NOT_STORED, url, str(error)) from error
