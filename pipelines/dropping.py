"""How a step lets an item go: one counter, one line, one exception."""

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem


def drop(crawler: Crawler, reason: str, url: str, detail: str = "") -> DropItem:
    """Count the reason and return the exception to raise; the page itself stays in the WARC."""
    crawler.stats.inc_value(f"dropped/{reason}")
    return DropItem(f"{reason}: {url}{': ' if detail else ''}{detail}")
