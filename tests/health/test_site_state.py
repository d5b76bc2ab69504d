"""The state of a site over days: what makes it ill and well again, and what never becomes the measure."""

from collections.abc import Iterable
from typing import Any

import pytest

from crawler.health import RunRecord
from crawler.health.entries import GOOD_DAYS_KEPT, KEPT, SINGLE
from crawler.health.site_state import (
    Judged,
    SiteState,
    facts_of,
    judged,
    replayed,
)
from tests.health.records import NOON
from tests.health.site_runs import HOUR, good, run, sick


def after(state: SiteState, runs: Iterable[RunRecord]) -> list[Judged]:
    found = []
    for each in runs:
        done = judged(state, facts_of(state, each))
        state = done.state
        found.append(done)
    return found


@pytest.mark.parametrize("cause", sick(0))
def test_a_site_is_ill_while_it_lasts_and_well_after_it(cause: str) -> None:
    """For months: the bad days never become the measure."""
    state = good()
    days = after(state, [run(24 * day, **sick(10)[cause]) for day in range(100)])
    assert {(day.state.condition, day.state.cause, day.state.since) for day in days} == {("ill", cause, NOON)}
    assert [day.news for day in days] == ["changed"] + ["lasting"] * 99
    assert {day.state.last_good for day in days} == {state.last_good}
    [mended, next_day] = after(days[-1].state, [run(24 * 100), run(24 * 101)])
    assert (mended.state.condition, mended.state.cause, mended.news) == ("well", None, "mended")
    assert mended.state.since == mended.state.last_good == NOON + 100 * 24 * HOUR
    assert (next_day.state.condition, next_day.news) == ("well", None)


@pytest.mark.parametrize("cause", ["pages-empty", "layout-changed", "dates-unreadable"])
def test_a_small_site_that_is_crawled_every_hour_is_judged_over_days(cause: str) -> None:
    """One article in two hours: no single run has enough to say anything."""
    hours = range(72)
    state = replayed("barada", [run(hour - 120, hour % 2) for hour in range(120)])
    assert state.condition == "well"
    runs = [run(hour, hour % 2, **(sick(1)[cause] if hour % 2 else {})) for hour in hours]
    days = after(state, runs)
    assert days[0].state.condition == "well"
    assert (days[-1].state.condition, days[-1].state.cause) == ("ill", cause)
    assert sum(day.news == "changed" for day in days) == 1
    assert sum(day.news == "lasting" for day in days) == 2  # once a day
    mended = after(days[-1].state, [run(72 + hour, hour % 2) for hour in range(24)])
    assert mended[-1].state.condition == "well"
    assert [day.news for day in mended if day.news][-1] == "mended"


def test_a_quiet_run_does_not_make_an_ill_site_well() -> None:
    [ill, quiet] = after(good(), [run(0, **sick(10)["layout-changed"]), run(1, 0)])
    assert (ill.state.condition, quiet.state.condition, quiet.news) == ("ill", "ill", None)


def test_a_run_that_was_cut_short_changes_nothing_but_itself() -> None:
    [ill, cut, whole] = after(
        good(), [run(0, **sick(10)["layout-changed"]), run(1, 0, reason="shutdown"), run(25)]
    )
    assert {each.check for each in cut.state.ailments} == {"finish", "coverage"}
    assert (ill.state.cause, cut.state.cause, whole.state.condition) == ("layout-changed",) * 2 + ("well",)


def test_a_list_that_always_fails_is_usual_and_a_new_one_is_not() -> None:
    usual: dict[str, Any] = {"failed_lists": {"http-404": 2}}
    state = replayed("barada", [run(24 * (day - 5), **usual) for day in range(5)])
    more: dict[str, Any] = {"failed_lists": {"http-404": 3}}
    [same, once, twice] = after(state, [run(0, **usual), run(24, **more), run(48, **more)])
    assert (same.state.condition, once.state.condition) == ("well", "well")  # it may be back in the next run
    assert (twice.state.condition, twice.state.cause) == ("doubtful", "feed-gone")


@pytest.mark.parametrize("reason", ["http-403", "http-401", "http-451"])
def test_no_article_and_refused_lists_are_never_well(reason: str) -> None:
    refused: dict[str, Any] = {"fetched": 0, "articles": 0, "lists": 1, "failed_lists": {reason: 1}}
    for state in (SiteState(site="barada"), good()):
        [done] = after(state, [run(0, 0, **refused)])
        assert (done.state.condition, done.state.cause) == ("ill", "blocked")


def test_fewer_articles_than_on_the_leanest_good_day_are_doubtful() -> None:
    [done] = after(good(per_day=4, number=5), [run(24, 1)])
    assert (done.state.condition, done.state.cause) == ("doubtful", "fewer-articles")


def test_the_history_of_a_site_stays_small() -> None:
    """Hourly runs for half a year: single runs of two days, then a record for each day of four weeks."""
    state = SiteState(site="barada")
    for hour in range(24 * 40):
        state = judged(state, facts_of(state, run(hour, 2))).state
    assert len(state.entries) <= SINGLE / HOUR + KEPT.days + 2
    assert sum(entry.record.runs for entry in state.entries) == pytest.approx(24 * KEPT.days, abs=48)
    assert state.condition == "well"
    late = after(state, [run(24 * 400, **sick(10)["blocked"])])
    assert sum(not entry.bad for entry in late[-1].state.entries) >= GOOD_DAYS_KEPT


def test_the_first_hours_of_an_illness_never_become_the_measure() -> None:
    """Its runs looked good before there were enough of them; a second illness is seen as soon."""
    state = replayed("barada", [run(hour - 120, hour % 2) for hour in range(120)])
    found = []
    for start in (0, 96):
        days = after(
            state, [run(start + hour, hour % 2, **sick(1)["dates-unreadable"]) for hour in range(48)]
        )
        found.append([day.state.condition for day in days].index("ill"))
        state = after(days[-1].state, [run(start + 48 + hour, hour % 2) for hour in range(48)])[-1].state
        assert state.condition == "well"
    assert found[0] == found[1]


def test_a_day_that_was_partly_bad_is_not_the_leanest() -> None:
    state = good(8, per_day=4, number=5)
    days = after(state, [run(0, 5), *(run(hour, **sick(5)["blocked"]) for hour in (6, 12, 18)), run(24, 30)])
    [fewer] = after(days[-1].state, [run(48, 4)])
    assert fewer.state.cause == "fewer-articles"
