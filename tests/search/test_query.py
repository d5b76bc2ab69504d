"""What a query asks for, and which ones are refused."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.search.query import MAX_LETTERS, MAX_WORDS, Query, day_of

PARTS = [
    ("سد النهضة", [("سد", False, False), ("النهضة", False, False)]),
    ('"سد النهضة"', [("سد النهضة", True, False)]),
    ("«سد النهضة» مصر", [("سد النهضة", True, False), ("مصر", False, False)]),
    ("“سد النهضة” -مصر", [("سد النهضة", True, False), ("مصر", False, True)]),
    ('مصر -"سد النهضة"', [("مصر", False, False), ("سد النهضة", True, True)]),
    ('"سد النهضة', [("سد النهضة", True, False)]),
    ("مصر و السودان", [("مصر", False, False), ("السودان", False, False)]),
    ("و", [("و", False, False)]),
    ("كوفيد-19", [("كوفيد", False, False), ("19", False, False)]),
    ("لقاح -كوفيد-19", [("لقاح", False, False), ("كوفيد-19", True, True)]),
    ("قال:(نعم)", [("قال", False, False), ("نعم", False, False)]),
    ('""  مصر', [("مصر", False, False)]),
    ("", []),
    ("   ", []),
]


@pytest.mark.parametrize(("words", "wanted"), PARTS)
def test_words_phrases_and_exclusions(words: str, wanted: list[tuple[str, bool, bool]]) -> None:
    found = Query(words=words).parts()
    assert [(part.written, part.exact, part.excluded) for part in found] == wanted


def test_without_variants_every_word_is_exact() -> None:
    assert all(part.exact for part in Query(words="مياه -مصر", variants=False).parts())


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"words": "م" * 10_000}, "has 10,000 letters; write at most 1,000"),
    ({"words": "ب " * (MAX_WORDS + 1)}, "has 51 words; write at most 50"),
    ({"words": "!؟ - «»"}, "holds no word"),
    ({"months": ("2026-13",)}, "'2026-13' is no month"),
    ({"sites": ("a",) * 101}, "101 sites"),
    ({"authors": ("a" * 301,)}, "longer than 300 letters"),
    ({"since": date(2026, 2, 1), "until": date(2026, 1, 1)}, "lies after the last day"),
    ({"sort": "best"}, "no order 'best'"),
    ({"limit": 1_001}, "ask for 0 to 1,000"),
    ({"offset": -1}, "begin at 0 to"),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        Query(**values)


def test_a_day_that_is_none_is_refused() -> None:
    assert day_of("--from", "2026-01-31") == date(2026, 1, 31)
    with pytest.raises(UsageError, match=r"--from '31\.1\.2026' is not a day"):
        day_of("--from", "31.1.2026")


@given(st.text(max_size=MAX_LETTERS))
def test_any_text_is_a_query_or_refused(words: str) -> None:
    try:
        parts = Query(words=words).parts()
    except UsageError:
        return
    assert all(part.tokens and all(token.folded for token in part.tokens) for part in parts)
