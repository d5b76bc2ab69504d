"""Recorded pages are extracted with the description of their site: every field is right."""

import pytest

from benchmarks.extraction.pages import Known
from benchmarks.extraction.pages import load as load_known
from benchmarks.extraction.scores import token_f1
from crawler.arabic.text import normalise
from crawler.extraction import extract
from crawler.items import Article, Page
from crawler.urls import host_of
from tests import needs
from tests.sites.cases import SITES, case_folders, site_at

FLOOR = 0.97  # token F1 of the text of any page


def recorded() -> list[Known]:
    return load_known([needs.recorded_pages("real")])


@pytest.fixture(scope="module", name="articles")
def read_as_described() -> dict[str, tuple[Known, Article]]:
    found: dict[str, tuple[Known, Article]] = {}
    for known in recorded():
        site = site_at(host_of(known.url))
        assert site is not None, known.url
        page = Page(
            url=known.url,
            body=known.path.read_bytes(),
            http_status=200,
            content_type="text/html",
            fetched_at=known.fetched_at,
        )
        article = extract(page, site)
        assert isinstance(article, Article), (site.name, article)
        found[site.name] = known, article
    return found


def test_every_recorded_site_has_its_page(articles: dict[str, tuple[Known, Article]]) -> None:
    with_cases = {folder.parent.name for folder in case_folders()}
    wanted = {name for name, site in SITES.items() if site.checked == "recorded"}
    assert wanted - with_cases <= set(articles)


def test_recorded_pages_come_out_as_they_are(articles: dict[str, tuple[Known, Article]]) -> None:
    wrong = {}
    for name, (known, article) in articles.items():
        score = token_f1(known.text or "", article.text, known.optional)
        day = article.published.date().isoformat() if article.published else None
        if (
            score < FLOOR
            or normalise(article.title) != normalise(known.title)
            or day != (known.published or "")[:10]
            or list(map(normalise, article.authors)) != list(map(normalise, known.authors or ()))
        ):
            wrong[name] = (round(score, 3), article.title, article.published, article.authors)
    assert wrong == {}


def test_the_pages_of_described_sites_look_like_articles(articles: dict[str, tuple[Known, Article]]) -> None:
    strangers = [
        known.url for name, (known, _) in articles.items() if not SITES[name].scope.is_article(known.url)
    ]
    assert strangers == []


def test_only_what_was_recorded_is_called_so() -> None:
    sites = [site_at(host_of(known.url)) for known in recorded()]
    names = {site.name for site in sites if site} | {folder.parent.name for folder in case_folders()}
    assert {name for name, site in SITES.items() if site.checked == "recorded"} == names
