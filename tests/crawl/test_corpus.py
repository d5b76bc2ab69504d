"""Real input: recorded pages served under their own names, crawled, compared with answers made by hand."""

import pytest

from benchmarks.corpus.__main__ import DEFAULT, FLOOR, Score, crawl_and_score
from benchmarks.extraction.pages import load
from tests import needs


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    for needed in DEFAULT:
        needs.recorded_pages(needed.name)
    folder = tmp_path_factory.mktemp("corpus")
    return {score.page.name: score for score in crawl_and_score(load(DEFAULT), folder)}


def test_every_recorded_page_comes_out_right(scores: dict[str, Score]) -> None:
    wrong = {name: (score.title, round(score.text_f1, 4)) for name, score in scores.items() if not score.good}
    assert len(scores) >= 11
    assert wrong == {}, f"title or text (F1 under {FLOOR}) is wrong"
