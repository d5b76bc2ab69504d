"""One timed crawl in a process of its own: python -m benchmarks.crawl.child warraq|bare PORT PAGES FOLDER."""

import asyncio
import json
import multiprocessing
import re
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from benchmarks.crawl.pages import path_of

TICK = 0.005  # seconds between two looks at the event loop
LOOKS_AT_LANES = 40  # ticks between two looks at the memory of the lanes
UNHURRIED = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}


class Probe:
    """How long the event loop kept a timer waiting, from the first page on."""

    stalls: list[float]

    def __init__(self, crawler: Crawler) -> None:
        self.stalls = []
        self.crawler = crawler
        self.first = self.last = 0.0
        self.pages = 0
        self.lane_peak_kb = 0
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def opened(self) -> None:
        self._task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while True:
            if len(self.stalls) % LOOKS_AT_LANES == 0:
                self.lane_peak_kb = max(
                    [self.lane_peak_kb, *map(_peak_kb, multiprocessing.active_children())]
                )
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.stalls.append(time.perf_counter() - due)

    def scraped(self) -> None:
        self.pages += 1
        self.last = time.perf_counter()
        self.first = self.first or self.last

    def closed(self) -> None:
        if self._task is not None:
            self._task.cancel()


def _peak_kb(process: BaseProcess) -> int:
    """The largest a process has been, of its own: what the kernel adds up for children counts the fork."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0  # gone meanwhile
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(peak[1]) if peak else 0


class Bare(Spider):
    """Scrapy alone: fetch, count, forget."""

    name = "bare"

    def __init__(self, port: int, pages: int) -> None:
        super().__init__()
        self.urls = [f"http://127.0.0.1:{port}{path_of(number)}" for number in range(pages)]

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url, "bytes": len(response.body)}


def main(kind: str, port: int, pages: int, folder: Path) -> None:
    project = get_project_settings()
    settings = project if kind == "warraq" else Settings()
    for name, value in UNHURRIED.items():
        settings.set(name, value, priority="cmdline")
    extensions = dict(settings.getdict("EXTENSIONS")) | {Probe: 0}
    extensions.pop("crawler.extensions.progress.Progress", None)
    settings.set("EXTENSIONS", extensions, priority="cmdline")
    settings.set("ARCHIVE", str(folder / "archive"), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    began = time.perf_counter()
    if kind == "warraq":
        crawler = process.create_crawler("news")
        process.crawl(crawler, url=f"http://127.0.0.1:{port}/")
    else:
        crawler = process.create_crawler(Bare)
        process.crawl(crawler, port=port, pages=pages)
    process.start()
    _report(crawler, folder / f"{kind}.json", time.perf_counter() - began)


def _report(crawler: Crawler, path: Path, seconds: float) -> None:
    probe = crawler.get_extension(Probe)
    assert probe is not None  # noqa: S101 - put there above
    own, lanes = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    stalls = sorted(probe.stalls) or [0.0]
    figures = {
        "pages": probe.pages,
        "seconds": seconds,
        "steady_seconds": probe.last - probe.first,
        "main_cpu": own.ru_utime + own.ru_stime,
        "lane_cpu": lanes.ru_utime + lanes.ru_stime,
        "main_peak_kb": own.ru_maxrss,
        "lane_peak_kb": probe.lane_peak_kb,
        "stall_max": stalls[-1],
        "stall_p99": stalls[int(len(stalls) * 0.99)],
    }
    path.write_text(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
