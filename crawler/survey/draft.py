"""A Site made of what was found on a site: what its author would otherwise look up by hand. Pure."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Answer, Lookup, Source, Window
from crawler.discovery.wordpress import WordPress
from crawler.extraction.zones import country_of, zone_of
from crawler.items import Article, Candidate
from crawler.site import Checked, Site, unknown_site
from crawler.survey.naming import names_of, site_name
from crawler.survey.pattern import article_pattern
from crawler.survey.reading import Reading
from crawler.survey.report import ListReport

MOST_FEEDS = 3
MOST_SITEMAPS = 3


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a site that is to be described."""

    home: str  # address that was given
    readings: tuple[Reading, ...]
    lists: tuple[Source, ...]  # that the site offers
    articles: tuple[str, ...]  # addresses that its lists name
    others: tuple[str, ...] = ()  # addresses of its lists


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The description, and what its author has to look at."""

    site: Site
    platform: str | None  # where one that is known was recognised
    themes: tuple[str, ...]
    doubts: tuple[str, ...]  # a sentence each


def draft(evidence: Evidence, *, name: str | None, checked: Checked) -> Draft:
    """The site as the evidence shows it. Raises ValueError for a name or an address that makes no Site."""
    unknown = unknown_site(urlsplit(evidence.home).netloc)
    articles = [reading.outcome for reading in evidence.readings if isinstance(reading.outcome, Article)]
    names = names_of(reading.names for reading in evidence.readings)
    country, zone = country_of(unknown, evidence.home), zone_of(unknown, evidence.home)
    spoken = Counter(article.language for article in articles if article.language)
    pattern = article_pattern((*evidence.articles, *(article.url for article in articles)), evidence.others)
    doubts = []
    if names.arabic is None:
        doubts.append("No page tells the outlet's name in Arabic: write outlet_ar.")
    if names.english is None:
        doubts.append("No page tells the outlet's name in English: write outlet_en.")
    if country is None:
        doubts.append("The country is not certain: write country and timezone, or bare times stay unread.")
    if pattern is None:
        doubts.append("The articles' addresses show no one pattern: their shape decides what is an article.")
    site = Site(
        name=name or site_name(unknown.domain),
        domain=unknown.domain,
        port=unknown.port,
        outlet_ar=names.arabic or unknown.domain,
        outlet_en=names.english or unknown.domain,
        aliases=names.aliases,
        country=country,
        timezone=zone.key if zone else None,
        languages=("ar", *sorted(set(spoken) - {"ar"})) if spoken else ("ar",),
        sources=evidence.lists or (Detect(evidence.home),),
        article_url=pattern,
        checked=checked,
    )
    themes = Counter(reading.theme for reading in evidence.readings if reading.theme)
    return Draft(site=site, platform=_platform(evidence), themes=tuple(themes), doubts=tuple(doubts))


def _platform(evidence: Evidence) -> str | None:
    """WordPress is told by its API, the paths of its own sitemaps, where its files lie, its themes."""
    kinds = {source.kind for source in evidence.lists}
    own = any("/wp-" in url for url in evidence.others)
    files = any(b"/wp-content/" in reading.page.body for reading in evidence.readings)
    themed = any(reading.theme for reading in evidence.readings)  # all themes that are known are WordPress's
    return "WordPress" if "wordpress" in kinds or own or files or themed else None


def lists_that_answered(reports: tuple[ListReport, ...], home: str) -> tuple[Source, ...]:
    """The sources that a survey saw at work: feeds, the API, sitemaps; else the home."""
    working = [report for report in reports if report.entries]
    feeds: list[Source] = [Feed(one.url) for one in working if one.kind == "feed"]
    sitemaps: list[Source] = [Sitemap(one.url) for one in reports if one.kind == "sitemap" and _leads(one)]
    api: list[Source] = [WordPress(_api_home(one.url)) for one in working if one.kind == "wordpress"]
    found = [*feeds[:MOST_FEEDS], *api[:1], *(sitemaps[:MOST_SITEMAPS] if _yields(working) else [])]
    return tuple(found) or ((Listing(home),) if working else ())


def lists_on_page(page: Answer, site: Site) -> tuple[tuple[Source, ...], tuple[str, ...], tuple[str, ...]]:
    """What one recorded page offers: the lists it declares, the articles and the sections it links to."""
    findings = list(Detect(page.url).read(_first(page.url), page, Window(), site.scope))
    lookups = [finding for finding in findings if isinstance(finding, Lookup)]
    feeds: list[Source] = [one.source for one in lookups if one.source.kind == "feed"]
    api: list[Source] = [one.source for one in lookups if one.source.kind == "wordpress"]
    articles = tuple(finding.url for finding in findings if isinstance(finding, Candidate))
    sections = tuple(one.url for one in lookups if one.source.kind == "listing")
    return (*feeds[:MOST_FEEDS], *api[:1]), articles, sections


def _first(url: str) -> Lookup:
    return Lookup(url=url, source=Detect(url))


def _leads(report: ListReport) -> bool:
    """Whether a sitemap was named by the site and holds something; those that an index lists come with it."""
    return report.depth == 0 and (report.entries > 0 or report.lists > 0)


def _yields(working: list[ListReport]) -> bool:
    return any(report.kind == "sitemap" for report in working)


def _api_home(url: str) -> str:
    """The address that WordPress is given by: its home, or its API's root behind a query."""
    parts = urlsplit(url)
    if "/wp-json" in parts.path:
        return urljoin(url, parts.path.split("wp-json", 1)[0])
    return f"{parts.scheme}://{parts.netloc}{parts.path}?rest_route=/"
