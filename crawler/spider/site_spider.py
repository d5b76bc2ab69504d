"""The one base spider: it fetches the lists and pages of one site, and yields each page as a Page."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.discovery.source import Refusal
from crawler.errors import Reason
from crawler.options.archive import hide_secrets
from crawler.options.arguments import RunArguments, parse_arguments
from crawler.site import Site

if TYPE_CHECKING:  # every command loads this module; only a crawl needs a ledger
    from crawler.ledger.frontier import Frontier

logger = logging.getLogger(__name__)

# Refusals of single entries; a list may hold thousands of these.
_OF_ENTRIES = frozenset(
    {Reason.NOT_AN_ARTICLE, Reason.NOT_AN_ARTICLE_ADDRESS, Reason.OFF_SITE, Reason.OUTSIDE_WINDOW}
)


class SiteSpider(Spider):
    """Crawls one Site. A subclass is a name and a `site`; nothing else unless the site truly differs."""

    site: Site

    def __init__(self, site: Site, arguments: RunArguments) -> None:
        super().__init__(name=self.name)
        self.site = site
        self.arguments = arguments

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG003 - Scrapy's
        return super().from_crawler(crawler, *cls.understood(kwargs))

    @classmethod
    def understood(cls, arguments: Mapping[str, str | None]) -> tuple[Site, RunArguments]:
        """Return the site and the run that the arguments of -a ask for. Raises UsageError."""
        return cls.site, parse_arguments(arguments, zone=cls.site.zone)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if settings["CONTACT_URL"] and settings["CONTACT_URL"] not in settings["USER_AGENT"]:
            settings.set(
                "USER_AGENT", f"{settings['USER_AGENT']} (+{settings['CONTACT_URL']})", priority="cmdline"
            )
        hide_secrets(settings)

    def attach(self, frontier: "Frontier") -> None:
        """Take the requests from this frontier. To be called before the crawl starts."""
        from crawler.spider.crawl import Crawl  # noqa: PLC0415 - only a crawl needs it

        self._crawl = Crawl(self.crawler, self.site, self.arguments.window, frontier)

    async def start(self) -> AsyncIterator[Any]:
        async for request in self._crawl.requests():
            yield request

    async def stop_stocking(self) -> None:
        """Stop reading lists and claiming pages; return when nothing of that is under way."""
        await self._crawl.stop_stocking()

    def count_refusal(self, refusal: Refusal) -> None:
        """Count and log an entry of a list, or a list, that is not followed."""
        if refusal.reason == Reason.STATUS:  # counted already, as a list that failed
            return
        self.crawler.stats.inc_value(f"discovery/refused/{refusal.reason}")
        level = logging.DEBUG if refusal.reason in _OF_ENTRIES else logging.INFO
        logger.log(level, "Not followed (%s): %s", refusal.reason, refusal.detail)
