from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

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


DAY = date(2026, 3, 4)
HALF_PAST_SEVEN = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)
RIYADH = ZoneInfo("Asia/Riyadh")


@pytest.mark.parametrize(
    "text",
    [
        "الأربعاء, 04 مارس 2026 10:30:00 +0300",
        "الأربعاء 4 آذار/مارس 2026 - 10:30 بتوقيت غرينتش+3",
        "٤ مارس ٢٠٢٦ ١٠:٣٠ +٠٣٠٠".translate(str.maketrans("٠٣", "03")),
        "Wed,04 Mar 2026 10:30:00 +0300",
        "Wed, 04 Mar 26 10:30:00 +0300",
        "04 Mar 26 07:30:00 GMT",
        "04-Mar-26 07:30 UT",
        "Wed, 04 Mar 2026 10:30:00 GMT+3",
        "Wed, 04 Mar 2026 10:30:00 GMT+03:00",
        "Wed Mar 04 2026 10:30:00 GMT+0300 (Arabian Standard Time)",
        "Wed Mar 04 2026 10:30:00 GMT+0300",
        "Wed Mar  4 07:30:00 UTC 2026",
        "Mar 4, 2026 10:30 AM +03:00",
        "Wednesday, March 4, 2026 10:30:00 AM GMT+3",
        "Wed, 04 Mar 2026 02:30:00 EST",
        "2026-03-04T10:30:00+03",
        "2026-03-04T10:30:00 +03",
        "2026-03-04t07:30:00z",
        "2026-03-04T07:30z",
        "2026/3/4 10:30:00 +0300",
        "20260304T073000Z",
        "2026-03-04T10:30:00+03:00[Asia/Riyadh]",
        "1772609400",
        "1772609400000",
        "Tue, 04 Mar 2026 10:30:00 +0300",  # the weekday is wrong, and the date is complete without it
    ],
)
@pytest.mark.parametrize("zone", [None, RIYADH, UTC])
def test_moments_with_a_zone(text: str, zone: tzinfo | None) -> None:
    moment = read_moment(text, zone)
    assert moment is not None
    assert moment.certain == moment.earliest == moment.latest == HALF_PAST_SEVEN


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04 10:30:00",
        "2026-03-04T10:30:00",
        "2026-03-04T10:30",
        "2026/3/4 10:30:00",
        "Wed, 04 Mar 2026 10:30:00",
        "Wed, 04 Mar 2026 10:30:00 -0000",
        "Wed Mar  4 10:30:00 2026",
        "Mar 4, 2026 10:30:00 AM",
        "الأربعاء 4 مارس 2026 10:30 ص",
        "4 آذار 2026 الساعة 10:30",
        "Wednesday, March 4, 2026 - 10:30",
    ],
)
def test_times_without_a_zone_are_the_sites_or_a_day(text: str) -> None:
    known, unknown = read_moment(text, RIYADH), read_moment(text)
    assert known is not None
    assert unknown is not None
    assert known.certain == HALF_PAST_SEVEN
    assert (unknown.exact, unknown.certain) == (None, DAY)
    assert unknown.earliest < HALF_PAST_SEVEN < unknown.latest


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04", "2026/3/4", "2026/03/04", "2026.03.04", "03/25/2026", "25/3/2026", "March 4, 2026",
        "Wed, 04 Mar 2026", "Wed, 04 Mar 2026 10:30:00 AST", "٤ مارس ٢٠٢٦", "4 آذار 2026", "4 mars 2026",
        "الأربعاء، ٤ مارس/آذار ٢٠٢٦", "Mar 4, 2026",
    ],
)  # fmt: skip
def test_days(text: str) -> None:
    day = date(2026, 3, 25) if "25" in text else DAY
    for zone in (None, UTC) if "AST" in text else (None, UTC, RIYADH):
        moment = read_moment(text, zone)
        assert moment is not None
        assert moment.certain == day


@pytest.mark.parametrize("text", ["3/4/2026", "04-03-2026 10:30", "4.3.2026", "03/04/26"])
def test_what_is_ambiguous_is_read_by_the_countrys_habit_or_not_at_all(text: str) -> None:
    assert read_moment(text) is None
    moment = read_moment(text, country="EG")
    assert moment is None or moment.certain in {DAY, date(2026, 4, 3)}


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
        "0000-00-00T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2203-01-01",
        "2026-13-01",
        "2026-02-30",
        "2026-11-02T25:00:00Z",
        "2026-11-02T10:00:00+99:00",
        "Mon, 32 Nov 2026 10:00:00 GMT",
        "Tue, 02/11/2026",
        "26-11-02",
        "15 رمضان 1447",
        "منذ ساعتين",
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
    """For every zone, the moment lies in the span of its text without zone, of its day, of its month."""
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
