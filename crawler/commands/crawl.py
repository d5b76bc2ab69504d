"""Scrapy's command `crawl`, with errors in one sentence and an exit code that says whether all is well."""

import argparse
import asyncio
import difflib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings

from crawler.errors import UsageError, WarraqError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class Command(ScrapyCrawl):
    settings: Settings  # scrapy.cmdline sets it before process_options

    def syntax(self) -> str:
        return "[options] SITE [-a since=DATE] [-a until=DATE] [-a limit=N] [-a url=ADDRESS, with SITE news]"

    def short_desc(self) -> str:
        return "Crawl one site into the archive (scrapy sites lists them; news takes any address)"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.options.archive import hide_secrets
        from crawler.options.arguments import argument_hint

        super().process_options(args, opts)
        hide_secrets(self.settings)
        for word, following in zip(args, [*args[1:], "N"], strict=False):
            if word.startswith("-"):  # argparse passes on what it does not know
                raise ScrapyUsageError(f"There is no option {word}{argument_hint(word, following)}.")
        if len(args) != 1:
            raise ScrapyUsageError("Name one site, like: scrapy crawl step_agency (scrapy sites lists them).")
        try:  # before Scrapy begins to log
            _check(self.settings, args[0], opts.spargs)
            _check_feeds(self.settings)
        except WarraqError as error:
            self._refuse(error)
            sys.exit(self.exitcode)
        chosen = self.settings.getpriority("LOG_LEVEL") == SETTINGS_PRIORITIES["cmdline"]
        if sys.stderr.isatty() and not chosen and not opts.logfile:
            # the live line shows the rest, and the run's own log.txt keeps it
            self.settings.set("LOG_LEVEL", "WARNING", priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it before run
        crawler = self._create_crawler(args[0])
        crawling = asyncio.ensure_future(self.crawler_process.crawl(crawler, **opts.spargs))
        failures: list[BaseException] = []
        crawling.add_done_callback(lambda task: _take_failure(task, failures))
        self.crawler_process.start()
        if failures and not isinstance(failures[0], WarraqError):
            raise failures[0]
        if failures:
            self._refuse(failures[0])
        else:
            self._conclude(crawler)

    def _conclude(self, crawler: "Crawler") -> None:
        from crawler.extensions.health import health_of
        from crawler.extensions.run import RunExtension
        from crawler.options.terminal import console_for
        from crawler.run.summary_table import table, written

        extension = crawler.get_extension(RunExtension)
        if extension is None:  # a spider that is no SiteSpider
            self.exitcode = 1 if self.crawler_process.bootstrap_failed else 0  # type: ignore[union-attr]
            return
        run = extension.run
        if run.summary is None:
            sys.stderr.write("scrapy crawl: The run was cut short; scrapy sync delivers what it has.\n")
            self.exitcode = 1
            return
        health = health_of(crawler)
        problems = extension.problems() + (health.problems() if health is not None else [])
        if crawler.settings.getbool("SUMMARY_TABLE"):
            console = console_for("stderr")
            console.print(table(run.summary, run.options.storage.address))
            for line in written(run.summary):
                console.print(line, soft_wrap=True)
            for problem in problems:
                console.print(f"! {problem}", style="bold red", soft_wrap=True)
        else:
            for problem in problems:
                logger.error("%s", problem)
        self.exitcode = 1 if problems else 0

    def _refuse(self, error: BaseException) -> None:
        sys.stderr.write(f"scrapy crawl: {error}\n")
        self.exitcode = 2 if isinstance(error, UsageError) else 1


def _check(settings: BaseSettings, name: str, arguments: dict[str, str]) -> None:
    """Raise UsageError, or WarraqError, for all that can be wrong before the first connection."""
    from scrapy.spiderloader import get_spider_loader

    from crawler.capture.connect_to import parse_connect_to
    from crawler.options.checks import check_names
    from crawler.options.options import Options
    from crawler.spider.loader import SiteLoader
    from crawler.spider.site_spider import SiteSpider

    check_names(settings)
    loader = get_spider_loader(settings)
    if isinstance(loader, SiteLoader) and name in loader.broken:
        raise WarraqError(f"The site {name} cannot be crawled.")  # the loader has written why
    if name not in loader.list():
        near = difflib.get_close_matches(name, loader.list(), n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "scrapy sites lists the known ones."
        raise UsageError(
            f"There is no site {name!r}. {hint} Any address goes with: scrapy crawl news -a url=…"
        )
    spider = loader.load(name)
    if issubclass(spider, SiteSpider):
        spider.understood(arguments)
        parse_connect_to(settings.getlist("CONNECT_TO"))
        Options.of(settings)


def _check_feeds(settings: BaseSettings) -> None:
    """Open the files of -o and -O once: Scrapy reports one that cannot be written only after the crawl."""
    for feed in settings.getdict("FEEDS"):
        scheme, _, rest = str(feed).rpartition("://")
        if scheme not in {"", "file"} or rest == "-" or "%(" in rest:
            continue
        try:
            Path(rest).parent.mkdir(parents=True, exist_ok=True)
            Path(rest).open("ab").close()
        except OSError as error:
            raise UsageError(f"{rest} cannot be written: {error.strerror}.") from error


def _take_failure(task: "asyncio.Task[None]", failures: list[BaseException]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        failures.append(failure)
