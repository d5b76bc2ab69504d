"""The extension that counts the figures of a run's health, and judges the run when it has ended."""

import logging
import os
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response

from crawler.errors import ArchiveError, UsageError
from crawler.extensions.run import run_of
from crawler.health import CHECKS, Facts, RunRecord, Verdict, judge, last_records
from crawler.health.facts import OPTIONAL_FIELDS
from crawler.health.mail import MailServer
from crawler.health.record import (
    ANCIENT,
    ANSWERS,
    BOUNDED,
    FIELDS,
    FUTURE,
    QUIET_SECONDS,
    RHYTHM_ARTICLES,
    RHYTHM_SECONDS,
    YIELD,
)
from crawler.health.webhook import checked_webhook
from crawler.items import Article
from crawler.spider.site_spider import SiteSpider
from crawler.storage.outbox import Outbox

logger = logging.getLogger(__name__)

AHEAD = timedelta(hours=1)  # by which clocks may differ; an article of a later moment has a wrong date
FIRST_YEAR = 1990  # of news on the web
ANSWER_TIMES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)  # upper bounds in milliseconds
LONGER = 60_000  # stands for every time above the last bound
WEBHOOK = "WARRAQ_HEALTH_WEBHOOK"  # environment variable, for an address that must not stand in a file
_OF_THE_RUN = frozenset({"finish", "spool"})  # checks for which Run.problems has sentences of its own


class Health:
    """Counts field coverage, wrong dates and response times; has the verdicts after the delivery."""

    def __init__(self, crawler: Crawler) -> None:
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise NotConfigured("only a SiteSpider has a run")
        self.crawler = crawler
        settings = crawler.settings
        self.ignore = frozenset(settings.getlist("HEALTH_IGNORE"))
        if unknown := sorted(self.ignore - set(CHECKS)):
            raise UsageError(f"HEALTH_IGNORE: there is no check {unknown[0]!r}, only {', '.join(CHECKS)}.")
        self.webhook = checked_webhook(settings["HEALTH_WEBHOOK"] or os.environ.get(WEBHOOK))
        self.mail = MailServer.of(settings.copy_to_dict(), settings.getlist("HEALTH_EMAIL_TO"))
        self._judged: list[Verdict] | None = None
        self._before: list[RunRecord] = []  # the last whole runs of the site
        crawler.stats.set_value(YIELD, spider.site.expected_yield)
        asked = spider.arguments
        if asked.window.since or asked.window.until or asked.limit:
            crawler.stats.set_value(BOUNDED, 1)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def archive(self) -> str:
        """The address of the archive."""
        return run_of(self.crawler).options.storage.address

    def spider_opened(self) -> None:
        """Read the records of the last runs, and continue the rhythm that they learned."""
        run = run_of(self.crawler)
        try:
            self._before = last_records(run.options.storage, run.site.name, run.run_id, run.recent_runs)
        except ArchiveError as error:
            logger.warning("The run is judged without those before it: %s", error)
        if self._before:
            last = self._before[0]
            rhythm = last.rhythm.continued(last.began, run.began)
            self.crawler.stats.set_value(RHYTHM_ARTICLES, rhythm.articles)
            self.crawler.stats.set_value(RHYTHM_SECONDS, rhythm.seconds)
            self.crawler.stats.set_value(QUIET_SECONDS, rhythm.quiet)

    def item_scraped(self, item: Any) -> None:
        """Count the fields and the dates of a stored article."""
        if not isinstance(item, Article):
            return
        if self._before and item.previous_id is None:
            self.crawler.stats.inc_value(RHYTHM_ARTICLES)
            self.crawler.stats.set_value(QUIET_SECONDS, 0.0)
        for name in OPTIONAL_FIELDS:
            if getattr(item, name):
                self.crawler.stats.inc_value(FIELDS + name)
        if item.published and item.published > item.fetched_at + AHEAD:
            self.crawler.stats.inc_value(FUTURE)
        if item.published and item.published.year < FIRST_YEAR:
            self.crawler.stats.inc_value(ANCIENT)

    def response_downloaded(self, response: Response, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        """Count the response by the time until it began."""
        seconds = request.meta.get("download_latency")
        if seconds is not None:
            most = next((limit for limit in ANSWER_TIMES if seconds * 1_000 <= limit), LONGER)
            self.crawler.stats.inc_value(f"{ANSWERS}{most}")

    def engine_stopped(self) -> None:
        """Log the failed checks. The run is closed by now, delivered or not."""
        for verdict in self.failed():
            logger.warning("Health: %s: %s", verdict.check, verdict.sentence)

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts of a closed run; none before, and none for a run that was cut short.

        Reads the archive at the first call.
        """
        if run_of(self.crawler).summary is None:
            return []
        if self._judged is None:
            self._judged = judge(self._facts(), ignore=self.ignore)
        return self._judged

    def failed(self) -> list[Verdict]:
        """Return the verdicts of the failed checks."""
        return [verdict for verdict in self.verdicts() if verdict.failed]

    def problems(self) -> list[str]:
        """Return a sentence for each failed check that Run.problems does not name already."""
        return [verdict.sentence for verdict in self.failed() if verdict.check not in _OF_THE_RUN]

    def record(self) -> RunRecord:
        """Return the run's record, as in its stats.json."""
        run = run_of(self.crawler)
        summary = run.summary.record() if run.summary is not None else {}
        counters = dict(self.crawler.stats.get_stats())
        times = {"began": run.began.isoformat(), "ended": datetime.now(UTC).isoformat()}
        return RunRecord.of({**summary, **times, "counters": counters}, run.run_id)

    def _facts(self) -> Facts:
        run = run_of(self.crawler)
        storage = run.options.storage
        manifest: bool | None = None
        try:
            names = set(storage.list_names(f"runs/{run.run_id}/"))
            manifest = "manifest.json" in names
        except ArchiveError as error:
            logger.warning("Whether the run has a manifest is unknown: %s", error)
        left = Outbox(run.folder, storage).pending()
        return Facts(
            run=self.record(), before=self._before, left_in_spool=len(left), manifest_written=manifest
        )


def health_of(crawler: Crawler) -> Health | None:
    """Return the Health extension of a crawl, or None where it has none."""
    return crawler.get_extension(Health)
