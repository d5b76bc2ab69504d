"""Real pages with answers checked by hand: what was reached is kept."""

import pytest

from benchmarks.extraction.pages import Known, load
from benchmarks.extraction.scores import token_f1
from crawler.arabic.text import normalise
from crawler.extraction import explain, extract
from crawler.items import Article, Rejection
from tests import needs

from .cases import page_of, site_of


def _known(folder: str) -> list[Known]:
    return load([needs.recorded_pages(folder)])


def _article(known: Known) -> Article:
    result = extract(page_of(known.body, known.url, fetched_at=known.fetched_at), site_of(known.url))
    assert isinstance(result, Article), (known.name, result)
    return result


@pytest.mark.parametrize(
    ("folder", "floor"),
    [("real", 0.999), ("seeds", 0.999), ("real2", 0.98), ("real3", 0.999), ("arabised", 0.972)],
)
def test_bodies_stay_as_right_as_they_were(folder: str, floor: float) -> None:
    pages = _known(folder)
    marks = {known.name: token_f1(known.text or "", _article(known).text, known.optional) for known in pages}
    assert sum(marks.values()) / len(marks) >= floor, marks


@pytest.mark.parametrize("folder", ["real", "seeds", "real3"])
def test_every_date_title_and_author_is_right_and_nothing_leaks(folder: str) -> None:
    faults = {}
    for known in _known(folder):
        article = _article(known)
        site = site_of(known.url)
        wrong = []
        if not article.published or not known.published:
            wrong.append("no date")
        elif article.published.date().isoformat() != known.published[:10]:
            wrong.append(str(explain(page_of(known.body, known.url), site).fields["published"]))
        if normalise(article.title) != normalise(known.title):
            wrong.append(article.title)
        if set(map(normalise, article.authors)) != set(map(normalise, known.authors or ())):
            wrong.append(f"authors {article.authors}")
        if known.section and normalise(known.section[0]) not in map(normalise, article.section):
            wrong.append(f"section {article.section}")
        wrong += [piece for piece in known.must_not_contain if normalise(piece) in normalise(article.text)]
        if wrong:
            faults[known.name] = wrong
    assert not faults


def test_no_false_article() -> None:
    site = site_of("https://example.com/")
    for page in needs.recorded_pages("not-articles").glob("*.html"):
        result = extract(page_of(page.read_bytes(), "https://example.com/page"), site)
        assert isinstance(result, Rejection), (page.stem, result)
        assert (result.reason == "language") == (page.stem == "persian-article"), (page.stem, result)
