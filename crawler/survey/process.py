"""Runs one survey to its end in this process."""

import asyncio
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
from crawler.urls import is_private_host

_SETTINGS = {
    "SCHEDULER": "scrapy.core.scheduler.Scheduler",  # the frontier is a crawl's
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {  # manners only: no run, no archive, no progress line
        "crawler.politeness.pace.CrawlDelay": 0,
        "crawler.politeness.pace.Pace": 0,
        "scrapy.extensions.throttle.AutoThrottle": None,
        "scrapy.extensions.logstats.LogStats": None,
    },
    "DOWNLOAD_TIMEOUT": ANSWER_SECONDS,  # robots.txt is asked for by its middleware, at the settings' pace
    "DNS_TIMEOUT": ANSWER_SECONDS,
    "RETRY_ENABLED": False,  # that an answer failed is what a look is to tell
    "REDIRECT_MAX_TIMES": 5,
}


@dataclass(frozen=True)
class Surveyed:
    """What a survey brought home."""

    report: SurveyReport
    answers: tuple[Answer, ...]  # of the lists
    readings: tuple[Reading, ...]
    urls: tuple[str, ...]  # of all articles that were named


class CutShortError(Exception):
    """Somebody ended the survey."""


def survey(site: Site, settings: Settings) -> Surveyed:
    """Ask the site. Raises UsageError for settings without a meaning, CutShortError after Ctrl-C."""
    check_numbers(settings)
    parse_connect_to(settings.getlist("CONNECT_TO"))
    for name, value in _SETTINGS.items():
        settings.set(name, value, priority="cmdline")
    if is_private_host(site.domain):  # a site on our own network is no trap that a redirect lays
        allowed = [*settings.getlist("PRIVATE_HOSTS"), site.domain]
        settings.set("PRIVATE_HOSTS", allowed, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Surveyor)
    crawling = asyncio.ensure_future(process.crawl(crawler, site=site))
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
