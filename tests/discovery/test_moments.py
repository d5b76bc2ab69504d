from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.moments import moment_in_url, read_moment
from crawler.discovery.source import Window

TEN_GREENWICH = "2026-11-02T10:00:00+00:00"
TEN_DAMASCUS = "2026-11-02T07:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("2026-11-02T10:00:00Z", TEN_GREENWICH),
        ("2026-11-02T10:00:00.123456789Z", TEN_GREENWICH),
        ("2026-11-02T10:00Z", TEN_GREENWICH),
        ("2026-11-02T10:00:00+03:00", TEN_DAMASCUS),
        ("2026-11-02T10:00:00+0300", TEN_DAMASCUS),
        ("2026-11-02 10:00:00 +03:00", TEN_DAMASCUS),
        (" 2026-11-2T10:00:00 +0300\n", TEN_DAMASCUS),
        ("Mon, 02 Nov 2026 10:00:00 GMT", TEN_GREENWICH),
        ("Mon, 02 Nov 2026 10:00:00 UT", TEN_GREENWICH),
        ("Mon, 02 Nov 2026 10:00:00 +0000", TEN_GREENWICH),
        ("Mon, 02 Nov 2026 10:00:00 +0300", TEN_DAMASCUS),
        ("Mon, 2 November 2026 10:00 +03:00", TEN_DAMASCUS),
        ("02 Nov 2026 10:00:00 +0300", TEN_DAMASCUS),
        ("الاثنين, 02 Nov 2026 10:00:00 +0300", TEN_DAMASCUS),
        ("Mon, 02 Nov 2026 05:30:00 -0430", TEN_GREENWICH),
    ],
)
def test_certain(text: str, exact: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.exact == datetime.fromisoformat(exact)
    assert moment.earliest == moment.latest == moment.exact


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        # no zone: between fourteen hours ahead of Greenwich and twelve behind
        ("2026-11-02T10:00:00", "2026-11-01T20:00:00Z", "2026-11-02T22:00:00Z"),
        ("Mon, 02 Nov 2026 10:00:00", "2026-11-01T20:00:00Z", "2026-11-02T22:00:00Z"),
        ("Mon, 02 Nov 2026 10:00:00 -0000", "2026-11-01T20:00:00Z", "2026-11-02T22:00:00Z"),
        ("Mon, 02 Nov 2026 10:00:00 AST", "2026-11-01T20:00:00Z", "2026-11-02T22:00:00Z"),
        ("2026-11-02", "2026-11-01T10:00:00Z", "2026-11-03T12:00:00Z"),
        ("02 Nov 2026", "2026-11-01T10:00:00Z", "2026-11-03T12:00:00Z"),
        ("2026-11", "2026-10-31T10:00:00Z", "2026-12-01T12:00:00Z"),
        ("2026-12", "2026-11-30T10:00:00Z", "2027-01-01T12:00:00Z"),
        ("2026", "2025-12-31T10:00:00Z", "2027-01-01T12:00:00Z"),
    ],
)
def test_vague(text: str, earliest: str, latest: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.exact is None
    assert (moment.earliest, moment.latest) == (
        datetime.fromisoformat(earliest),
        datetime.fromisoformat(latest),
    )


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "اليوم",
        "02 نوفمبر 2026",
        "0000-00-00T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2203-01-01",
        "2026-13-01",
        "2026-02-30",
        "2026-11-02T25:00:00Z",
        "2026-11-02T10:00:00+99:00",
        "Mon, 32 Nov 2026 10:00:00 GMT",
        "Mon, 02 Nov 26 10:00:00 GMT",
        "02/11/2026",
        "2026-11-02" + " " * 100,
    ],
)
def test_none(text: str | None) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("url", "earliest", "latest"),
    [
        ("https://paper.example/2026/11/02/خبر", "2026-10-31T10:00:00Z", "2026-11-04T12:00:00Z"),
        ("https://paper.example/news/2026/11/2/خبر", "2026-10-31T10:00:00Z", "2026-11-04T12:00:00Z"),
        ("https://paper.example/a/2026-11-02/b", "2026-10-31T10:00:00Z", "2026-11-04T12:00:00Z"),
        ("https://paper.example/2026/11/1234567/", "2026-10-30T10:00:00Z", "2026-12-02T12:00:00Z"),
    ],
)
def test_dated_address(url: str, earliest: str, latest: str) -> None:
    moment = moment_in_url(url)
    assert moment is not None
    assert moment.exact is None
    assert (moment.earliest, moment.latest) == (
        datetime.fromisoformat(earliest),
        datetime.fromisoformat(latest),
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://paper.example/",
        "https://paper.example/2026/",
        "https://paper.example/2026/خبر/",
        "https://paper.example/2026/13/01/خبر",
        "https://paper.example/story/4943459",
        "https://[",
    ],
)
def test_undated_address(url: str) -> None:
    assert moment_in_url(url) is None


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-12 * 4, 14 * 4))
def test_a_span_holds_what_it_stands_for(drawn: datetime, quarters: int) -> None:
    """Whatever zone was meant, the moment lies in the span of its text without zone, of its day and month."""
    meant = drawn.replace(
        year=1990 + drawn.year % 111,
        day=min(drawn.day, 28),
        microsecond=0,
        tzinfo=timezone(timedelta(minutes=15 * quarters)),
    )
    for shape in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y-%m", "%Y"):
        moment = read_moment(meant.strftime(shape))
        assert moment is not None
        assert moment.earliest <= meant <= moment.latest


@given(st.text(alphabet="0123456789-:T+Z., NovMonGMT٢٠", max_size=40))
def test_any_text(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or moment.earliest <= moment.latest


def test_window_is_judged_by_the_whole_span() -> None:
    window = Window(since=datetime(2026, 11, 3, 8, tzinfo=UTC), until=datetime(2026, 11, 10, tzinfo=UTC))
    verdicts = {}
    for text in ("2026-11-01", "2026-11-02", "2026-11-09", "2026-11-11"):
        moment = read_moment(text)
        assert moment is not None
        verdicts[text] = (moment.too_old(window), moment.too_new(window))
    assert verdicts == {
        "2026-11-01": (True, False),
        "2026-11-02": (False, False),  # it may still be the second of November west of Greenwich
        "2026-11-09": (False, False),
        "2026-11-11": (False, True),
    }
