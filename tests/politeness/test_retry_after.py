from datetime import UTC, datetime

import pytest

from crawler.politeness.retry_after import Patience, retry_after_seconds

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),  # already over
        ("Saturday, 21-Nov-26 12:00:10 GMT", 10.0),  # RFC 850, still to be accepted
        ("99999999999999999999", 9999999999.0),  # the caller bounds it
        ("-5", None),
        ("soon", None),
        ("", None),
        ("١٢٠", None),
    ],
)
def test_what_a_header_asks_for(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


def test_pauses_that_overlap_count_once_and_all_of_them_have_a_bound() -> None:
    patience = Patience()
    assert patience.grant(10, most=25, now=100) == 10
    assert patience.grant(4, most=25, now=103) == 7  # the first one is longer still
    assert patience.grant(20, most=25, now=105) == 20
    assert patience.paused == 25
    assert patience.grant(50, most=25, now=200) == 0
    assert patience.paused == 25
