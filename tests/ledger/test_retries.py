"""The moments at which a page that gave no article is asked for again."""

from datetime import timedelta

import pytest

from crawler.ledger.retries import GIVEN_UP_AFTER, next_attempt
from tests.ledger.making import DAY, HOUR, NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(0)),  # the first attempt: the next run
        (-HOUR, timedelta(0)),  # a clock that went back
        (MINUTE, HOUR),
        (HOUR, HOUR),
        (5 * HOUR, 5 * HOUR),
        (10 * DAY, 10 * DAY),
        (20 * DAY, 10 * DAY),  # the last attempt is that of the thirtieth day
        (GIVEN_UP_AFTER, None),
        (90 * DAY, None),  # no run came in time
    ],
)
def test_the_wait_after_an_attempt(age: timedelta, wait: timedelta | None) -> None:
    last = NOON + age
    assert next_attempt(NOON, last) == (None if wait is None else last + wait)


@pytest.mark.parametrize(("every", "attempts"), [(HOUR, 12), (DAY, 7), (7 * DAY, 5)])
def test_how_often_runs_ask(every: timedelta, attempts: int) -> None:
    now, asked, due = NOON, 0, NOON
    while due is not None:
        if now >= due:
            asked += 1
            again = next_attempt(NOON, now)
            if again is None:
                break
            due = again
        now += every
    assert asked == attempts
    assert now - NOON >= GIVEN_UP_AFTER
