"""Make a Site from the evidence of a survey or of recorded pages. Pure."""

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

MAX_FEEDS = 3
MAX_SITEMAPS = 3


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a site without a description."""

    home: str  # the address that the user gave
    readings: tuple[Reading, ...]
    lists: tuple[Source, ...]  # the site's lists
    articles: tuple[str, ...]  # addresses in its lists
    others: tuple[str, ...] = ()  # addresses of its lists


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A description of a site, and what its author has to check."""

    site: Site
    platform: str | None  # None: not recognised
    themes: tuple[str, ...]
    doubts: tuple[str, ...]  # sentences


def draft(evidence: Evidence, *, name: str | None, checked: Checked) -> Draft:
    """Return the site that the evidence shows. Raises ValueError for an impossible name or address."""
    unknown = unknown_site(urlsplit(evidence.home).netloc)
    articles = [reading.outcome for reading in evidence.readings if isinstance(reading.outcome, Article)]
    names = names_of(reading.names for reading in evidence.readings)
    country, zone = country_of(unknown, evidence.home), zone_of(unknown, evidence.home)
    languages = Counter(article.language for article in articles if article.language)
    pattern = article_pattern((*evidence.articles, *(article.url for article in articles)), evidence.others)
    doubts = []
    if names.arabic is None:
        doubts.append("No page has the outlet's name in Arabic: write outlet_ar.")
    if names.english is None:
        doubts.append("No page has the outlet's name in English: write outlet_en.")
    if country is None:
        doubts.append(
            "The country is not certain: write country and timezone, or times without a zone stay unread."
        )
    if pattern is None:
        doubts.append("The addresses of articles have no common pattern: the shape of an address decides.")
    site = Site(
        name=name or site_name(unknown.domain),
        domain=unknown.domain,
        port=unknown.port,
        outlet_ar=names.arabic or unknown.domain,
        outlet_en=names.english or unknown.domain,
        aliases=names.aliases,
        country=country,
        timezone=zone.key if zone else None,
        languages=("ar", *sorted(set(languages) - {"ar"})) if languages else ("ar",),
        sources=evidence.lists or (Detect(evidence.home),),
        article_url=pattern,
        checked=checked,
    )
    themes = Counter(reading.theme for reading in evidence.readings if reading.theme)
    return Draft(site=site, platform=_platform(evidence), themes=tuple(themes), doubts=tuple(doubts))


def _platform(evidence: Evidence) -> str | None:
    """Recognise WordPress by its API, the paths of its sitemaps and files, or its themes."""
    kinds = {source.kind for source in evidence.lists}
    has_own_paths = any("/wp-" in url for url in evidence.others)
    has_files = any(b"/wp-content/" in reading.page.body for reading in evidence.readings)
    has_theme = any(reading.theme for reading in evidence.readings)  # all known themes are of WordPress
    return "WordPress" if "wordpress" in kinds or has_own_paths or has_files or has_theme else None


def lists_that_answered(reports: tuple[ListReport, ...], home: str) -> tuple[Source, ...]:
    """Return the sources that gave entries in a survey (feeds, API, sitemaps), or else the home page."""
    working = [report for report in reports if report.entries]
    feeds: list[Source] = [Feed(one.url) for one in working if one.kind == "feed"]
    sitemaps: list[Source] = [Sitemap(one.url) for one in reports if one.kind == "sitemap" and _is_root(one)]
    api: list[Source] = [WordPress(_api_home(one.url)) for one in working if one.kind == "wordpress"]
    found = [*feeds[:MAX_FEEDS], *api[:1], *(sitemaps[:MAX_SITEMAPS] if _has_sitemap(working) else [])]
    return tuple(found) or ((Listing(home),) if working else ())


def lists_on_page(page: Answer, site: Site) -> tuple[tuple[Source, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the lists that a recorded page declares, and the articles and sections that it links to."""
    findings = list(Detect(page.url).read(_first(page.url), page, Window(), site.scope))
    lookups = [finding for finding in findings if isinstance(finding, Lookup)]
    feeds: list[Source] = [one.source for one in lookups if one.source.kind == "feed"]
    api: list[Source] = [one.source for one in lookups if one.source.kind == "wordpress"]
    articles = tuple(finding.url for finding in findings if isinstance(finding, Candidate))
    sections = tuple(one.url for one in lookups if one.source.kind == "listing")
    return (*feeds[:MAX_FEEDS], *api[:1]), articles, sections


def _first(url: str) -> Lookup:
    return Lookup(url=url, source=Detect(url))


def _is_root(report: ListReport) -> bool:
    """Return whether a sitemap is not empty and no index led to it: an index brings its sitemaps along."""
    return report.depth == 0 and (report.entries > 0 or report.lists > 0)


def _has_sitemap(working: list[ListReport]) -> bool:
    return any(report.kind == "sitemap" for report in working)


def _api_home(url: str) -> str:
    """Return the address of a WordPress source: the home page, or the root of the API in a query."""
    parts = urlsplit(url)
    if "/wp-json" in parts.path:
        return urljoin(url, parts.path.split("wp-json", 1)[0])
    return f"{parts.scheme}://{parts.netloc}{parts.path}?rest_route=/"
