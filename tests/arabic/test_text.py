import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arabic.text import arabic_share, count_words, digits_to_ascii, mend, normalise

MENDED = [
    ("نص عادي، بلا تغيير: «كما هو» ١٢٣ abc é", "نص عادي، بلا تغيير: «كما هو» ١٢٣ abc é"),
    ("مُشَكَّلٌ وممـــدود", "مُشَكَّلٌ وممـــدود"),  # diacritics and tatweel are the writer's
    ("\u200fقال\u200e \u202bالوزير\u202c", "قال الوزير"),
    ("\ufeffأول\u200bنص\u00ad", "أولنص"),
    ("\u2067نص\u2069\u061c", "نص"),
    ("ﺍﻟﻌﺮﺑﻴﺔ", "العربية"),
    ("ﻻ ﻷ ﻵ", "لا لأ لآ"),
    ("ﷲ", "الله"),
    ("\ufe8d\ufe70", "ا\u064b"),  # a lone vowel mark, without the space of its decomposition
    ("محمد ﷺ و ﷻ و ﷽ و ٥ ﷼", "محمد ﷺ و ﷻ و ﷽ و ٥ ﷼"),
    ("﴿آية﴾", "﴿آية﴾"),
    ("👨\u200d👩\u200d👧 عائلة", "👨\u200d👩\u200d👧 عائلة"),
    ("ه\u200d ـ", "ه ـ"),
    ("a\u00a0b\tc\n", "a\u00a0b\tc\n"),
    ("½ ﬁ", "½ ﬁ"),  # compatibility forms of other scripts are none of this function's business
]

# Every pair is one and the same to a search.
EQUAL = [
    ("أحمد إلى آخر", "احمد الى اخر"),
    ("مُحَمَّدٌ", "محمد"),
    ("العـــربية", "العربيه"),
    ("مسؤول", "مسئول"),
    ("علي", "على"),
    ("٢٠٢٠ و ۱۴", "2020 و 14"),
    ("کتاب یک", "كتاب يك"),
    ("  BBC \n News ", "bbc news"),
    ("هٰذا", "هذا"),
]


@pytest.mark.parametrize(("text", "expected"), MENDED)
def test_mend(text: str, expected: str) -> None:
    assert mend(text) == expected


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_normalise(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("حرب", "حزب"), ("سوريا", "سورية"), ("قال", "مال"), ("كتاب", "كتب")]
)
def test_other_words_stay_other(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("كلمة", 1), ("قال - إن، الوزير: نعم!", 4), ("… « »", 0), ("10% من 5.3", 3), ("مُشَكَّلٌ", 1)],
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_digits() -> None:
    assert digits_to_ascii("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ 7") == "0123456789 0123456789 7"


@pytest.mark.parametrize(
    ("text", "share"), [("", 0.0), ("123 !", 0.0), ("abc", 0.0), ("ابت ٣", 1.0), ("abc ابت", 0.5)]
)
def test_arabic_share(text: str, share: float) -> None:
    assert arabic_share(text) == share


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert mend(mend(text)) == mend(text)
    assert normalise(normalise(text)) == normalise(text)
    assert len(digits_to_ascii(text)) == len(text)
    assert 0 <= arabic_share(text) <= 1
    assert count_words(text) >= 0
