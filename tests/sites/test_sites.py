"""The descriptions of all sites are consistent, and claim no more than was checked."""

import re
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.discovery.detect import Detect
from crawler.extraction import extract
from crawler.extraction.zones import country_of
from crawler.items import Article
from crawler.registry.table import outlets
from crawler.site import Site
from crawler.survey.recorded_case import expected_of
from tests.crawl.running import PROJECT
from tests.sites.cases import SITES, case_folders, load

ZONES = [
    line
    for line in (PROJECT / "tests/sites/zones.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
ABROAD = {"GB"}  # where Arabic papers are made for readers in many countries
ARAB = frozenset(zone.split()[0] for zone in ZONES) - ABROAD
FILES = {path.stem for path in (PROJECT / "spiders").glob("[a-z]*.py")} - {"news", "outlets"}
ARABIC_LETTER = re.compile(r"[\u0621-\u064A]")


def zones_of(country: str) -> set[str]:
    """The zones of a country, as the time zone database has it."""
    pairs = [line.split() for line in ZONES]
    return {zone for code, zone in pairs if code == country}


def test_there_are_sites_of_every_arab_country() -> None:
    countries = Counter(site.country for site in SITES.values())
    assert len(SITES) >= 350
    assert set(countries) >= ARAB


def test_no_two_sites_share_an_address() -> None:
    by_domain: dict[str, list[Site]] = {}
    for site in SITES.values():
        by_domain.setdefault(site.domain, []).append(site)
    shared = []
    for site in SITES.values():
        labels = site.domain.split(".")
        above = [".".join(labels[start:]) for start in range(len(labels))]
        others = [other for domain in above for other in by_domain.get(domain, []) if other is not site]
        shared += [(site.name, other.name) for other in others if other.scope.on_site(site.home)]
    assert shared == []


def test_the_clock_is_one_of_the_country() -> None:
    wrong = [
        site.name
        for site in SITES.values()
        if site.timezone is not None
        and (site.country not in ARAB | ABROAD or site.timezone not in zones_of(site.country))
    ]
    assert wrong == []
    assert all(ZoneInfo(site.timezone) for site in SITES.values() if site.timezone)


def test_the_country_is_the_one_that_extraction_knows_the_host_by() -> None:
    wrong = {}
    for site in SITES.values():
        unnamed = Site(name="x", domain=site.domain, outlet_ar="x", outlet_en="x")
        if (known := country_of(unnamed, site.home)) not in (None, site.country):
            wrong[site.name] = (known, site.country)
    assert wrong == {}


def test_its_lists_lie_on_it() -> None:
    for site in SITES.values():
        assert site.sources, site.name
        for source in site.sources:
            url = str(getattr(source, "url"))  # noqa: B009 - each kind of source has it, the protocol does not
            assert site.scope.on_site(url), url
            if isinstance(source, Detect):
                assert not site.scope.is_article(url), url


def test_its_names_are_names() -> None:
    for site in SITES.values():
        unknown = site.outlet_ar == site.outlet_en
        assert ARABIC_LETTER.search(site.outlet_ar) or unknown, site.name
        assert not ARABIC_LETTER.search(site.outlet_en), site.name
        assert len(set(site.outlet_names)) == len(site.outlet_names) - unknown, site.name
        assert all(name == name.strip() for name in site.outlet_names), site.name


@pytest.mark.parametrize("name", sorted({*SITES} - {*outlets()} | FILES))
def test_a_site_without_a_row_has_a_short_file_named_after_it(name: str) -> None:
    source = (PROJECT / "spiders" / f"{name}.py").read_text("utf-8")
    assert source.startswith('"""')
    assert len(source.splitlines()) <= 40
    if name in outlets():
        assert SITES[name].domain == outlets()[name].domain


@pytest.mark.parametrize("name", sorted({folder.parent.name for folder in case_folders()} | FILES))
def test_its_cases_come_out_as_expected(name: str) -> None:
    """Every recorded page of the site."""
    faults: dict[str, Any] = {}
    for folder in (folder for folder in case_folders() if folder.parent.name == name):
        page, expected = load(folder)
        article = extract(page, SITES[name])
        got = expected_of(page, article) if isinstance(article, Article) else {"rejected": article.reason}
        differing = {key: got.get(key) for key in expected if got.get(key) != expected[key]}
        if differing:
            faults[folder.name] = differing
    assert faults == {}


@pytest.mark.parametrize(
    ("path", "is_article"),
    [
        ("1154/213731-الأسهم-السعودية", True),
        ("1/185/044712-talks.html", True),
        ("321/محمد-علي-يفتتح-المعرض?x=1", True),
        ("amp/321/213731-الأسهم-السعودية", False),
        ("1/v-213731-الأسهم", False),
        ("314-أخبار", False),
        ("1152-عاجل", False),
        ("2013-09-13-14-42-41", False),
    ],
)
def test_articles_and_fronts_of_arabs_today(path: str, is_article: object) -> None:
    assert SITES["arabs_today"].scope.is_article(f"https://www.arabstoday.net/{path}") is is_article
