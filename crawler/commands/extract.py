"""scrapy extract SOURCE…: pages in HTML, WARC or WACZ files to articles, one JSON object a line."""

import argparse
import asyncio
import json
import sys
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.archive.page_sources import pages_of
from crawler.errors import ArchiveError, InvalidUrlError, UsageError, WarraqError
from crawler.items import Page, Rejection
from crawler.lanes import LaneDiedError, Lanes, LaneTimeoutError, cores
from crawler.options.command import PlainCommand
from crawler.site import Site, unknown_site
from crawler.spider.described import described_sites
from crawler.urls import ascii_url, host_of
from pipelines.extract import read, warm

AHEAD = 4  # pages in flight for each lane, so that none waits


class Command(PlainCommand):
    def syntax(self) -> str:
        return "SOURCE… [--url URL] [--explain]"

    def short_desc(self) -> str:
        return "Read the articles out of HTML, WARC and WACZ files: one JSON object a line on stdout"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--explain",
            action="store_true",
            help="which layer gave what, and what lost, instead of the article",
        )
        parser.add_argument(
            "--url", help="address that an HTML file was served under (else: what the page says)"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise ScrapyUsageError("Name one or more HTML, WARC or WACZ files.")
        sites = tuple(described_sites(self.settings))
        reader = _Reader(self, url=_checked(opts.url), sites=sites, explain=opts.explain)
        lanes = self.settings.getint("EXTRACTION_LANES") or cores()
        asyncio.run(reader.run(args, lanes, self.settings.getfloat("EXTRACTION_TIMEOUT")))
        if reader.no_article:
            why = ", ".join(f"{reason} {count}" for reason, count in reader.no_article.most_common())
            self.complain(
                f"{reader.articles} articles; no article in {reader.no_article.total()} pages ({why})."
            )
        return 1 if reader.failed else 0


class _Reader:
    """Keeps every lane busy and prints in the order of the pages."""

    def __init__(
        self, command: PlainCommand, *, url: str | None, sites: tuple[Site, ...], explain: bool
    ) -> None:
        self.command = command
        self.url = url
        self.sites = sites
        self.work = explained if explain else read
        self.articles = 0
        self.no_article: Counter[str] = Counter()
        self.failed = False

    async def run(self, sources: list[str], count: int, seconds: float) -> None:
        lanes = Lanes(count, seconds=seconds, prepare=warm)
        waiting: deque[asyncio.Task[dict[str, Any] | Rejection]] = deque()
        try:
            for page in self._pages(sources):
                waiting.append(asyncio.create_task(self._read(lanes, page)))
                if len(waiting) >= AHEAD * count:
                    self._tell(await waiting.popleft())
                else:
                    await asyncio.sleep(0)
            while waiting:
                self._tell(await waiting.popleft())
        finally:
            for task in waiting:
                task.cancel()
            await lanes.close()

    def _pages(self, sources: list[str]) -> Iterator[Page]:
        for source in sources:
            try:
                yield from pages_of(Path(source), self.url)
            except (ArchiveError, InvalidUrlError) as error:  # the other sources can still be read
                self.command.complain(str(error))
                self.failed = True

    async def _read(self, lanes: Lanes, page: Page) -> dict[str, Any] | Rejection:
        try:
            outcome = await lanes.run(self.work, page, self._site(page.url))
        except LaneTimeoutError:
            return Rejection(reason="extraction-timeout", detail=page.url)
        except LaneDiedError:
            return Rejection(reason="extraction-crash", detail=page.url)
        return outcome if isinstance(outcome, Rejection | dict) else outcome.record()

    def _site(self, url: str) -> Site:
        host = host_of(url).removeprefix("www.")
        for site in self.sites:
            if host == site.domain or host.endswith(f".{site.domain}"):
                return site
        return unknown_site(urlsplit(url).netloc)

    def _tell(self, outcome: dict[str, Any] | Rejection) -> None:
        if isinstance(outcome, Rejection):
            self.no_article[outcome.reason] += 1
        else:
            self.articles += 1
            sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")
            sys.stdout.flush()


def explained(page: Page, site: Site) -> dict[str, Any]:
    """What a lane does with a page that is to be explained."""
    from crawler import extraction  # noqa: PLC0415 - only lanes load what reading needs

    return extraction.explain(page, site).record()


def _checked(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return ascii_url(url)
    except WarraqError:
        raise UsageError(f"--url {url!r} is no address: write it as https://any.site/page") from None
