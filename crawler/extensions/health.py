"""Counts what a run's health is told by, and judges the run when all of it is over."""

import logging
import os
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response

from crawler.errors import ArchiveError, UsageError
from crawler.extensions.run import Run
from crawler.health import CHECKS, Facts, RunRecord, Verdict, judge, last_records
from crawler.health.facts import OPTIONAL_FIELDS
from crawler.health.mail import MailServer
from crawler.health.record import ANCIENT, ANSWERS, BOUNDED, FIELDS, FUTURE, YIELD
from crawler.health.webhook import checked_webhook
from crawler.items import Article
from crawler.spider.site_spider import SiteSpider
from crawler.storage.outbox import Outbox

logger = logging.getLogger(__name__)

AHEAD = timedelta(hours=1)  # what clocks may differ by; a story dated later than that is dated wrong
FIRST_YEAR = 1990  # of news on the web
ANSWER_TIMES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)  # milliseconds, each "at most"
LONGER = 60_000  # the last bar of them: whatever took more
WEBHOOK = "WARRAQ_HEALTH_WEBHOOK"  # of the environment, for an address that is a key
TOLD_ELSEWHERE = frozenset({"finish", "spool"})  # Run.problems has its own sentences for them


class Health:
    """Field coverage, dates and answer times of a run as counters; after the delivery, its verdicts."""

    def __init__(self, crawler: Crawler) -> None:
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise NotConfigured("only a site's spider has a run")
        self.crawler = crawler
        settings = crawler.settings
        self.ignore = frozenset(settings.getlist("HEALTH_IGNORE"))
        if unknown := sorted(self.ignore - set(CHECKS)):
            raise UsageError(f"HEALTH_IGNORE: there is no check {unknown[0]!r}, only {', '.join(CHECKS)}.")
        self.webhook = checked_webhook(settings["HEALTH_WEBHOOK"] or os.environ.get(WEBHOOK))
        self.mail = MailServer.of(settings.copy_to_dict(), settings.getlist("HEALTH_EMAIL_TO"))
        self._judged: list[Verdict] | None = None
        crawler.stats.set_value(YIELD, spider.site.expected_yield)
        if spider.window.since or spider.window.until or spider.frontier.limit:
            crawler.stats.set_value(BOUNDED, 1)
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def archive(self) -> str:
        return self._run.storage.address

    def item_scraped(self, item: Any) -> None:
        if not isinstance(item, Article):
            return
        for name in OPTIONAL_FIELDS:
            if getattr(item, name):
                self.crawler.stats.inc_value(FIELDS + name)
        if item.published and item.published > item.fetched_at + AHEAD:
            self.crawler.stats.inc_value(FUTURE)
        if item.published and item.published.year < FIRST_YEAR:
            self.crawler.stats.inc_value(ANCIENT)

    def response_downloaded(self, response: Response, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        seconds = request.meta.get("download_latency")
        if seconds is not None:
            most = next((limit for limit in ANSWER_TIMES if seconds * 1_000 <= limit), LONGER)
            self.crawler.stats.inc_value(f"{ANSWERS}{most}")

    def engine_stopped(self) -> None:
        """Everything was delivered, or never will be by this run."""
        for verdict in self.failed():
            logger.warning("Health: %s: %s", verdict.check, verdict.sentence)

    def verdicts(self) -> list[Verdict]:
        """The run's verdicts once the engine has stopped; none of a run that never came to its end.

        Reads the archive the first time.
        """
        if self._run.summary is None:
            return []
        if self._judged is None:
            self._judged = judge(self._facts(), ignore=self.ignore)
        return self._judged

    def failed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts() if verdict.failed]

    def problems(self) -> list[str]:
        """A sentence for each failed check that the run's own problems do not tell already."""
        return [verdict.sentence for verdict in self.failed() if verdict.check not in TOLD_ELSEWHERE]

    def record(self) -> RunRecord:
        """The run as its stats.json tells it."""
        run = self._run
        told = run.summary.record() if run.summary is not None else {}
        counters = dict(self.crawler.stats.get_stats())
        times = {"began": run.began.isoformat(), "ended": datetime.now(UTC).isoformat()}
        return RunRecord.of({**told, **times, "counters": counters}, run.run_id)

    @property
    def _run(self) -> Run:
        run = self.crawler.get_extension(Run)
        if run is None:
            raise RuntimeError("This crawl has no run: crawler.extensions.run.Run is switched off.")
        return run

    def _facts(self) -> Facts:
        run = self._run
        manifest: bool | None = None
        before: list[RunRecord] = []
        try:
            names = set(run.storage.list_names(f"runs/{run.run_id}/"))
            manifest = "manifest.json" in names
            before = last_records(run.storage, run.spider.site.name, run.run_id)
        except ArchiveError as error:
            logger.warning("The run is judged without those before it: %s", error)
        left = Outbox(run.spool.folder, run.storage).pending()
        return Facts(run=self.record(), before=before, left_in_spool=len(left), manifest_written=manifest)


def health_of(crawler: Crawler) -> Health | None:
    """The judge of a crawl, None where it has none."""
    return crawler.get_extension(Health)
