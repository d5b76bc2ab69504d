"""The extension that sends the notices about a run whose checks failed."""

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.extensions.health import Health, health_of
from crawler.health.mail import email_of, send
from crawler.health.webhook import NoticeError, payload, post

logger = logging.getLogger(__name__)


class Monitors:
    """Post the failed checks of a run to HEALTH_WEBHOOK and send them to HEALTH_EMAIL_TO.

    Works when the engine has stopped: the files are delivered by then. A notice that cannot be delivered is
    an error in the log and does not change the crawl's exit code.
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
        if health is None or not health.failed():
            return
        for notify in (_post, _mail):
            try:
                notify(health)
            except NoticeError as error:
                logger.error("%s", error)  # noqa: TRY400 - the sentence says it; a trace could hold the address


def _post(health: Health) -> None:
    if health.webhook is not None:
        post(health.webhook, payload(health.record(), health.failed(), health.archive))


def _mail(health: Health) -> None:
    if health.mail is not None:
        send(email_of(health.record(), health.failed(), health.archive, health.mail), health.mail)
