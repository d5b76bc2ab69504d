"""What a question admits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.export.asked import Asked
from crawler.export.words import Words

ROW: dict[str, Any] = {
    "published": "2026-02-28T23:30:00+03:00",
    "section": ["الثقافة", "مسرح"],
    "title": "أُمسيّة في حلب القديمة",
    "subtitle": None,
    "text": "قال المسؤول إنّ «المكتـــبة» فُتحت، وإن ١٢٠٠ كتاب فيها.\nودمشق تنتظر.",
}
FOLDER = "articles/site=a/month={}/x.parquet"


@pytest.mark.parametrize(
    ("asked", "admitted"),
    [
        ({}, True),
        ({"words": ["امسية"]}, True),  # hamza, shadda, ta marbuta
        ({"words": ["المكتبه"]}, True),  # tatweel
        ({"words": ["مسئول"]}, True),  # without its article, in another spelling
        ({"words": ['"مسئول"']}, False),  # as it stands
        ({"words": ["«المسئول»"]}, True),
        ({"words": ["سؤول"]}, False),  # a part of a word
        ({"words": ["المسئول"]}, True),
        ({"words": ["1200"]}, True),
        ({"words": ["دمشق"]}, True),
        ({"words": ['"دمشق"']}, False),
        ({"words": ["مشق"]}, False),
        ({"words": ["مشق"], "whole_words": False}, True),
        ({"words": ['"حلب القديمة"']}, True),
        ({"words": ['"حلب قديمة"']}, False),
        ({"words": ["حلب قديمة"]}, True),
        ({"words": ["حلب القديمه"]}, True),  # a phrase
        ({"words": ["حلب الجديدة", "كتاب"]}, True),  # one is enough
        ({"words": ["القديمة قال"]}, False),  # no phrase from title to text
        ({"section": "ثقافة"}, False),
        ({"section": "الثقافه"}, True),
        ({"since": "2026-02-28", "until": "2026-02-28"}, True),  # the outlet's day, though UTC's is the same
        ({"since": "2026-03-01"}, False),
        ({"until": "2026-02-27"}, False),
        ({"since": "2026-02-28T20:30:00+00:00"}, True),
        ({"since": "2026-02-28T20:30:01+00:00"}, False),
        ({"until": "2026-02-28T20:30:00Z"}, False),
    ],
)
def test_rows(asked: dict[str, Any], *, admitted: bool) -> None:
    assert Asked(**asked).admits(ROW) is admitted


def test_an_article_without_a_date_is_in_no_span() -> None:
    undated = ROW | {"published": None}
    assert Asked().admits(undated)
    assert not Asked(since="1990-01-01").admits(undated)


@pytest.mark.parametrize(
    ("asked", "months"),
    [
        ({}, ["2025-12", "2026-01", "2026-02", "2026-03", "unknown"]),
        ({"since": "2026-02-02"}, ["2026-01", "2026-02", "2026-03"]),  # another zone may have January
        ({"since": "2026-02-10", "until": "2026-02-20"}, ["2026-02"]),
    ],
)
def test_only_tables_that_may_hold_something_are_opened(asked: dict[str, Any], months: list[str]) -> None:
    every = ["2025-12", "2026-01", "2026-02", "2026-03", "unknown"]
    assert [month for month in every if Asked(**asked).admits_file(FOLDER.format(month))] == months


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_word_that_stands_in_a_text_is_found_in_any_company(before: str, after: str) -> None:
    assert Words(["سوق"]).match(f"{before} سُوقٌ\u200f، {after}")


@pytest.mark.parametrize(
    "asked",
    [
        {"words": ["—"]},
        {"words": ['""']},
        {"words": ["سوق", " "]},
        {"since": "yesterday"},
        {"since": "2026-01-01T10:00:00"},
        {"since": "2026-02-01", "until": "2026-01-01"},
    ],
)
def test_what_has_no_meaning_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Asked(**asked)
