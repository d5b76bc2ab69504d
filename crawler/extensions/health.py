"""The extension that judges a run when it has ended, and carries the state of its site on."""

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.errors import ArchiveError, UsageError
from crawler.extensions.health_counts import HealthCounts
from crawler.extensions.run import run_of
from crawler.health import CHECKS, RunRecord, Verdict
from crawler.health.mail import MailServer
from crawler.health.notice import Announcement
from crawler.health.site_state import Judged, SiteState, facts_of, judged, rhythm_after
from crawler.health.state_file import carry_on, state_before
from crawler.health.webhook import checked_webhook
from crawler.spider.site_spider import SiteSpider
from crawler.storage.outbox import Outbox

logger = logging.getLogger(__name__)

WEBHOOK = "WARRAQ_HEALTH_WEBHOOK"  # environment variable, for an address that must not stand in a file
_OF_THE_RUN = frozenset({"finish", "spool"})  # checks for which Run.problems has sentences of its own


class Health:
    """Has the verdicts on a run after its delivery, and the state of its site."""

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
        self._judged: Judged | None = None
        self._state = SiteState(site=spider.site.name)  # before this run
        self._counts = HealthCounts(crawler, spider.arguments, expected_yield=spider.site.expected_yield)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def archive(self) -> str:
        """The address of the archive."""
        return run_of(self.crawler).options.storage.address

    def spider_opened(self) -> None:
        """Read the state of the site, and continue the rhythm that its runs learned."""
        run = run_of(self.crawler)
        try:
            self._state = state_before(
                run.options.storage, run.site.name, run.run_id, ignore=self.ignore, recent=run.recent_runs
            )
        except ArchiveError as error:
            logger.warning("The run is judged without those before it: %s", error)
        rhythm = rhythm_after(self._state, run.began)
        if rhythm is not None:
            self._counts.go_on_with(rhythm)

    def engine_stopped(self) -> None:
        """Log the failed checks. The run is closed by now, delivered or not."""
        for verdict in self.failed():
            logger.warning("Health: %s: %s", verdict.check, verdict.sentence)

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts of a closed run; none before, and none for a run that left nothing.

        Reads the archive at the first call, and writes the state of the site into it.
        """
        run = run_of(self.crawler)
        if run.summary is None or run.left_nothing:
            return []
        if self._judged is None:
            self._judged = self._judge()
        return list(self._judged.verdicts)

    def failed(self) -> list[Verdict]:
        """Return the verdicts of the failed checks."""
        return [verdict for verdict in self.verdicts() if verdict.failed]

    def announcement(self) -> Announcement | None:
        """Return what a notice has to say of the site; None where none is due."""
        if not self.verdicts() or self._judged is None or self._judged.news is None:
            return None
        return Announcement(news=self._judged.news, state=self._judged.state)

    def problems(self) -> list[str]:
        """Return a sentence for each failed check that Run.problems does not name already.

        If no check fails and the site is not well again, one sentence says so.
        """
        failed = self.failed()
        if not failed and self._judged is not None and self._judged.state.condition != "well":
            return [Announcement(news="lasting", state=self._judged.state).sentences()[0]]
        return [verdict.sentence for verdict in failed if verdict.check not in _OF_THE_RUN]

    def forget_notice(self) -> None:
        """Make a notice due at the next run: this one could not be delivered."""
        try:
            carry_on(
                run_of(self.crawler).options.storage,
                self._state,
                lambda state: Judged(replace(state, alarmed=None)),
            )
        except ArchiveError as error:
            logger.warning("%s", error)

    def record(self) -> RunRecord:
        """Return the run's record, as in its stats.json."""
        run = run_of(self.crawler)
        summary = run.summary.record() if run.summary is not None else {}
        counters = dict(self.crawler.stats.get_stats())
        times = {"began": run.began.isoformat(), "ended": datetime.now(UTC).isoformat()}
        return RunRecord.of({**summary, **times, "counters": counters}, run.run_id)

    def _judge(self) -> Judged:
        """Judge the run, and keep the state of the site in the archive."""
        run, left, manifest = self.record(), *self._delivery()

        def step(state: SiteState) -> Judged:
            facts = replace(facts_of(state, run), left_in_spool=left, manifest_written=manifest)
            return judged(state, facts, ignore=self.ignore)

        try:
            return carry_on(run_of(self.crawler).options.storage, self._state, step)
        except ArchiveError as error:
            logger.warning("The state of the site was not kept: %s", error)
            return step(self._state)

    def _delivery(self) -> tuple[int, bool | None]:
        """Return how many files are left in the spool, and whether the archive has the manifest."""
        run = run_of(self.crawler)
        storage = run.options.storage
        manifest: bool | None = None
        try:
            manifest = "manifest.json" in set(storage.list_names(f"runs/{run.run_id}/"))
        except ArchiveError as error:
            logger.warning("Whether the run has a manifest is unknown: %s", error)
        return len(Outbox(run.folder, storage).pending()), manifest


def health_of(crawler: Crawler) -> Health | None:
    """Return the Health extension of a crawl, or None where it has none."""
    return crawler.get_extension(Health)
