"""Fingerprints of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.stories.prints import MAX_WORDS, WINDOW, WORDS, all_hashes, fingerprints
from crawler.stories.stock import credited, unfit, without_stock
from tests.printings import TEXTS

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
words = st.lists(st.text(LETTERS, min_size=1, max_size=4), min_size=WORDS + WINDOW - 1, max_size=60)


@given(words, words, words)
def test_texts_with_twelve_equal_words_share_a_fingerprint(
    common: list[str], before: list[str], behind: list[str]
) -> None:
    one = fingerprints(" ".join([*before, *common]))
    other = fingerprints(" ".join([*common, *behind]))
    assert set(one.hashes) & set(other.hashes)


@given(st.text(max_size=300))
def test_fingerprints_are_hashes_of_five_words_each_once(text: str) -> None:
    found = fingerprints(text)
    assert len(set(found.hashes)) == len(found.hashes) == len(found.paragraphs)
    assert set(found.hashes) <= all_hashes(text)
    assert all(0 <= number <= text.count("\n") for number in found.paragraphs)


@pytest.mark.parametrize("text", TEXTS[:5])
def test_spelling_makes_no_difference(text: str) -> None:
    spelled = (
        text.replace("أ", "ا").replace("ة", "ه").replace("ى", "ي").replace("،", " ،، ").replace("ا", "اـ")
    )
    assert fingerprints(spelled).hashes == fingerprints(text).hashes


def test_paragraphs_are_those_where_a_fingerprint_begins() -> None:
    text = TEXTS[0]
    found = fingerprints(text)
    lines = text.split("\n")
    of_lines = [all_hashes(line) for line in lines]
    inside = [value in of_lines[number] for value, number in zip(found.hashes, found.paragraphs, strict=True)]
    assert sum(inside) > 0.7 * len(inside)  # the others reach over the end of a paragraph


@pytest.mark.parametrize(
    "text", ["", "\n\n", "كلمة", "خمس كلمات ليست هنا الآن", "ا " * 1_000_000, "\n" * 200_000]
)
def test_odd_texts_are_bounded(text: str) -> None:
    found = fingerprints(text)
    assert len(found.hashes) <= 1
    assert found.words == len(text.split())


def test_long_texts_are_read_up_to_a_bound() -> None:
    long = " ".join(f"كلمة{number}" for number in range(2 * MAX_WORDS))
    found = fingerprints(long)
    assert found.words == 2 * MAX_WORDS
    assert len(found.hashes) < MAX_WORDS / 2


def test_known_phrases_leave_no_fingerprint() -> None:
    prayer = "نسأل الله أن يتغمد الفقيد بواسع رحمته وأن يسكنه فسيح جناته وأن يلهم أهله وذويه الصبر والسلوان"
    found = fingerprints(prayer)
    assert found.hashes
    assert not without_stock(found.hashes, found.paragraphs)[0]


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("أبرز الأخبار ليوم الثلاثاء", "نص", "round-up"),
        ("جولة الصحافة: ماذا كتبت الصحف", "نص", "round-up"),
        ("الحرب لحظة بلحظة", "نص", "round-up"),
        ("مفاوضات غير مباشرة", "نص", None),
        ("خبر", "\n".join(f"{hour}:15 خبر من الأخبار" for hour in range(10, 16)), "live"),
        ("خبر", "\n".join(f"٠{hour}:١٥ خبر" for hour in range(1, 7)), "live"),
        ("خبر", "10:15 بدأت الجلسة\nوانتهت", None),
    ],
)
def test_round_ups_and_live_pages_are_known(title: str, text: str, reason: str | None) -> None:
    assert unfit(title, text) == reason


def test_credits_are_read() -> None:
    assert "وادي" in credited("وقال شاهد، نقلاً عن صحيفة وادي، إن الجسر فُتح.")[0]
    assert credited("لا مصدر هنا") == []
