"""When a page that gave no article is asked for again: in the next run, then later and later, for 30 days."""

from datetime import datetime, timedelta

GIVEN_UP_AFTER = timedelta(days=30)  # since the first attempt; the attempt after it is the last one
FIRST_WAIT = timedelta(hours=1)


def next_attempt(first: datetime, last: datetime) -> datetime | None:
    """Return the moment from which a run may ask again, None where the last attempt was the final one.

    `first` and `last` are attempts that gave no article. After the first one the next run asks. Each later
    wait is as long as the time since the first attempt, an hour at least: hourly runs ask about a dozen times
    in all.
    """
    age = last - first
    if age >= GIVEN_UP_AFTER:
        return None
    if age <= timedelta(0):
        return last
    return min(last + max(age, FIRST_WAIT), first + GIVEN_UP_AFTER)
