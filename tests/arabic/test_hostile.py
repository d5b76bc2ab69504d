"""The readers of Arabic neither raise nor stall on any text."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arabic.boilerplate import boilerplate_kind
from crawler.arabic.bylines import leading_dateline, parse_byline, trailing_agency
from crawler.arabic.dates import find_moments, moment_in_url, parse_moment
from crawler.arabic.language import detect
from crawler.arabic.text import arabic_share, count_words, mend, normalise
from crawler.urls import absolute, host_of

FETCHED = datetime(2024, 3, 14, 9, 30, tzinfo=UTC)
LONGEST = 100_000  # characters

READERS: dict[str, Callable[[str], object]] = {
    "find_moments": lambda text: find_moments(text, zone=None, fetched_at=FETCHED),
    "parse_moment": lambda text: parse_moment(text, zone=None, fetched_at=FETCHED),
    "parse_short": lambda text: parse_moment(text[:300], zone=None, fetched_at=FETCHED, country="LY"),
    "moment_in_url": lambda text: moment_in_url("https://a.com/" + text, None),
    "boilerplate_kind": boilerplate_kind,
    "boilerplate_line": lambda text: boilerplate_kind(text[:700]),
    "parse_byline": lambda text: parse_byline(text[:200], outlet_names=["البيان"]),
    "leading_dateline": lambda text: leading_dateline(text, outlet_names=["البيان"]),
    "trailing_agency": trailing_agency,
    "detect": detect,
    "mend": mend,
    "normalise": normalise,
    "count_words": count_words,
    "arabic_share": arabic_share,
    "host_of": host_of,
    "absolute": lambda text: absolute("https://a.com/", text),
}

# Each piece, repeated, once made some reader of dates or pages somewhere go quadratic, or might.
PIECES = [
    "2020 ", "2020", "1/1/2020 ", "1.1.2020.", "5 مايو 2020 ", "5 مايو ", "يناير/", "الخميس ",
    "12:30 ", "GMT ", "م ", "ـ", "\u200f", "\u064b", "ء", "(", "-",
    "- (", "تابعنا على فيسبوك ", "#أ ", "كتب ", "و ", "\n",
    "منذ \n", "2020\n", "٢٠٢٠/", "آخر تحديث 2020 ", "(رويترز) - ", "👨\u200d", "ﷲ", " \t", "هـ 1446 ", "%D8",
    "%2e/", "/2020/1/1", "/..", "\ud800", "\x00", "９", "²",
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_long_repetitions_end(reader: str) -> None:
    for piece in PIECES:
        READERS[reader]((piece * LONGEST)[:LONGEST])


_TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


@pytest.mark.parametrize("reader", READERS)
@given(text=_TEXTS)
def test_any_text_is_read(reader: str, text: str) -> None:
    READERS[reader](text)


@given(text=_TEXTS)
def test_what_is_found_is_sound(text: str) -> None:
    for moment, start, end, _ in find_moments(text, zone=None, fetched_at=FETCHED):
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip()
        assert 1990 <= moment.value.year <= 2024
        assert moment.value.tzinfo is not None
