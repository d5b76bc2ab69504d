"""The search forms of words, on the published tables and on text in the wild."""

import gzip
from collections.abc import Callable
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search_forms import TABLES, missed, mixed
from crawler.arabic import vocabulary
from crawler.arabic.search_forms import VERSION, fold, form, tokens
from crawler.arabic.text import normalise

SAME = [
    "وزارة الوزارة بالوزارة ووزارتها وزارته لوزارة للوزارة والوزارة وِزَارَة وزارـــة ﻭﺯﺍﺭﺓ وز\u200dارة",
    "مياه المياه بمياهها ومياهه للمياه",
    "القاهرة القاهره بالقاهرة للقاهرة والقاهره",
    "أخبار الأخبار اخبار بالأخبار وأخبارها للاخبار",
    "مستشفى المستشفى مستشفاهم للمستشفي",
    "الله والله بالله لله ﷲ",
    "الذين للذين والذين بالذين",
    "ألمانيا المانيا بألمانيا لألمانيا وألمانيا",
    "لجنة اللجنة للجنة باللجنة ولجنتها",
    "قتلوا قتلوه وقتلوهم",
    "٢٠٢٦ 2026 ۲۰۲۶",
]
APART = ["وزارة زار", "يد يدرس", "كتاب كتابة", "ألعاب عاب", "الله له", "الآن أن", "كان أن", "هناك هنا"]


@pytest.mark.parametrize("family", SAME)
def test_family_has_one_form(family: str) -> None:
    assert len({form(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", APART)
def test_traps_stay_apart(pair: str) -> None:
    one, other = pair.split()
    assert form(one) != form(other)


@pytest.mark.parametrize(
    ("judge", "name", "floor"),
    [
        (missed, "families.txt", 0.98),
        (
            missed,
            "families_check.txt",
            0.97,
        ),  # words with the letters of clitics, none of which chose a weight
        (mixed, "traps.txt", 0.98),
        (mixed, "traps_check.txt", 0.98),
    ],
)
def test_share_of_right_words(
    judge: Callable[[str], tuple[list[tuple[str, str]], int]], name: str, floor: float
) -> None:
    wrong, count = judge(name)
    assert count >= (100 if judge is mixed else 2_000)
    assert 1 - len(wrong) / count >= floor, wrong


def test_tables_share_no_family() -> None:
    def heads(name: str) -> set[str]:
        return {line.split()[0] for line in (TABLES / name).read_text().splitlines()}

    assert len(heads("families.txt")) >= 200
    assert not heads("families.txt") & heads("families_check.txt")


def test_tokens_have_the_offsets_of_the_text() -> None:
    text = "قال\u200fت وِزَارَةُ الصّحّة_العامة: إف16 في ٢٠٢٦، COVID-19 cafe\u0301."
    found = tokens(text)
    assert [token.folded for token in found] == [
        *("قالت", "وزاره", "الصحه", "العامه", "اف", "16", "في", "2026", "covid", "19", "café"),
    ]  # fmt: skip
    assert [token.form for token in found][:4] == ["قالت", "وزاره", "صحه", "عامه"]
    assert [text[token.start : token.end] for token in found][1:3] == ["وِزَارَةُ", "الصّحّة"]


@pytest.mark.parametrize(
    "word", ["", " ", "ـ", "\u064b", "3.5", "٣٫٥", "a", "و", "ال", "لل", "a" * 100_000, "و" * 100_000]
)
def test_odd_words_keep_their_folded_form(word: str) -> None:
    assert form(word) == fold(word) == normalise(word)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
    | st.text("والبكلهامنتيىةءأإ\u0640\u064b\u200c ", max_size=30)
)
def test_any_text_is_read(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        at = token.end
        assert token.folded == fold(text[token.start : token.end])
        assert token.form == form(text[token.start : token.end])
        assert form(token.form) or not token.form


def test_vocabulary_is_read_once_and_folded() -> None:
    words = vocabulary.vocabulary()
    assert words is vocabulary.vocabulary()
    assert len(words) > 100_000
    assert all(normalise(word) in (word, f"{word[:-1]}ه") for word in words)
    assert vocabulary.EDITION in VERSION


def test_vocabulary_carries_its_licence() -> None:
    folder = resources.files("crawler.arabic")
    assert "Attribution-ShareAlike 4.0" in folder.joinpath("VOCABULARY-NOTICE.txt").read_text()
    assert gzip.decompress(folder.joinpath("vocabulary.txt.gz").read_bytes())
