"""One run: a crawl of one site, from its lease to its sealed manifest. Knows nothing of Scrapy."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from crawler.archive.names import new_run_id
from crawler.archive.recorder import Recorder
from crawler.discovery.source import Refusal
from crawler.errors import ArchiveError
from crawler.items import Article
from crawler.ledger.entries import RequisitePlan, Verdict
from crawler.ledger.frontier import Frontier
from crawler.ledger.progress import Progress
from crawler.options.arguments import RunArguments
from crawler.options.options import Options
from crawler.run.clock import ClockCheck
from crawler.run.gauge import SpoolGauge
from crawler.run.lease import RunLease
from crawler.run.ledger import RunLedger
from crawler.run.lock import RunLock, dead_runs
from crawler.run.record import RunLog, warcinfo_of, write_stats
from crawler.run.recovery import finish_earlier
from crawler.run.sealing import Seal
from crawler.run.spool import RunSpool
from crawler.run.summary import Summary
from crawler.site import Site
from crawler.storage.fence import check_held
from crawler.storage.lease import Claim
from crawler.storage.outbox import RECORDS, Delivery

logger = logging.getLogger(__name__)


class Stats(Protocol):
    """The counters of the crawl; Scrapy's stats collector fits."""

    def inc_value(self, key: str, count: int = 1) -> None: ...

    def set_value(self, key: str, value: Any) -> None: ...

    def get_stats(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Hooks:
    """The functions of the crawl that a run calls."""

    refuse: Callable[[Refusal], None]  # counts an entry of a list that is not followed
    end_crawl: Callable[[], None]  # ends the crawl before its time; called in the event loop
    write_report: Callable[["Run"], None] | None  # writes a page about the run into its folder; on a thread


class Run:
    """One crawl of one site. `open` before the first request, `close` after the last.

    Pipelines use `judge`, `keep_needs` and `store`; the capture handler uses `recorder`.
    """

    def __init__(
        self, site: Site, arguments: RunArguments, options: Options, *, stats: Stats, hooks: Hooks
    ) -> None:
        self.site = site
        self.arguments = arguments
        self.options = options
        self.began = datetime.now(UTC)
        self.run_id = new_run_id(site.name, self.began)
        self.folder = options.spool / self.run_id
        self.summary: Summary | None = None  # set by `close`
        self.fault: ArchiveError | None = None  # why the run cannot go on
        self.left_nothing = False  # no server was reached, and no earlier run knows the site
        self._stats = stats
        self._hooks = hooks
        self._unfinished: dict[str, str] = {}  # files of earlier runs that cannot be delivered: why

    def open(self) -> None:
        """Take the lease, finish what earlier runs left, and open the ledger and the spool.

        Raises WarraqError where the archive or the spool cannot be used; the lease is free again then.
        """
        options, storage = self.options, self.options.storage
        self._seal = Seal.of(options.seal)
        storage.check()
        dead = frozenset(dead_runs(options.spool, self.site.name))
        with ExitStack() as opened:
            self._lease = RunLease(storage, Claim(site=self.site.name, run=self.run_id, dead=dead))
            opened.callback(self._lease.release)
            self._unfinished = finish_earlier(options, self._seal, self.site.name, self._lease)
            try:
                self._lock = RunLock(self.folder)
            except OSError as error:
                raise ArchiveError(
                    f"The spool {options.spool} cannot be written: {error.strerror}."
                ) from error
            opened.callback(self._lock.release)
            self._log = RunLog(self.folder / "runs" / self.run_id / "log.txt", options.log_format)
            self._open_ledger()
            opened.pop_all()

    def watch(self) -> None:
        """Renew the lease and watch the size of the spool from now on. Needs a running event loop."""
        self._lease.keep(self.end_early)
        self._gauge.start()

    @property
    def recorder(self) -> Recorder:
        """The writer of the run's WARC files."""
        return self._spool.recorder

    @property
    def recent_runs(self) -> list[str]:
        """The last runs of the site that left a copy of its ledger in the archive, in any order."""
        return self._ledger.recent_runs

    @property
    def requisites(self) -> RequisitePlan:
        """Which requisites of a page the run fetches."""
        return self.options.requisites

    async def judge(self, article: Article) -> Verdict:
        """Decide whether an article is stored. Raises ArchiveError."""
        return await self.frontier.judge(article)

    def keep_needs(self, article: Article, urls: tuple[str, ...]) -> None:
        """Remember the requisites of an article's page; they are fetched if the article is stored."""
        self.frontier.needs(article, urls)

    async def store(self, article: Article) -> None:
        """Put an article into the journal and mark its page as stored. Raises ArchiveError."""
        try:
            await self._spool.store(article)
        except ArchiveError as error:
            if isinstance(error.__cause__, OSError):  # the disk fails, and not this article alone
                self.end_early(error)
            raise
        self.frontier.stored(article)

    def end_early(self, failure: ArchiveError) -> None:
        """End the crawl: the disk or the ledger fails, or another run has taken the site."""
        if self.fault is None:
            self.fault = failure
            logger.error("The crawl ends. %s", failure)
            self._hooks.end_crawl()

    async def close(self, reason: str) -> None:
        """Deliver everything, seal the run, and free the site. `reason`: Scrapy's, `finished` or another.

        A failure becomes `fault`; what is not delivered stays in the spool.
        """
        self._gauge.stop()
        delivery: Delivery | None = None
        try:
            self._count_left(await self.frontier.end(walked=reason == "finished"))
            self.left_nothing = self._ledger.is_new and not self.recorder.has_contact
            delivery = await (self._drop_all() if self.left_nothing else self._deliver(reason))
        except (ArchiveError, OSError) as error:
            why = error if isinstance(error, ArchiveError) else ArchiveError(f"The spool failed: {error}.")
            logger.error("%s", why)  # noqa: TRY400 - the sentence says it; a trace would bury it
            self.fault, delivery = why, None
        finally:
            self._ledger.close()
            self._spool.end()
            self._forget_site()
            self._lock.release()
            await self._lease.end()
        self.summary = self._summarise(reason, delivery)

    def problems(self) -> list[str]:
        """Return a sentence for each thing that keeps the run from being a good one."""
        found = [] if self.summary is None else self.summary.problems()
        if self.left_nothing:
            found.append(f"No server of {self.site.name} could be reached: nothing of this run was kept.")
        if self.fault is not None:
            waits = " What the run has is in the spool; scrapy sync delivers it."
            found.append(f"{self.fault}{waits if self.folder.exists() else ''}")
        return found + [
            f"Still in the spool, of an earlier run: {key}: {why}" for key, why in self._unfinished.items()
        ]

    async def _deliver(self, reason: str) -> Delivery:
        """Deliver everything and seal the run. Raises ArchiveError, OSError."""
        await self._spool.close(self._log.open_path)
        await self._spool.deliver(RECORDS)  # what the site served stays true
        await self._promise()
        delivery = await self._spool.deliver()
        self._write_stats(reason, delivery)
        self._log.close()
        delivery = await self._spool.deliver()
        await self._write_report()
        if delivery.failed:
            return delivery
        await self._spool.add_to_index(delivery)
        facts = self._seal.facts(self.run_id, self.site.name, began=self.began, ended=datetime.now(UTC))
        return await self._spool.seal(self._seal, facts, self.recent_runs)

    async def _drop_all(self) -> Delivery:
        """Remove the files of a run that reached no server, so that a mistyped host leaves no site behind."""
        self._log.close()
        await self._spool.drop()
        return Delivery(delivered=[], failed={})

    def _forget_site(self) -> None:
        """Remove the closed ledger of a run that left nothing; what cannot be removed does no harm."""
        if self.left_nothing:
            try:
                self._ledger.remove()
            except OSError as error:
                logger.info("The ledger of %s cannot be removed: %s.", self.site.name, error)

    async def _promise(self) -> None:
        """Put a copy of what changed in the ledger into the archive, if this run has the site still.

        Articles follow it. A run that lost the site and delivered its articles would store again what the
        run that took over has stored. Raises LeaseLostError, and other ArchiveErrors.
        """
        await asyncio.to_thread(check_held, self._lease, "What the run has stays in the spool")
        copy = await self._ledger.copy_to(self.folder)
        failed = (await self._spool.deliver(("ledger",))).failed
        if failed:
            raise ArchiveError(" ".join(failed.values()))
        await self._ledger.publish(copy, self._lease)

    def _open_ledger(self) -> None:
        """Open the ledger, the spool and the frontier, and connect them."""
        options = self.options
        self._ledger = RunLedger(
            self.site,
            options.spool,
            options.storage,
            run_id=self.run_id,
            began=self.began,
            window=self.arguments.window,
            recheck=options.recheck,
        )
        self._spool = RunSpool(
            self.folder,
            site=self.site.name,
            run_id=self.run_id,
            options=options,
            info=warcinfo_of(options, self.site),
            older_originals=self._ledger.older_originals,
            on_warc_closed=self._settle_soon,
            promise=self._promise,
        )
        self.frontier: Frontier = self._ledger.frontier(
            self._spool,
            limit=self.arguments.limit,
            requisites=options.requisites,
            count=self._stats.inc_value,
            refuse=self._hooks.refuse,
            on_failure=self.end_early,
        )
        self.clock = ClockCheck(
            began=self.began,
            newest=self._ledger.newest_before,
            tolerance=options.clock_tolerance,
            note=self._stats.set_value,
            end=self.end_early,
        )
        self._gauge = SpoolGauge(
            options.spool,
            max_bytes=options.spool_max_bytes,
            hold=self.frontier.hold,
            on_failure=self.end_early,
        )

    def _settle_soon(self) -> None:
        self.frontier.settle_soon()

    def _summarise(self, reason: str, delivery: Delivery | None) -> Summary:
        stats = dict(self._stats.get_stats())
        stats["finish_reason"] = reason
        stats["elapsed_time_seconds"] = (datetime.now(UTC) - self.began).total_seconds()
        return Summary.of(stats, site=self.site.name, run_id=self.run_id, delivery=delivery)

    def _count_left(self, left: Progress) -> None:
        """Set the counters for what is left to the next run."""
        self._stats.set_value("left/lists", left.lists_left)
        self._stats.set_value("left/pages", left.pages_left)
        self._stats.set_value("left/waiting", left.waiting)
        self._stats.set_value("left/back_to", left.back_to.isoformat() if left.back_to else None)

    def _write_stats(self, reason: str, delivery: Delivery | None) -> None:
        summary = self._summarise(reason, delivery)
        write_stats(self.folder, summary, self._stats.get_stats(), began=self.began)

    async def _write_report(self) -> None:
        """Write and deliver the page about the run. Without it the run is still a good one."""
        if self._hooks.write_report is None:
            return
        try:
            await asyncio.to_thread(self._hooks.write_report, self)
            await self._spool.deliver()
        except ArchiveError as error:
            logger.warning("%s", error)
