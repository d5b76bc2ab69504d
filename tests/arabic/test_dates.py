from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arabic.dates import find_moments, moment_in_url, parse_moment

FETCHED = datetime(2024, 3, 14, 9, 30, tzinfo=UTC)
RIYADH = ZoneInfo("Asia/Riyadh")

PAGE = """الرئيسية
الخميس 14 مارس 2024
عنوان الخبر الأول
تم نشره الأربعاء 13 آذار / مارس 2024 09:22 مساءً | آخر تحديث: 14 مارس 2024 08:00 ص
قال مصدر إن الاتفاق الذي وقع في 17 من سبتمبر/أيلول من العام 2018 ما زال قائماً منذ ثلاثة أيام.
منذ ساعتين
أمس شهدت المدينة هدوءا
السبت 13 مارس 2024
5 مايو
جميع الحقوق محفوظة © 2024"""

# text found, value, precision, label
FOUND = [
    ("الخميس 14 مارس 2024", "2024-03-14T00:00:00+03:00", "day", None),
    ("تم نشره الأربعاء 13 آذار / مارس 2024 09:22 مساءً", "2024-03-13T21:22:00+03:00", "minute", "published"),
    ("آخر تحديث: 14 مارس 2024 08:00 ص", "2024-03-14T08:00:00+03:00", "minute", "modified"),
    ("17 من سبتمبر/أيلول من العام 2018", "2018-09-17T00:00:00+03:00", "day", None),
    ("منذ ساعتين", "2024-03-14T10:30:00+03:00", "day", None),
]


def test_a_page_is_read_line_by_line() -> None:
    found = find_moments(PAGE, zone=RIYADH, fetched_at=FETCHED)
    seen = [(PAGE[start:end], m.value.isoformat(), m.precision, label) for m, start, end, label in found]
    assert seen == FOUND


def test_relative_times_need_the_time_of_fetching() -> None:
    found = find_moments(PAGE, zone=RIYADH)
    assert [moment.form for moment, *_ in found if moment.form == "relative"] == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("نُشر في: 5 مايو 2020", ["published"]),
        ("تاريخ النشر 5 مايو 2020", ["published"]),
        ("أُضيف في 2020/05/05", ["published"]),
        ("تم التحديث: 5 مايو 2020", ["modified"]),
        ("Last updated: May 5, 2020", ["modified"]),
        ("الأربعاء، 28 آب/اغسطس 2013، آخر تحديث 14:00 (GMT+0400)", ["modified"]),
        ("Published: 5 May 2020 | Updated: 6 May 2020", ["published", "modified"]),
        ("التاريخ: 5 مايو 2020", [None]),
        ("5 مايو 2020 - الأربعاء 6 مايو 2020", [None, None]),
    ],
)
def test_label(text: str, labels: list[str | None]) -> None:
    assert [label for *_, label in find_moments(text, zone=None)] == labels


def test_half_a_number_is_never_read() -> None:
    for gap in range(80, 120):
        text = "س" * 200 + " 15" + " " * gap + "مايو 2020" + " " * gap + "10:30 " + "س" * 200
        assert {moment.value.day for moment, *_ in find_moments(text, zone=None)} <= {15}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2020/11/09/slug/", "2020-11-09"),
        ("/news/2020/11/9/slug", "2020-11-09"),
        ("/story/2020/8/24/وزير-الرى/4943459", "2020-08-24"),
        ("/2013/middle_east/8/3/syria.clashes/index.html", "2013-08-03"),
        ("/news-and-reports/2020-06-03-1.3874341", "2020-06-03"),
        ("/news/20201109/slug", "2020-11-09"),
        ("/2020/11/09", "2020-11-09"),
        ("/2020/11/2338761/", None),
        ("/2020/11/", None),
        ("/2020/13/09/", None),
        ("/2020/02/30/", None),
        ("/1980/11/09/", None),
        ("/2025/01/01/", None),  # after the fetching
        ("/article/20201399/", None),
        ("/article/202011091/", None),
        ("/2020/11/09/2020/11/10/", None),
        ("/?date=2020/11/09", None),
        ("/09-11-2020/slug", None),
        ("", None),
    ],
)
def test_day_in_a_url(path: str, expected: str | None) -> None:
    moment = moment_in_url("https://a.com" + path, RIYADH, fetched_at=FETCHED)
    assert (moment and moment.value.isoformat()) == (f"{expected}T00:00:00+03:00" if expected else None)


def test_the_same_hour_has_its_offset_of_the_day() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    winter, summer = (parse_moment(f"5 {month} 2023 14:00", zone=cairo) for month in ("يناير", "يوليو"))
    assert winter is not None
    assert summer is not None
    assert (winter.value.utcoffset(), summer.value.utcoffset()) == (timedelta(hours=2), timedelta(hours=3))


def test_confidence_follows_the_evidence() -> None:
    texts = [
        "2020-05-05T10:00:00Z",
        "الثلاثاء 5 مايو 2020",
        "5 مايو 2020",
        "15/5/2020",
        "3/4/2020 م",
        "12 شعبان 1446",
    ]
    moments = [parse_moment(text, zone=None) for text in texts]
    assert [moment and moment.confidence for moment in moments] == [1.0, 0.95, 0.9, 0.9, 0.7, 0.6]


_ARABIC_MONTHS = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()  # noqa: SIM905
_LEVANT = (
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول".split("|")  # noqa: SIM905
)
_WEEKDAYS = "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد".split()  # noqa: SIM905
_DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2024, 3, 14))


@given(day=_DAYS, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_whatever_was_written_is_read_again(day: date, hour: int, minute: int) -> None:
    month, levant = _ARABIC_MONTHS[day.month - 1], _LEVANT[day.month - 1]
    clock = f"{hour % 12 or 12}:{minute:02} {'م' if hour >= 12 else 'ص'}"
    weekday = _WEEKDAYS[day.weekday()]
    expected = datetime(day.year, day.month, day.day, hour, minute, tzinfo=RIYADH)
    for text in (
        f"{weekday}، {day.day:02} {month} {day.year} - {clock}",
        f"{day.day} {levant} / {month} {day.year} {hour:02}:{minute:02}",
        f"{hour:02}:{minute:02} {weekday} {day.day} / {day.month} / {day.year}",
        f"{day.year}/{day.month:02}/{day.day:02} - {clock}",
        f"آخر تحديث: {month} ({levant}) {day.day}, {day.year} الساعة {clock}",
    ):
        moment = parse_moment(text, zone=RIYADH)
        assert moment is not None, text
        assert moment.value == expected, text


@given(day=_DAYS, shift=st.integers(1, 6))
def test_a_wrong_weekday_is_never_overlooked(day: date, shift: int) -> None:
    weekday = _WEEKDAYS[(day.weekday() + shift) % 7]
    text = f"{weekday} {day.day} {_ARABIC_MONTHS[day.month - 1]} {day.year}"
    assert parse_moment(text, zone=None) is None
