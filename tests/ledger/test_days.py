"""A publication of which a list gives the day alone, in the ledger's text and in a run's window."""

import sqlite3
from datetime import UTC, date, datetime

import pytest

from crawler.discovery.source import Window
from crawler.ledger.schema import IN_WINDOW, bounds, published_text, text_published

MARCH = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("published", [None, MARCH, NOON, datetime(2026, 3, 4, tzinfo=UTC)])
def test_a_publication_comes_back_as_it_went_in(published: datetime | date | None) -> None:
    text = published_text(published)
    assert text_published(text) == published
    assert text is None or datetime.fromisoformat(text).tzinfo is not None


@pytest.mark.parametrize(
    ("since", "until", "inside"),
    [
        (None, None, True),
        (NOON, None, True),
        (
            datetime(2026, 3, 5, 11, tzinfo=UTC),
            None,
            True,
        ),  # still the fourth, twelve hours west of Greenwich
        (datetime(2026, 3, 5, 13, tzinfo=UTC), None, False),
        (None, datetime(2026, 3, 3, 11, tzinfo=UTC), True),  # the fourth already, fourteen hours east
        (None, datetime(2026, 3, 3, 9, tzinfo=UTC), False),
    ],
)
def test_a_day_lies_in_every_window_that_its_span_touches(
    since: datetime | None,
    until: datetime | None,
    inside: bool,  # noqa: FBT001
) -> None:
    with sqlite3.connect(":memory:") as database:
        (found,) = database.execute(
            f"SELECT {IN_WINDOW} FROM (SELECT :published AS published)",  # noqa: S608 - our own text
            bounds(Window(since=since, until=until), published=published_text(MARCH)),
        ).fetchone()
    database.close()
    assert bool(found) is inside
