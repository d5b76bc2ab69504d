"""Run a survey to its end in this process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.capture.connect_to import parse_connect_to
from crawler.discovery.source import Answer
from crawler.options.checks import check_numbers
from crawler.site import Site
from crawler.survey.reading import Reading
from crawler.survey.report import SurveyReport
from crawler.survey.surveyor import ANSWER_SECONDS, Surveyor

_SETTINGS = {
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {  # politeness only: no run, no archive, no progress line
        "crawler.politeness.pace.CrawlDelay": 0,
        "crawler.politeness.pace.Pace": 0,
        "scrapy.extensions.throttle.AutoThrottle": None,
        "scrapy.extensions.logstats.LogStats": None,
    },
    "DOWNLOAD_TIMEOUT": ANSWER_SECONDS,  # for robots.txt, which its middleware requests
    "DNS_TIMEOUT": ANSWER_SECONDS,
    "RETRY_ENABLED": False,  # the report shows each failed response
    "REDIRECT_MAX_TIMES": 5,
}


@dataclass(frozen=True)
class Surveyed:
    """The result of a survey."""

    report: SurveyReport
    answers: tuple[Answer, ...]  # responses of the lists
    readings: tuple[Reading, ...]
    urls: tuple[str, ...]  # addresses of all articles that the lists name


class CutShortError(Exception):
    """The survey was interrupted."""


def survey(site: Site, settings: Settings, on_progress: Callable[[str], object] = str) -> Surveyed:
    """Survey a site; `on_progress` gets a line for each request.

    Raises UsageError for wrong settings, CutShortError after Ctrl-C.
    """
    check_numbers(settings)
    parse_connect_to(settings.getlist("CONNECT_TO"))
    for name, value in _SETTINGS.items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Surveyor)
    crawling = asyncio.ensure_future(process.crawl(crawler, site=site, on_progress=on_progress))
    process.start()
    surveyor = crawler.spider
    if crawling.done() and not crawling.cancelled() and (error := crawling.exception()) is not None:
        raise error
    if not isinstance(surveyor, Surveyor) or not crawling.done():
        raise CutShortError
    if surveyor.fault is not None:
        raise surveyor.fault
    if not surveyor.finished:
        raise CutShortError
    return Surveyed(
        surveyor.report, tuple(surveyor.answers), tuple(surveyor.readings), tuple(surveyor.plan.urls)
    )
