"""The rhythm of a site: learned from its runs, known after a week, forgotten slowly."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.health.rhythm import DAY, Rhythm

START = datetime(2026, 5, 1, tzinfo=UTC)


def after(days: int, runs_a_day: int, articles_a_day: float, rhythm: Rhythm | None = None) -> Rhythm:
    """Return the rhythm after runs that each bring their share of new articles."""
    rhythm = rhythm or Rhythm()
    step = timedelta(days=1) / runs_a_day
    for _ in range(days * runs_a_day):
        rhythm = rhythm.continued(START, START + step)
        rhythm = Rhythm(articles=rhythm.articles + articles_a_day / runs_a_day, seconds=rhythm.seconds)
    return rhythm


@pytest.mark.parametrize("runs_a_day", [1, 24])
def test_it_is_known_after_a_week_whatever_the_schedule(runs_a_day: int) -> None:
    assert after(6, runs_a_day, 48).per_day is None
    assert after(8, runs_a_day, 48).per_day == pytest.approx(48)


def test_an_older_rhythm_is_forgotten() -> None:
    slower = after(60, 1, 10, after(60, 1, 100))
    assert slower.seconds == pytest.approx(28 * DAY)
    assert slower.per_day is not None
    assert 10 < slower.per_day < 25


def test_time_without_a_new_article_adds_up() -> None:
    rhythm = Rhythm().continued(START, START + timedelta(hours=5))
    assert rhythm.continued(START, START + timedelta(hours=5)).quiet == 10 * 3_600


def test_a_first_run_and_a_clock_that_went_back_add_nothing() -> None:
    assert Rhythm().continued(None, START) == Rhythm()
    assert Rhythm().continued(START, START - timedelta(days=1)) == Rhythm()
