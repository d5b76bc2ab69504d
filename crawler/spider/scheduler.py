"""The scheduler that draws from the frontier when its own queues are empty.

Retries and redirects go through Scrapy's queues and come first; everything else is drawn one by one as the
engine has room, so that requests are never held by the thousand.
"""

from scrapy import Request, Spider
from scrapy.core.scheduler import Scheduler
from twisted.internet.defer import Deferred

from crawler.spider.site_spider import SiteSpider


class FrontierScheduler(Scheduler):
    """Scrapy's scheduler, continued by the frontier of a SiteSpider."""

    def open(self, spider: Spider) -> "Deferred[None] | None":
        self._spider = spider if isinstance(spider, SiteSpider) else None
        return super().open(spider)

    def has_pending_requests(self) -> bool:
        return super().has_pending_requests() or (self._spider is not None and self._spider.has_more())

    def next_request(self) -> Request | None:
        request = super().next_request()
        if request is None and self._spider is not None:
            return self._spider.next_request()
        return request
