"""How a step lets an item go: one counter, one line, one exception."""

from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.errors import ArchiveError
from crawler.extensions.run import run_of

NOT_STORED = "not-stored"  # the next run asks for the page again


class Dropped(DropItem):
    """An item that goes no further, for a reason that is counted."""

    def __init__(self, reason: str, url: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {url}{': ' if detail else ''}{detail}")
        self.reason = reason


def drop(crawler: Crawler, reason: str, url: str, detail: str = "") -> Dropped:
    """Count the reason and return the exception to raise; the page itself stays in the WARC."""
    crawler.stats.inc_value(f"dropped/{reason}")
    return Dropped(reason, url, detail)


@contextmanager
def unless_run_fails(crawler: Crawler, url: str) -> Iterator[None]:
    """What cannot be stored because the run has to end is told once, by the run, and not page by page."""
    try:
        yield
    except ArchiveError as error:
        if run_of(crawler).fault is None:
            raise
        raise drop(crawler, NOT_STORED, url, str(error)) from error
