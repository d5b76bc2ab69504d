"""What is said of every site must hold together, and claim no more than was seen."""

import re
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.discovery.detect import Detect
from crawler.extraction import extract
from crawler.extraction.zones import country_of
from crawler.items import Article
from crawler.site import Site
from crawler.survey.recorded_case import expected_of
from tests.crawl.running import PROJECT
from tests.sites.cases import SITES, case_folders, load

ZONES = [
    line
    for line in (PROJECT / "tests/sites/zones.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
ARAB = frozenset(zone.split()[0] for zone in ZONES)
EVERY = pytest.mark.parametrize("site", SITES.values(), ids=SITES)


def zones_of(country: str) -> set[str]:
    """The zones of a country, as the time zone database has it."""
    pairs = [line.split() for line in ZONES]
    return {zone for code, zone in pairs if code == country}


def test_there_are_sites_of_every_arab_country() -> None:
    countries = Counter(site.country for site in SITES.values())
    assert len(SITES) >= 50
    assert set(countries) >= ARAB


def test_no_two_sites_share_an_address() -> None:
    shared = [
        (one.name, other.name)
        for one in SITES.values()
        for other in SITES.values()
        if one is not other and one.scope.on_site(f"https://{other.domain}/")
    ]
    assert shared == []


@EVERY
def test_the_clock_is_one_of_the_country(site: Site) -> None:
    if site.country is None or site.timezone is None:
        assert site.timezone is None, "a clock of no country"
        return
    assert site.country in ARAB
    assert site.timezone in zones_of(site.country)
    assert ZoneInfo(site.timezone)


@EVERY
def test_the_country_is_the_one_that_extraction_knows_the_host_by(site: Site) -> None:
    unnamed = Site(name="x", domain=site.domain, outlet_ar="x", outlet_en="x")
    known = country_of(unnamed, site.home)
    assert known in (None, site.country)


@EVERY
def test_its_lists_lie_on_it(site: Site) -> None:
    assert site.sources
    for source in site.sources:
        url = str(getattr(source, "url"))  # noqa: B009 - each kind of source has it, the protocol does not
        assert site.scope.on_site(url), url
        if isinstance(source, Detect):
            assert not site.scope.is_article(url)


@EVERY
def test_its_names_are_names(site: Site) -> None:
    names = site.outlet_names
    assert re.search(r"[\u0621-\u064A]", site.outlet_ar)
    assert not re.search(r"[\u0621-\u064A]", site.outlet_en)
    assert len(set(names)) == len(names)
    assert all(name == name.strip() for name in names)


@EVERY
def test_its_file_is_named_after_it_and_is_short(site: Site) -> None:
    source = (PROJECT / "spiders" / f"{site.name}.py").read_text("utf-8")
    assert source.startswith('"""')
    assert len(source.splitlines()) <= 40
    if site.checked == "declared" and site.expected_yield == 0:
        assert "# " in source, "says nowhere how its lists are known"


@EVERY
def test_its_cases_come_out_as_expected(site: Site) -> None:
    """Every case that the site has."""
    faults: dict[str, Any] = {}
    for folder in (folder for folder in case_folders() if folder.parent.name == site.name):
        page, expected = load(folder)
        article = extract(page, site)
        got = expected_of(page, article) if isinstance(article, Article) else {"rejected": article.reason}
        differing = {name: got.get(name) for name in expected if got.get(name) != expected[name]}
        if differing:
            faults[folder.name] = differing
    assert faults == {}
