"""The run: opens the archive before the first request, and delivers everything after the last."""

import asyncio
import gc
import json
import logging
from datetime import UTC, datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.archive.canonical import settings_json
from crawler.archive.merged_index import MAX_BYTES_AT_EACH_RUN, keep_merged_index
from crawler.archive.names import new_run_id
from crawler.archive.recorder import Recorder
from crawler.capture.connect_to import parse_connect_to
from crawler.capture.contract import check_contract
from crawler.errors import ArchiveError
from crawler.items import Article
from crawler.ledger.progress import Progress
from crawler.options.archive import spool_of, storage_of
from crawler.options.options import SealOptions, recheck_of, requisites_of
from crawler.report.making import write_run_report
from crawler.run.gauge import SpoolGauge
from crawler.run.lease import RunLease
from crawler.run.ledger import RunLedger
from crawler.run.log import RunLog
from crawler.run.record import warcinfo_of, write_stats
from crawler.run.recovery import RunLock, dead_runs, recover
from crawler.run.sealing import Seal
from crawler.run.spool import RunSpool
from crawler.run.summary import Summary
from crawler.spider.site_spider import SiteSpider
from crawler.storage import S3Credentials
from crawler.storage.lease import Claim
from crawler.storage.outbox import Delivery
from crawler.urls import is_private_host

logger = logging.getLogger(__name__)


