"""The counters that the checks of a run's health need, kept in Scrapy's statistics."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.errors import Reason
from crawler.health.facts import OPTIONAL_FIELDS
from crawler.health.record import (
    ANCIENT,
    ANSWERS,
    ARTICLE,
    BOUNDED,
    FIELDS,
    FIRST,
    FUTURE,
    QUIET_SECONDS,
    RECENT,
    RHYTHM_ARTICLES,
    RHYTHM_SECONDS,
    YIELD,
)
from crawler.health.rhythm import Rhythm
from crawler.items import Article
from crawler.ledger.entries import Claim
from crawler.options.arguments import RunArguments

AHEAD = timedelta(hours=1)  # by which clocks may differ; an article of a later moment has a wrong date
FIRST_YEAR = 1990  # of news on the web
YOUNG = timedelta(days=3)  # an older article is backlog, and says nothing of the days of the run
ANSWER_TIMES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)  # upper bounds in milliseconds
LONGER = 60_000  # stands for every time above the last bound


class HealthCounts:
    """Counts fields, dates, response times, and what the pages gave that the run asked for the first time."""

    def __init__(self, crawler: Crawler, arguments: RunArguments, *, expected_yield: int) -> None:
        self._stats = crawler.stats
        self._limit = arguments.limit
        self._began = datetime.now(UTC)
        self._has_rhythm = False
        self._stats.set_value(YIELD, expected_yield)
        self._stats.set_value(RECENT, 0)
        if arguments.window.goes_back(self._began):
            self._stats.set_value(BOUNDED, 1)
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)

    def go_on_with(self, rhythm: Rhythm) -> None:
        """Add the new articles of this run to the rhythm. Without it, as in a first run, there is none."""
        self._has_rhythm = True
        self._stats.set_value(RHYTHM_ARTICLES, rhythm.articles)
        self._stats.set_value(RHYTHM_SECONDS, rhythm.seconds)
        self._stats.set_value(QUIET_SECONDS, rhythm.quiet)

    def item_scraped(self, item: Any, response: Response | None) -> None:
        """Count the fields and the dates of a stored article."""
        if not isinstance(item, Article):
            return
        if self._limit is not None and self._stats.get_value("articles/stored", 0) >= self._limit:
            self._stats.set_value(BOUNDED, 1)
        claim = _claim_of(response)
        if claim is not None and not claim.again:
            self._stats.inc_value(FIRST + ARTICLE)
        if item.previous_id is None:
            self._count_new(item)
        for name in OPTIONAL_FIELDS:
            if getattr(item, name):
                self._stats.inc_value(FIELDS + name)
        if item.published and item.published > item.fetched_at + AHEAD:
            self._stats.inc_value(FUTURE)
        if item.published and item.published.year < FIRST_YEAR:
            self._stats.inc_value(ANCIENT)

    def item_dropped(self, response: Response | None, exception: BaseException) -> None:
        """Count why a page gave no article. One that earlier runs asked for in vain says nothing new."""
        claim = _claim_of(response)
        if claim is not None and not claim.again and not claim.asked_before:
            self._stats.inc_value(FIRST + getattr(exception, "reason", Reason.DROPPED))

    def response_downloaded(self, response: Response, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        """Count the response by the time until it began."""
        seconds = request.meta.get("download_latency")
        if seconds is not None:
            most = next((limit for limit in ANSWER_TIMES if seconds * 1_000 <= limit), LONGER)
            self._stats.inc_value(f"{ANSWERS}{most}")

    def _count_new(self, item: Article) -> None:
        if item.published is None or self._began - item.published <= YOUNG:
            self._stats.inc_value(RECENT)
        if self._has_rhythm:
            self._stats.inc_value(RHYTHM_ARTICLES)
            self._stats.set_value(QUIET_SECONDS, 0.0)


def _claim_of(response: Response | None) -> Claim | None:
    request = getattr(response, "request", None)
    return request.meta.get("claim") if request is not None else None
