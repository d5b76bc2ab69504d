"""A real crawl in a process of its own: `python -m tests.capture.crawl CONFIG RESULT`, both JSON files.

CONFIG: spool, settings, and requests, each with url and what else Request takes, plus `stop` where the
download is to be stopped at its first bytes. RESULT: what each request came to, the closed files, the stats.
"""

import json
import resource
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.archive.recorder import Recorder
from crawler.errors import ArchiveError

RUN_ID = "20261121225500-wire-9f3a1c"


class Recording:
    """Stands in for the run's own extension."""

    def __init__(self, crawler: Crawler) -> None:
        self.announced: list[str] = []
        self.recorder = Recorder(
            Path(crawler.settings["SPOOL"]),
            site="wire",
            run_id=RUN_ID,
            info={"software": "Warraq tests", "operator": "الأرشيف"},
            on_closed=lambda closed: self.announced.append(closed.key),
        )
        self.closed: list[dict[str, Any]] = []
        crawler.signals.connect(self.close, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def close(self) -> None:
        try:
            self.closed = [asdict(closed) for closed in await self.recorder.close()]
        except ArchiveError as error:
            self.closed = [{"error": str(error)}]


class Wire(scrapy.Spider):
    name = "wire"

    def __init__(self, requests: list[dict[str, Any]]) -> None:
        super().__init__()
        self.requests = requests
        self.outcomes: list[dict[str, Any]] = []

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for number, wanted in enumerate(self.requests):
            yield scrapy.Request(
                callback=self.answered, errback=self.failed, dont_filter=True, priority=-10 * number, **wanted
            )

    def answered(self, response: Response) -> None:
        self.note(response.request, status=response.status, length=len(response.body), flags=response.flags)

    def failed(self, failure: Failure) -> None:
        self.note(failure.request, error=type(failure.value).__name__)  # type: ignore[attr-defined]

    def note(self, request: scrapy.Request | None, **outcome: Any) -> None:
        assert request is not None
        self.outcomes.append({"url": request.url, "record": request.meta.get("record"), **outcome})


def stop_where_asked(data: bytes, request: scrapy.Request) -> None:
    if request.meta.get("stop"):
        raise StopDownload(fail=request.meta["stop"] == "fail")


def main(config: Path, result: Path) -> None:
    wanted = json.loads(config.read_bytes())
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit := wanted.get("file_size_limit"):  # a disk that is full, as far as this process can tell
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
    handler = "crawler.capture.handler.CaptureHandler"
    process = AsyncCrawlerProcess(
        {
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "EXTENSIONS": {Recording: 0},
            "SPOOL": wanted["spool"],
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "COOKIES_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "HEADERS_MAXSIZE": 262_144,
            "RETRY_TIMES": 1,
            "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, deflate"},
            **wanted["settings"],
        }
    )
    crawler = process.create_crawler(Wire)
    crawler.signals.connect(stop_where_asked, signals.bytes_received)
    process.crawl(crawler, requests=wanted["requests"])
    process.start()
    extension = crawler.get_extension(Recording)
    spider = crawler.spider
    assert isinstance(spider, Wire)
    answer = {
        "outcomes": spider.outcomes,
        "closed": extension.closed if extension else [],
        "stats": crawler.stats.get_stats(),
    }
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    result.write_text(json.dumps(answer, default=str), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