class Run:
    """One crawl of one site: its name, its open files, its end.

    Raises WarraqError where the archive cannot be written, before anything is fetched.
    """

    def __init__(self, crawler: Crawler) -> None:
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise NotConfigured("only a site's spider has a run")  # scrapy shell, fetch and their kin
        self.crawler = crawler
        self.spider = spider
        self.summary: Summary | None = None
        self.fault: ArchiveError | None = None
        self.began = datetime.now(UTC)
        self.run_id = new_run_id(spider.site.name, self.began)
        if is_private_host(spider.site.domain):  # a site on our own network is no trap that a redirect lays
            allowed = [*crawler.settings.getlist("PRIVATE_HOSTS"), spider.site.domain]
            crawler.settings.set("PRIVATE_HOSTS", allowed, priority="cmdline")
        check_contract()  # Scrapy would fail every request instead of the run
        parse_connect_to(crawler.settings.getlist("CONNECT_TO"))  # told now, not at the first page
        self.seal = Seal.of(SealOptions.of(crawler.settings))
        self.storage = storage_of(crawler.settings)
        self.storage.check()
        self.recheck = recheck_of(crawler.settings)
        dead = dead_runs(spool_of(crawler.settings, self.storage), spider.site.name)
        self.lease = RunLease(
            self.storage, Claim(site=spider.site.name, run=self.run_id, dead=frozenset(dead))
        )
        try:
            self._open()
        except BaseException:
            self.lease.release()
            raise
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    def _open(self) -> None:
        crawler, spider = self.crawler, self.spider
        self.unfinished = self._recover()
        root = spool_of(crawler.settings, self.storage)
        folder = root / self.run_id
        try:
            self.lock = RunLock(folder)
        except OSError as error:
            raise ArchiveError(f"The spool {folder.parent} cannot be written: {error.strerror}.") from error
        self.log = RunLog(folder / "runs" / self.run_id / "log.txt", crawler.settings["LOG_FORMAT"])
        self.ledger = RunLedger(
            spider.site,
            root,
            self.storage,
            run_id=self.run_id,
            began=self.began,
            window=spider.window,
            recheck=self.recheck,
        )
        self.spool = RunSpool(
            folder,
            site=spider.site.name,
            run_id=self.run_id,
            storage=self.storage,
            info=warcinfo_of(crawler.settings, spider.site),
            settings=settings_json(crawler.settings.copy_to_dict()),
            warc_max_bytes=crawler.settings.getint("WARC_MAX_BYTES"),
            delivery_attempts=crawler.settings.getint("DELIVERY_ATTEMPTS"),
            uploads_at_once=crawler.settings.getint("UPLOADS_AT_ONCE"),
            keep_text=crawler.settings.getbool("WARC_TEXT"),
            older_originals=self.ledger.older_originals,
        )
        self._ending: asyncio.Task[None] | None = None
        spider.frontier = self.ledger.frontier(
            self.spool,
            limit=spider.limit,
            requisites=requisites_of(crawler.settings),
            count=crawler.stats.inc_value,
            refuse=spider.count_refusal,
            on_failure=self.end_early,
        )
        self.spool.settle_soon = spider.frontier.settle_soon
        self.gauge = SpoolGauge(
            root,
            most=crawler.settings.getint("SPOOL_MAX_BYTES"),
            hold=spider.frontier.hold,
            on_failure=self.end_early,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def recorder(self) -> Recorder:
        return self.spool.recorder

    def problems(self) -> list[str]:
        """What keeps the run from being a good one, a sentence each."""
        found = [] if self.summary is None else self.summary.problems()
        # Scrapy writes its feeds while the run ends, so this is told only now
        if any(name.startswith("feedexport/failed_count/") for name in self.crawler.stats.get_stats()):
            found.append("What -o or -O asked for could not be written; the articles are in the archive.")
        if self.fault is not None:
            waits = " What the run has is in the spool; scrapy sync delivers it."
            found.append(f"{self.fault}{waits if self.spool.folder.exists() else ''}")
        return found + [
            f"Still in the spool, of an earlier run: {key}: {why}" for key, why in self.unfinished.items()
        ]

    async def store(self, article: Article) -> None:
        try:
            await self.spool.store(article)
        except ArchiveError as error:
            if isinstance(error.__cause__, OSError):  # the disk, and not this article
                self.end_early(error)
            raise

    def spider_opened(self) -> None:
        # what is loaded by now stays: looking through it for garbage would hold the event loop for 60 ms
        gc.collect()
        gc.freeze()
        self.lease.keep(self.end_early)
        self.gauge.start()

    def end_early(self, failure: ArchiveError) -> None:
        """The run cannot go on: it could not remember what it does, or another run has taken its site."""
        if self._ending is not None or self.fault is not None:
            return
        self.fault = failure
        logger.error("The crawl ends. %s", failure)
        engine = self.crawler.engine
        if engine is not None and engine.spider is not None:
            # Not awaited: the engine waits for whoever calls this before it closes.
            self._ending = asyncio.ensure_future(engine.close_spider_async(reason="cut_short"))

    async def spider_closed(self, reason: str) -> None:
        self.gauge.stop()
        try:
            await self.spider.stop_stocking()
            self._tell_progress(await self.spider.frontier.end(walked=reason == "finished"))
            await self.spool.close(self.log.open_path)
            if not self.lease.lost:
                await self.ledger.copy_to(self.spool.folder)
            delivery = await self.spool.deliver()
            self._write_stats(reason, delivery)
            self.log.close()
            delivery = await self.spool.deliver()
            await self._write_report()
            if not delivery.failed:
                facts = self.seal.facts(
                    self.run_id, self.spider.site.name, began=self.began, ended=datetime.now(UTC)
                )
                delivery = await self.spool.seal(self.seal, facts)
                await self._keep_index()
        except (ArchiveError, OSError) as error:
            why = error if isinstance(error, ArchiveError) else ArchiveError(f"The spool failed: {error}.")
            logger.error("%s", why)  # noqa: TRY400 - the sentence says it; a trace would bury it
            self.fault, delivery = why, None
        finally:
            self.ledger.close()
            self.spool.end()
            self.lock.release()
            await self.lease.end()
        self.summary = self._summarise(reason, delivery)
        if not self.crawler.settings.getbool("SUMMARY_TABLE"):
            logger.info("The run is over: %s", json.dumps(self.summary.record(), ensure_ascii=False))

    def _recover(self) -> dict[str, str]:
        """Finish what earlier runs left; what still cannot be delivered, by key."""
        failed: dict[str, str] = {}
        attempts = self.crawler.settings.getint("DELIVERY_ATTEMPTS")
        for run in recover(
            spool_of(self.crawler.settings, self.storage),
            self.storage,
            attempts=attempts,
            seal=self.seal,
            recheck=self.recheck,
            only=self.spider.site.name,
        ):
            if not run.known:
                raise ArchiveError(
                    f"{' '.join(run.delivery.failed.values())} Nothing is crawled before that is mended, "
                    f"for its articles would be stored twice; what cannot be mended, move out of the spool."
                )
            failed |= run.delivery.failed
        return failed

    def _summarise(self, reason: str, delivery: Delivery | None) -> Summary:
        stats = dict(self.crawler.stats.get_stats())
        stats["finish_reason"] = reason
        stats["elapsed_time_seconds"] = (datetime.now(UTC) - self.began).total_seconds()
        return Summary.of(stats, site=self.spider.site.name, run_id=self.run_id, delivery=delivery)

    def _tell_progress(self, left: Progress) -> None:
        back_to = left.back_to.isoformat() if left.back_to else None
        told = {"lists": left.lists_left, "pages": left.pages_left, "back_to": back_to}
        for name, value in told.items():
            self.crawler.stats.set_value(f"left/{name}", value)

    async def _write_report(self) -> None:
        """The page about this run; a run without one is told, and is a good run all the same."""
        settings = self.crawler.settings
        if not settings.getbool("RUN_REPORT"):
            return
        try:
            await asyncio.to_thread(
                write_run_report,
                self.spool.folder,
                self.storage.address,
                S3Credentials.from_settings(settings),
                run_id=self.run_id,
                site=self.spider.site,
                ignore=settings.getlist("HEALTH_IGNORE"),
            )
            await self.spool.deliver()
        except ArchiveError as error:
            logger.warning("%s", error)

    async def _keep_index(self) -> None:
        """The merged index is made of others, so a run without it is a good run all the same."""
        try:
            await asyncio.to_thread(
                keep_merged_index,
                self.storage,
                self.spider.site.name,
                self.spool.folder,
                max_bytes=MAX_BYTES_AT_EACH_RUN,
            )
        except ArchiveError as error:
            logger.warning("%s", error)

    def _write_stats(self, reason: str, delivery: Delivery | None) -> None:
        write_stats(
            self.spool.folder,
            self._summarise(reason, delivery),
            self.crawler.stats.get_stats(),
            began=self.began,
        )


def run_of(crawler: Crawler) -> Run:
    """The run that a crawl belongs to. Raises RuntimeError where there is none."""
    run = crawler.get_extension(Run)
    if run is None:
        raise RuntimeError("This crawl has no run: crawler.extensions.run.Run is switched off.")
    return run
