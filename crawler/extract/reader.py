"""Read every page of some files in extraction lanes, and print the articles in the order of the pages."""

import asyncio
import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.archive.page_sources import pages_of
from crawler.errors import ArchiveError, InvalidUrlError, UsageError
from crawler.extract.lane import explain_page, read_page, warm
from crawler.items import Page, Rejection
from crawler.lanes import Lanes
from crawler.site import Site, unknown_site
from crawler.urls import host_of

PAGES_AHEAD = 4  # pages in flight for each lane, so that no lane waits
_INDENT = 1  # spaces of JSON on a terminal


class PageReader:
    """Read pages into articles, one JSON object each on stdout."""

    def __init__(
        self,
        *,
        url: str | None,
        sites: Sequence[Site],
        explain: bool,
        on_problem: Callable[[str], object],
    ) -> None:
        """Prepare the reading.

        `url` is the address of HTML files; None: what each page says of itself. With `explain` the layers are
        printed in place of the article. `on_problem` gets a sentence for each file that cannot be read.
        """
        self._url = url
        self._sites = sites
        self._work = explain_page if explain else read_page
        self._indent = _INDENT if explain and sys.stdout.isatty() else None
        self._on_problem = on_problem
        self.articles = 0
        self.no_article: Counter[str] = Counter()  # pages without an article, by reason
        self.status = (
            0  # the exit code: 1 where a file could not be read, 2 where it is not what it is called
        )

    async def run(self, files: Sequence[str], lane_count: int, seconds: float) -> None:
        """Read the files; `seconds` is the time that one page may take."""
        lanes = Lanes(lane_count, seconds=seconds, prepare=warm)
        waiting: deque[asyncio.Task[dict[str, Any] | Rejection]] = deque()
        try:
            for page in self._pages(files):
                waiting.append(asyncio.create_task(self._read(lanes, page)))
                if len(waiting) >= PAGES_AHEAD * lane_count:
                    self._print(await waiting.popleft())
                else:
                    await asyncio.sleep(0)
            while waiting:
                self._print(await waiting.popleft())
        finally:
            for task in waiting:
                task.cancel()
            await lanes.close()

    def _pages(self, files: Sequence[str]) -> Iterator[Page]:
        for file in files:
            try:
                yield from pages_of(Path(file), self._url)
            except (ArchiveError, InvalidUrlError, UsageError) as error:  # the other files can still be read
                self._on_problem(str(error))
                self.status = max(self.status, 2 if isinstance(error, UsageError) else 1)

    async def _read(self, lanes: Lanes, page: Page) -> dict[str, Any] | Rejection:
        outcome = await lanes.read(self._work, page, self._site(page.url))
        return outcome if isinstance(outcome, Rejection | dict) else outcome.record()

    def _site(self, url: str) -> Site:
        host = host_of(url).removeprefix("www.")
        for site in self._sites:
            if host == site.domain or host.endswith(f".{site.domain}"):
                return site
        return unknown_site(urlsplit(url).netloc)

    def _print(self, outcome: dict[str, Any] | Rejection) -> None:
        if isinstance(outcome, Rejection):
            self.no_article[outcome.reason] += 1
        else:
            self.articles += 1
            sys.stdout.write(json.dumps(outcome, ensure_ascii=False, indent=self._indent) + "\n")
            sys.stdout.flush()
