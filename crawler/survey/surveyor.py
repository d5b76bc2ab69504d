"""The spider of a survey: it requests a site's lists, then some of the articles that they name.

Robots.txt, crawl delays, pauses and the handler's bounds hold as in a crawl. Nothing is archived.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window
from crawler.extract.lane import warm
from crawler.items import Candidate, Page, Rejection
from crawler.lanes import Lanes
from crawler.politeness.retry_after import PAUSING
from crawler.site import Site
from crawler.spider.failures import failure_reason
from crawler.spider.site_spider import SiteSpider
from crawler.survey.plan import Plan
from crawler.survey.reading import READING_SECONDS, Reading, read_in
from crawler.survey.report import ArticleReport, ListReport, RobotsReport, SurveyReport

MAX_REQUESTS = 20  # robots.txt and redirects included
MAX_PAGES = 5
MAX_SECONDS = 20.0  # no request is sent after them
ANSWER_SECONDS = 8.0  # for one response, and for the look-up of a host name
MAX_FINDINGS = 20_000  # in one list


class Surveyor(Spider):
    """One survey of one site. `report` is complete once the spider has closed."""

    name = "surveyor"

    def __init__(self, site: Site, on_progress: Callable[[str], object]) -> None:
        """Prepare the survey; `on_progress` gets a line for each request."""
        super().__init__()
        self.site = site
        self._on_progress = on_progress
        self.plan = Plan(site.sources, Window())
        self.robots: dict[str, RobotsReport] = {}
        self.lists: list[ListReport] = []
        self.articles: list[ArticleReport] = []
        self.readings: list[Reading] = []
        self.answers: list[Answer] = []
        self.requests = 0
        self.ended: str | None = None
        self.fault: Exception | None = None
        self.finished = False
        self._began = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "Surveyor":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_request, signal=signals.request_reached_downloader)
        crawler.signals.connect(spider.on_response, signal=signals.response_received)
        crawler.signals.connect(spider.on_robots, signal=signals.robots_parsed)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        SiteSpider.update_settings(settings)  # the user agent; it also hides secrets from the log

    async def start(self) -> AsyncIterator[Any]:
        lanes = Lanes(1, seconds=READING_SECONDS, prepare=warm)
        warming = asyncio.ensure_future(lanes.start())  # while the lists are asked for
        try:
            await self._ask_lists()
            await asyncio.wait({warming})
            await self._ask_pages(lanes)
            self.finished = True
        except Exception as error:  # noqa: BLE001 - `survey` raises it
            self.fault = error
        finally:
            await asyncio.wait({warming})
            await lanes.close()
        nothing: tuple[Request, ...] = ()  # the methods above have sent all requests
        for request in nothing:
            yield request

    @property
    def report(self) -> SurveyReport:
        return SurveyReport(
            site=self.site.name,
            address=self.site.home,
            sources=tuple(f"{source.kind} {getattr(source, 'url', '')}" for source in self.site.sources),
            robots=tuple(self.robots.values()),
            lists=tuple(self.lists),
            articles=tuple(self.articles),
            requests=self.requests,
            seconds=round(time.monotonic() - self._began, 1),
            ended=self.ended,
            asked_at=datetime.now(UTC),
        )

    def on_request(self) -> None:
        self.requests += 1

    def on_response(self, response: Response, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == "/robots.txt" and parts.netloc not in self.robots:
            self.robots[parts.netloc] = RobotsReport(host=parts.netloc, status=response.status)
        if response.status in PAUSING:
            self.ended = f"the site asks for a pause ({response.status})"

    def on_robots(self, robotparser: Any, request: Request) -> None:
        host = urlsplit(request.url).netloc
        delay = robotparser.crawl_delay(self.settings["ROBOTSTXT_USER_AGENT"])
        self.robots[host] = RobotsReport(
            host=host,
            status=200,
            crawl_delay=float(delay) if delay else None,
            sitemaps=len(list(robotparser.rp.sitemaps)),
        )

    async def _ask_lists(self) -> None:
        while (planned := self.plan.next_lookup()) is not None and self._has_room(planned[1].url):
            number, lookup = planned
            self._on_progress(f"Asking for a list ({lookup.source.kind}): {lookup.url}")
            answer, failure = await self._ask(lookup.url)
            if answer is None:
                self.lists.append(
                    ListReport(source=number, kind=lookup.source.kind, url=lookup.url, failure=failure)
                )
                continue
            self.answers.append(answer)
            findings = await asyncio.to_thread(self._findings, lookup, answer)
            self.plan.take(number, findings)
            self.lists.append(_list_report(number, lookup, answer, findings))

    async def _ask_pages(self, lanes: Lanes) -> None:
        for candidate in self.plan.candidates(MAX_PAGES):
            if not self._has_room(candidate.url):
                return
            self._on_progress(f"Asking for a page: {candidate.url}")
            answer, failure = await self._ask(candidate.url)
            if answer is None or answer.status != 200:  # noqa: PLR2004
                failure = failure or f"http-{answer.status if answer else 0}"
                self.articles.append(ArticleReport(url=candidate.url, failure=failure))
                continue
            self.articles.append(await self._read(_page(answer, candidate), lanes))

    async def _read(self, page: Page, lanes: Lanes) -> ArticleReport:
        reading = await read_in(lanes, page, self.site)
        self.readings.append(reading)
        return article_report(reading)

    async def _ask(self, url: str) -> tuple[Answer | None, str | None]:
        try:
            response = await self.crawler.engine.download_async(Request(url))
        except Exception as error:  # noqa: BLE001 - any failure becomes a reason in the report
            return None, failure_reason(Failure(error))  # type: ignore[no-untyped-call]
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        answer = Answer(url=response.url, status=response.status, body=response.body, headers=headers)
        return answer, None

    def _findings(self, lookup: Lookup, answer: Answer) -> list[Finding]:
        return list(islice(lookup.source.read(lookup, answer, Window(), self.site.scope), MAX_FINDINGS))

    def _has_room(self, url: str) -> bool:
        """Return whether one more request fits into the bounds, with the delay that its host asks for."""
        slot = self.crawler.engine.downloader.slots.get(urlsplit(url).hostname or "")
        wait = slot.delay if slot is not None else 0.0
        if self.ended is None and self.requests >= MAX_REQUESTS:
            self.ended = f"{MAX_REQUESTS} requests are enough"
        if self.ended is None and time.monotonic() - self._began + wait > MAX_SECONDS:
            self.ended = f"{MAX_SECONDS:g} seconds are over"
        return self.ended is None


def article_report(reading: Reading) -> ArticleReport:
    """Return the part of the report about a page."""
    page, outcome = reading.page, reading.outcome
    if isinstance(outcome, Rejection):
        return ArticleReport(url=page.url, status=page.http_status, reason=outcome.reason)
    return ArticleReport(
        url=page.url,
        status=page.http_status,
        title=outcome.title,
        published=outcome.published,
        language=outcome.language,
        words=outcome.word_count,
        theme=reading.theme,
        layers=outcome.layers,
    )


def _list_report(number: int, lookup: Lookup, answer: Answer, findings: list[Finding]) -> ListReport:
    candidates = [finding for finding in findings if isinstance(finding, Candidate)]
    dates = [date for one in candidates if (date := one.dated) is not None]
    return ListReport(
        source=number,
        kind=lookup.source.kind,
        url=lookup.url,
        depth=lookup.depth,
        status=answer.status,
        failure=None if answer.status == 200 else f"http-{answer.status}",  # noqa: PLR2004
        entries=len(candidates),
        lists=sum(isinstance(finding, Lookup) for finding in findings),
        newest=max(dates, default=None),
        refused=_refused(findings),
    )


def _refused(findings: list[Finding]) -> dict[str, int]:
    """Count the refused entries by reason, but not the list itself, whose status the report has."""
    reasons = (one.reason for one in findings if isinstance(one, Refusal) and one.reason != "status")
    return dict(Counter(reasons).most_common())


def _page(answer: Answer, candidate: Candidate) -> Page:
    return Page(
        url=answer.url,
        body=answer.body,
        http_status=answer.status,
        content_type=answer.headers.get("content-type"),
        fetched_at=datetime.now(UTC),
        candidate=candidate,
    )
