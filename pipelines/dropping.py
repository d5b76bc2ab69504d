"""How a step lets an item go: one counter, one line, one exception."""

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem


class Dropped(DropItem):
    """An item that goes no further, for a reason that is counted."""

    def __init__(self, reason: str, url: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {url}{': ' if detail else ''}{detail}")
        self.reason = reason


def drop(crawler: Crawler, reason: str, url: str, detail: str = "") -> Dropped:
    """Count the reason and return the exception to raise; the page itself stays in the WARC."""
    crawler.stats.inc_value(f"dropped/{reason}")
    return Dropped(reason, url, detail)
