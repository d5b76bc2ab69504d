"""The verdicts as spidermon's monitors, and what is done when one fails.

Spidermon's own extension says every line through a method that Scrapy has deprecated, and loads its e-mail
out of three more packages; so it gets a quiet runner here, and actions that need the standard library only.
Its other actions (Slack, Telegram, Discord, Sentry) and monitors work beside these, by their own settings.
"""

import logging
from typing import Any, ClassVar

from spidermon import Monitor, MonitorSuite  # type: ignore[import-untyped]
from spidermon.contrib.scrapy.extensions import Spidermon  # type: ignore[import-untyped]
from spidermon.core.actions import Action  # type: ignore[import-untyped]
from spidermon.exceptions import SkipAction  # type: ignore[import-untyped]
from spidermon.results.monitor import MonitorResult  # type: ignore[import-untyped]
from spidermon.runners import MonitorRunner  # type: ignore[import-untyped]

from crawler.errors import WarraqError
from crawler.extensions.health import Health, health_of
from crawler.health.letter import letter, send
from crawler.health.verdicts import State
from crawler.health.webhook import payload, post

logger = logging.getLogger(__name__)


class Monitors(Spidermon):  # type: ignore[misc]
    """Spidermon's extension: the same suites, settings and moments; it logs what failed and nothing else."""

    def _run_suites(self, spider: Any, suites: list[Any]) -> None:
        if health_of(self.crawler) is None:
            return  # a spider that is no site's has no run to be judged
        data = self._generate_data_for_spider(spider)
        for suite in suites:
            _Runner().run(suite, **data)


class _Result(MonitorResult):  # type: ignore[misc]
    def add_action_error(self, action: Any, error: str) -> None:
        super().add_action_error(action, error)
        logger.error("The action %s failed: %s", action.name, error)


class _Runner(MonitorRunner):  # type: ignore[misc]
    def create_result(self) -> MonitorResult:
        return _Result()


class RunMonitor(Monitor):  # type: ignore[misc]
    """One test for each check of crawler.health.verdicts."""

    def _holds(self, check: str) -> None:
        health = health_of(self.data.crawler)
        found = {verdict.check: verdict for verdict in (health.verdicts() if health else ())}
        if check not in found:
            self.skipTest("HEALTH_IGNORE names it, or the run never came to its end")
        verdict = found[check]
        if verdict.state is State.UNKNOWN:
            self.skipTest(verdict.sentence)
        if verdict.failed:
            self.fail(verdict.sentence)

    def test_finish(self) -> None:
        self._holds("finish")

    def test_yield(self) -> None:
        self._holds("yield")

    def test_coverage(self) -> None:
        self._holds("coverage")

    def test_blocked(self) -> None:
        self._holds("blocked")

    def test_failed(self) -> None:
        self._holds("failed")

    def test_dates(self) -> None:
        self._holds("dates")

    def test_spool(self) -> None:
        self._holds("spool")

    def test_manifest(self) -> None:
        self._holds("manifest")


class _Notice(Action):  # type: ignore[misc]
    """Tells somebody of the checks that failed; one that does not arrive is an error of the log."""

    def run_action(self) -> None:
        health = health_of(self.data.crawler)
        if health is None:
            raise SkipAction("This crawl has no run.")
        try:
            self.tell(health)
        except WarraqError as error:
            logger.error("%s", error)  # noqa: TRY400 - the sentence says it
            raise SkipAction(str(error)) from error

    def tell(self, health: Health) -> None:
        raise NotImplementedError


class PostToWebhook(_Notice):
    """To HEALTH_WEBHOOK."""

    def tell(self, health: Health) -> None:
        if health.webhook is None:
            raise SkipAction("HEALTH_WEBHOOK is not set.")
        post(health.webhook, payload(health.record(), health.failed(), health.archive))


class SendLetter(_Notice):
    """To HEALTH_EMAIL_TO."""

    def tell(self, health: Health) -> None:
        if health.mail is None:
            raise SkipAction("HEALTH_EMAIL_TO is empty.")
        send(letter(health.record(), health.failed(), health.archive, health.mail), health.mail)


class HealthSuite(MonitorSuite):  # type: ignore[misc]
    """All checks, and two ways to tell of those that failed."""

    monitors: ClassVar[list[type[Monitor]]] = [RunMonitor]
    monitors_failed_actions: ClassVar[list[type[Action]]] = [PostToWebhook, SendLetter]
