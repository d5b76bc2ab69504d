"""Collect the evidence for the description of a new site, from the live site or from recorded pages."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.settings import Settings

from crawler.archive.page_sources import pages_of
from crawler.discovery.detect import Detect
from crawler.discovery.source import Answer, Source
from crawler.errors import ArchiveError
from crawler.items import Article, Page, Rejection
from crawler.site import Site, unknown_site
from crawler.survey.draft import Evidence, lists_on_page, lists_that_answered
from crawler.survey.process import survey
from crawler.survey.reading import Reading, read_pages
from crawler.urls import host_of

MAX_PAGES = 20  # of a file that are read
MAX_SCANNED = 2_000  # pages of a file that are searched for pages of one host


def evidence_of_site(url: str, settings: Settings, on_progress: Callable[[str], object]) -> Evidence:
    """Survey the live site. Raises what `survey` raises, and ValueError for an address without a host."""
    site = unknown_site(urlsplit(url).netloc, sources=(Detect(url),))
    seen = survey(site, settings, on_progress)
    return Evidence(
        home=url,
        readings=seen.readings,
        lists=lists_that_answered(seen.report.lists, url),
        articles=seen.urls,
        others=tuple(report.url for report in seen.report.lists if report.failure is None),
    )


def evidence_of_file(path: Path, url: str | None) -> Evidence:
    """Read the pages of one host in an HTML, WARC or WACZ file; `url` is the address of an HTML file.

    Raises ArchiveError where the file cannot be read, holds no page, or holds a page of no possible host.
    """
    pages = _of_one_host(islice(pages_of(path, url), MAX_SCANNED), host_of(url) if url else None)
    if not pages:
        raise ArchiveError(f"{path} holds no page{f' of {host_of(url)}' if url else ''}.")
    first = urlsplit(pages[0].url)
    home = f"{first.scheme}://{first.netloc}/"
    try:
        site = unknown_site(first.netloc)
    except ValueError as error:
        raise ArchiveError(
            f"{path} gives its host as {first.netloc!r}, which is not the host of a site."
        ) from error
    lists: dict[Source, None] = {}
    articles: dict[str, None] = {}
    sections: dict[str, None] = {}
    for page in pages:
        answer = Answer(url=page.url, status=200, body=page.body)
        declared, linked, others = lists_on_page(answer, site)
        lists |= dict.fromkeys(declared)
        articles |= dict.fromkeys(linked)
        sections |= dict.fromkeys(others)
    return Evidence(
        home=home,
        readings=tuple(read_pages(pages, site)),
        lists=(*lists, Detect(home)),  # none of them was asked, so the crawl looks for others as well
        articles=tuple(articles),
        others=tuple(url for url in sections if url not in articles),
    )


def best_case(readings: Iterable[Reading], site: Site) -> tuple[Page, Article] | str:
    """Return the page that gives the most fields, with its article; or the reasons why no page gives one.

    The pages are read as pages of the described site, and without the fields of a list: a test has the page
    alone.
    """
    alone = [replace(reading.page, candidate=None, record=None) for reading in readings]
    read = [(reading.page, reading.outcome) for reading in read_pages(alone, site)]
    found = [(page, outcome) for page, outcome in read if isinstance(outcome, Article)]
    if not found:
        reasons = {outcome.reason for _, outcome in read if isinstance(outcome, Rejection)}
        return ", ".join(sorted(reasons)) or "no page could be fetched"
    return max(found, key=lambda one: (one[1].published is not None, len(one[1].layers), one[1].word_count))


def _of_one_host(pages: Iterable[Page], host: str | None) -> list[Page]:
    kept: list[Page] = []
    for page in pages:
        host = host or host_of(page.url)
        if host_of(page.url).removeprefix("www.") == host.removeprefix("www."):
            kept.append(page)
        if len(kept) == MAX_PAGES:
            break
    return kept
