"""Clocks that are ahead, behind or go back: a run warns or ends, and nothing rests on a moment to come."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from crawler.archive.names import CLOCK_BEHIND
from crawler.errors import ArchiveError
from crawler.run.clock import SERVERS, ClockCheck

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NO_SERVER = None


def outcome(newest: timedelta | None, server: timedelta | None, tolerance: timedelta) -> tuple[str, set[str]]:
    """Return `goes on` or `ends`, and what is noted; both clocks are given as distances from ours."""
    notes: dict[str, Any] = {}
    ends: list[ArchiveError] = []
    check = ClockCheck(
        began=NOW,
        newest=None if newest is None else NOW + newest,
        tolerance=tolerance,
        note=notes.__setitem__,
        end=ends.append,
    )
    if server is not None:
        check.answered(format_datetime(NOW + server, usegmt=True).encode(), None, NOW)
        check.answered(format_datetime(NOW, usegmt=True).encode(), None, NOW)  # the first answer counts
    return "ends" if ends else "goes on", set(notes)


@pytest.mark.parametrize(
    ("newest", "server", "tolerance", "expected"),
    [
        (None, 0 * DAY, DAY, ("goes on", set())),
        (None, NO_SERVER, DAY, ("goes on", set())),
        (-1 * DAY, timedelta(minutes=9), DAY, ("goes on", set())),
        (-1 * DAY, timedelta(hours=1), DAY, ("goes on", {SERVERS})),  # summer time set by hand
        (-1 * DAY, -400 * DAY, DAY, ("goes on", {SERVERS})),  # the server's is wrong
        (None, -400 * DAY, DAY, ("ends", {SERVERS})),
        (-400 * DAY, -400 * DAY, DAY, ("ends", {SERVERS})),  # ours is ahead
        (400 * DAY, 400 * DAY, DAY, ("ends", {SERVERS, CLOCK_BEHIND})),  # ours is behind
        (400 * DAY, 0 * DAY, DAY, ("goes on", {CLOCK_BEHIND})),  # that of the newest run was ahead
        (-400 * DAY, -400 * DAY, 0 * DAY, ("goes on", {SERVERS})),
    ],
)
def test_clocks(
    newest: timedelta | None,
    server: timedelta | None,
    tolerance: timedelta,
    expected: tuple[str, set[str]],
) -> None:
    assert outcome(newest, server, tolerance) == expected


@pytest.mark.parametrize(
    ("date", "age"),
    [(None, None), (b"", None), (b"Sun, 01 Mar 2026 12:00:00 GMT", b"x"),
     (b"yesterday", None), (b"\xff", None), (b"Sun, 99 Mar 2026 12:00:00 GMT", None),
     (b"Fri, 31 Dec 9999 23:59:59 GMT", b"9" * 30)],
)  # fmt: skip
def test_fields_that_say_nothing(date: bytes | None, age: bytes | None) -> None:
    check = ClockCheck(began=NOW, newest=None, tolerance=DAY, note=_never, end=_never)
    check.answered(date, age, NOW)


def test_a_response_from_a_cache_is_as_old_as_it_says() -> None:
    check = ClockCheck(began=NOW, newest=None, tolerance=DAY, note=_never, end=_never)
    check.answered(b"Thu, 26 Feb 2026 12:00:00 GMT", b"259200", NOW)


def _never(*_: object) -> None:
    raise AssertionError
