"""The extension that sends the notices about a site whose state has changed, or that is still not well."""

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.extensions.health import Health, health_of
from crawler.health.mail import email_of, send
from crawler.health.notice import Announcement
from crawler.health.webhook import NoticeError, payload, post

logger = logging.getLogger(__name__)


class Monitors:
    """Post the state of a site to HEALTH_WEBHOOK and send it to HEALTH_EMAIL_TO.

    A notice is due when the state or its likely reason has changed, and daily while the site is not well.
    Works when the engine has stopped: the files are delivered by then. A notice that cannot be delivered is
    an error in the log and does not change the crawl's exit code; the next run sends it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def engine_stopped(self) -> None:
        """Send both notices; one that fails does not stop the other."""
        health = health_of(self.crawler)
        announced = health.announcement() if health is not None else None
        if health is None or announced is None:
            return
        for notify in (_post, _mail):
            try:
                notify(health, announced)
            except NoticeError as error:
                logger.error("%s", error)  # noqa: TRY400 - the sentence says it; a trace could hold the address
                health.forget_notice()


def _post(health: Health, announced: Announcement) -> None:
    if health.webhook is not None:
        post(health.webhook, payload(health.record(), health.failed(), health.archive, announced))


def _mail(health: Health, announced: Announcement) -> None:
    if (server := health.mail) is not None:
        send(email_of(health.record(), health.failed(), health.archive, announced, server), server)
