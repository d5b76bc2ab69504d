"""scrapy crawl SITE: Scrapy's own command; errors in one sentence, exit codes that mean something."""

import argparse
import asyncio
import difflib
import sys

from rich.console import Console
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES

from crawler.errors import UsageError, WarraqError
from crawler.extensions.run import Run
from crawler.secret_settings import hide_secrets
from crawler.summary import table


class Command(ScrapyCrawl):
    def syntax(self) -> str:
        return "[options] SITE [-a since=DATE] [-a until=DATE] [-a limit=N] [-a url=ADDRESS, with SITE news]"

    def short_desc(self) -> str:
        return "Crawl one site into the archive (scrapy sites lists them; news takes any address)"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        hide_secrets(self.settings)  # type: ignore[arg-type]  # Scrapy sets it before this
        chosen = self.settings.getpriority("LOG_LEVEL") == SETTINGS_PRIORITIES["cmdline"]  # type: ignore[union-attr]
        if sys.stderr.isatty() and not chosen and not opts.logfile:
            # the live line tells the rest, and the run's own log.txt keeps it
            self.settings.set("LOG_LEVEL", "WARNING", priority="cmdline")  # type: ignore[union-attr]

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise ScrapyUsageError("Name one site, like: scrapy crawl step_agency (scrapy sites lists them).")
        try:
            self._known(args[0])
        except WarraqError as error:
            self._refuse(error)
            return
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it before run
        crawler = self._create_crawler(args[0])
        crawling = asyncio.ensure_future(self.crawler_process.crawl(crawler, **opts.spargs))
        failures: list[BaseException] = []
        crawling.add_done_callback(lambda task: _take_failure(task, failures))
        self.crawler_process.start()
        self._conclude(crawler, failures)

    def _known(self, name: str) -> None:
        loader = self.crawler_process.spider_loader  # type: ignore[union-attr]
        names = loader.list()
        if name in names:
            return
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "scrapy sites lists the known ones."
        raise UsageError(
            f"There is no site {name!r}. {hint} Any address goes with: scrapy crawl news -a url=…"
        )

    def _conclude(self, crawler: Crawler, failures: list[BaseException]) -> None:
        if failures:
            if not isinstance(failures[0], WarraqError):
                raise failures[0]
            self._refuse(failures[0])
            return
        run = crawler.get_extension(Run)
        if run is None or run.summary is None:
            self.exitcode = 0 if run is None and not self.crawler_process.bootstrap_failed else 1  # type: ignore[union-attr]
            return
        console = Console(stderr=True)
        if self.settings.getbool("SUMMARY_TABLE"):  # type: ignore[union-attr]
            console.print(table(run.summary, run.storage.address))
        problems = run.summary.problems() + ([str(run.fault)] if run.fault else [])
        problems += [
            f"Still in the spool, of an earlier run: {key}: {why}" for key, why in run.unfinished.items()
        ]
        for problem in problems:
            console.print(f"! {problem}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        self.exitcode = 1 if problems else 0

    def _refuse(self, error: WarraqError) -> None:
        sys.stderr.write(f"scrapy crawl: {error}\n")
        self.exitcode = 2 if isinstance(error, UsageError) else 1


def _take_failure(task: "asyncio.Task[None]", failures: list[BaseException]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        failures.append(failure)
