"""Each check of a run's health: what fails, what passes, and what is too little to judge by."""

import re
from string import Formatter
from typing import Any

import pytest

from crawler.health import CHECKS, Facts, State, judge
from crawler.health.verdicts import sentences
from tests.health.records import history, record

THINNER = {"counters": {"articles/field/authors": 40}}
FEWER_DATES = {"counters": {"articles/field/published": 60}}


def states(facts: Facts) -> dict[str, State]:
    return {verdict.check: verdict.state for verdict in judge(facts)}


def facts(before: int = 5, **changes: Any) -> Facts:
    return Facts(run=record(**changes), before=history(before))


@pytest.mark.parametrize("reason", ["http-403", "http-429"])
@pytest.mark.parametrize("bounded", [0, 1])
@pytest.mark.parametrize("before", [0, 5])
def test_refused_lists_without_an_article_are_bad_in_any_run(reason: str, bounded: int, before: int) -> None:
    nothing = {"articles": 0, "fetched": 0, "lists": 0, "failed": {}, "failed_lists": {reason: 5}}
    judged = facts(before, **nothing, counters={"health/bounded": bounded})
    assert states(judged)["blocked"] is State.BAD


def test_a_refused_list_beside_articles_is_no_block() -> None:
    assert states(facts(failed_lists={"http-403": 1}))["blocked"] is State.GOOD


def test_a_run_like_those_before_is_good() -> None:
    good = Facts(run=record(), before=history(), left_in_spool=0, manifest_written=True)
    assert set(states(good).values()) == {State.GOOD}


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("finish", {"reason": "shutdown"}),
        ("finish", {"reason": ""}),
        ("yield", {"articles": 40}),
        ("yield", {"articles": 0, "counters": {}}),
        ("rhythm", {"counters": {"health/rhythm/quiet_seconds": 100_000}}),
        ("coverage", THINNER),
        ("coverage", {"counters": {"articles/field/images": 0}}),
        ("blocked", {"failed": {"http-403": 30}}),
        ("blocked", {"failed": {"http-429": 10, "robots": 20}}),
        ("failed", {"failed": {"timeout": 30}}),
        ("dates", {"counters": {"articles/dated/future": 1}}),
        ("dates", {"counters": {"articles/dated/too-early": 1}}),
        ("dates", FEWER_DATES),
    ],
)
def test_what_is_wrong_fails_one_check(check: str, changes: dict[str, Any]) -> None:
    failed = [verdict for verdict in judge(facts(**changes)) if verdict.failed]
    assert [verdict.check for verdict in failed] == [check]
    assert failed[0].sentence.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {"articles": 55},  # a lean day
        {"articles": 10, "unchanged": 90},  # old stories were asked for again
        {"counters": {"articles/field/authors": 70}},
        {"counters": {"health/rhythm/quiet_seconds": 86_400}},  # since the last run only
        {"counters": {"health/rhythm/quiet_seconds": 400_000, "health/rhythm/articles": 9}},  # one a day
        {"counters": {"health/rhythm/quiet_seconds": 900_000, "health/rhythm/seconds": 500_000}},  # new
        {"failed": {"http-403": 8}},
        {"failed": {"http-404": 11}},
        {"counters": {"articles/field/published": 85}},
    ],
)
def test_a_little_less_than_usual_is_no_failure(changes: dict[str, Any]) -> None:
    assert State.BAD not in states(facts(**changes)).values()


@pytest.mark.parametrize(
    "changes",
    [
        {"articles": 1, "counters": {}},
        THINNER,
        FEWER_DATES,
        {"failed": {"timeout": 90}},
        {"failed": {"robots": 90}},
    ],
)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_site_without_history_is_not_judged_by_it(changes: dict[str, Any], before: int) -> None:
    assert State.BAD not in states(facts(before, **changes)).values()


@pytest.mark.parametrize("changes", [{"articles": 3}, THINNER, FEWER_DATES])
def test_a_part_of_a_site_is_compared_with_nothing(changes: dict[str, Any]) -> None:
    counters = {**changes.get("counters", {}), "health/bounded": 1}
    assert State.BAD not in states(facts(**{**changes, "counters": counters})).values()


def test_a_site_that_refuses_most_pages_fails_in_its_first_run() -> None:
    assert states(facts(0, failed={"http-403": 300}))["blocked"] is State.BAD


def test_what_a_site_always_refuses_is_usual() -> None:
    usual: dict[str, Any] = {"failed": {"robots": 40}}
    assert states(Facts(run=record(**usual), before=history(**usual)))["blocked"] is State.GOOD


def test_a_field_that_never_was_is_not_missed() -> None:
    without: dict[str, Any] = {"counters": {"articles/field/agency": 0, "articles/field/subtitle": 2}}
    assert states(Facts(run=record(**without), before=history(**without)))["coverage"] is State.GOOD


@pytest.mark.parametrize(
    ("promised", "articles", "state"),
    [(100, 60, State.GOOD), (100, 40, State.BAD), (4, 0, State.UNKNOWN), (0, 0, State.UNKNOWN)],
)
def test_the_expected_yield_counts_from_the_last_run_on(promised: int, articles: int, state: State) -> None:
    run = record(articles=articles, counters={"health/expected_yield": promised})
    assert states(Facts(run=run, before=history(1)))["yield"] is state


def test_a_run_soon_after_another_may_bring_little() -> None:
    soon = record(days_ago=0.95, articles=6)
    assert states(Facts(run=soon, before=history()))["yield"] is not State.BAD


def test_a_long_pause_promises_no_more_than_lists_hold() -> None:
    run = record(articles=180, counters={"health/expected_yield": 100})
    before = [record(days_ago=90)]
    assert states(Facts(run=run, before=before))["yield"] is State.GOOD


@pytest.mark.parametrize(
    ("left", "manifest", "failed"),
    [(0, True, set()), (2, False, {"spool", "manifest"}), (0, False, {"manifest"}), (None, None, set())],
)
def test_the_delivery_is_judged_where_it_is_known(
    *, left: int | None, manifest: bool | None, failed: set[str]
) -> None:
    known = Facts(run=record(), before=(), left_in_spool=left, manifest_written=manifest)
    assert {verdict.check for verdict in judge(known) if verdict.failed} == failed


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_can_be_switched_off(check: str) -> None:
    sick = facts(articles=1, reason="shutdown", failed={"http-403": 300})
    assert {verdict.check for verdict in judge(sick, ignore={check})} == set(CHECKS) - {check}


def fields_of(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", sentences())
def test_both_languages_say_the_same(key: str) -> None:
    english, arabic = sentences()[key]
    assert fields_of(english) == fields_of(arabic)
    assert english.isascii()
    assert re.search("[\u0621-\u064a]", arabic)
    assert key.partition(".")[0] in CHECKS


def test_every_verdict_has_both_sentences() -> None:
    runs = [facts(5), facts(0), facts(5, **THINNER), Facts(run=record(failed={"http-403": 300}), before=())]
    for verdict in [verdict for run in runs for verdict in judge(run)]:
        assert "{" not in verdict.sentence + verdict.sentence_ar
        assert verdict.sentence.endswith(".")
        assert verdict.sentence_ar.endswith(".")
    thin = next(verdict for verdict in judge(facts(5, **THINNER)) if verdict.failed)
    assert thin.sentence == "Fewer articles than usual have: authors 40% instead of 90%."
    assert "authors (40% بدل 90%)" in thin.sentence_ar
