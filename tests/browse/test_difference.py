"""Two versions of a text, compared word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.browse.difference import Piece, difference


def kinds(before: str, after: str) -> list[tuple[str, str, str]]:
    return [
        (piece.kind, piece.before, piece.after)
        for paragraph in difference(before, after).paragraphs
        for piece in paragraph
        if piece.kind != "same"
    ]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("افتتح الوزير السوق", "افتتح الوزير السوق", []),
        ("افتتح الوزير السوق", "افتتح المحافظ السوق", [("removed", "الوزير", ""), ("added", "", "المحافظ")]),
        ("قتل عشرة", "قتل عشرة وجرح ثلاثون", [("added", "", "وجرح ثلاثون")]),
        ("قتل عشرة وجرح ثلاثون", "قتل عشرة", [("removed", "وجرح ثلاثون", "")]),
        ("الى المدرسه", "إلى المدرسة", [("spelling", "الى", "إلى"), ("spelling", "المدرسه", "المدرسة")]),
        ("قالَ الوزيرُ", "قال الوزير", [("spelling", "قالَ", "قال"), ("spelling", "الوزيرُ", "الوزير")]),
        ("وقال، نعم", "وقال: نعم", [("spelling", "وقال،", "وقال:")]),
        ("عام ٢٠٢٦", "عام 2026", [("spelling", "٢٠٢٦", "2026")]),
        ("", "كلمة", [("added", "", "كلمة")]),
        ("كلمة", "", [("removed", "كلمة", "")]),
        ("", "", []),
    ],
)
def test_each_change_is_named(before: str, after: str, changes: list[tuple[str, str, str]]) -> None:
    assert kinds(before, after) == changes


def test_paragraphs_of_the_later_version_stay_paragraphs() -> None:
    found = difference("أول\nثانٍ قديم\nثالث", "أول\nثانٍ جديد\nثالث\nرابع")
    assert [[piece.kind for piece in paragraph] for paragraph in found.paragraphs] == [
        ["same"],
        ["same", "removed", "added"],
        ["same"],
        ["added"],
    ]
    assert found.edited
    assert not found.respelled


def test_a_removed_paragraph_is_shown() -> None:
    found = difference("أول\nثانٍ\nثالث", "أول\nثالث")
    assert [piece for paragraph in found.paragraphs for piece in paragraph if piece.kind == "removed"] == [
        Piece("removed", "ثانٍ", "")
    ]


def test_words_are_counted_by_kind() -> None:
    found = difference("الى بيت صغير", "إلى بيت كبير جدا")
    assert found.counts == {"same": 1, "added": 2, "removed": 1, "spelling": 1}


def test_a_passage_that_is_too_long_is_removed_and_added() -> None:
    before = " ".join(f"قديم{number}" for number in range(5_000))
    after = " ".join(f"جديد{number}" for number in range(5_000))
    counts = difference(before, after).counts
    assert (counts["removed"], counts["added"]) == (5_000, 5_000)


_TEXT = st.text(alphabet="ابةهىيأإ \n،.َ12a", max_size=60)


@given(_TEXT, _TEXT)
def test_no_word_is_lost(before: str, after: str) -> None:
    pieces = [piece for paragraph in difference(before, after).paragraphs for piece in paragraph]
    assert letters("".join(piece.before for piece in pieces)) == letters(before)
    assert letters("".join(piece.after for piece in pieces)) == letters(after)


def letters(text: str) -> str:
    return "".join(text.split())
