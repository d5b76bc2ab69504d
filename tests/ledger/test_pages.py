"""Pages of lists are fetched once, and pages that were not fetched come back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery.source import Window
from crawler.items import Candidate
from crawler.ledger.entries import State, Taken
from crawler.urls import canonical_url
from tests.ledger.making import (
    DAY,
    NEVER,
    NOON,
    address,
    archived,
    begin,
    look_into,
    numbers,
    opened,
    outcome,
    page,
    pages,
    states,
)  # fmt: skip


def test_counts_of_a_list(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        assert run.take_in(pages(1, 2, 2), NOON) == Taken(found=2, new=2, wanted=2, young=3)
        assert run.take_in(pages(2, 3), NOON) == Taken(found=1, new=1, wanted=1, young=2)
        run.settle([archived(claim) for claim in run.claim(10)])
        run.end(walked=True)
        later = begin(ledger, "two", NOON + DAY)
        assert later.take_in(pages(1, 2, 3, 4), NOON + DAY) == Taken(found=4, new=1, wanted=1, young=1)
        assert numbers(later.claim(10)) == [4]


def test_spellings_of_one_address_are_one_page(tmp_path: Path) -> None:
    spellings = [
        "https://www.paper.example/خبر/?utm_source=x",
        "https://www.paper.example/%D8%AE%D8%A8%D8%B1/",
    ]
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        taken = run.take_in([Candidate(url=url, via="feed") for url in spellings], NOON)
        claims = run.claim(10)
    assert len(claims) == taken.new == len({claim.key for claim in claims})


def test_claims_come_in_the_order_of_the_lists_and_once(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(5, 3, 4), NOON)
        assert numbers(run.claim(2)) == [5, 3]
        assert numbers(run.claim(2)) == [4]
        assert run.claim(2) == []


def test_what_a_killed_run_had_claimed_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2, 3), NOON)
        first, *_ = run.claim(3)
        run.settle([archived(first)])
    assert states(path) == {1: "archived", 2: "claimed", 3: "claimed"}
    with opened(path) as ledger:
        again = begin(ledger, "two", NOON + DAY)
        assert sorted(numbers(again.claim(10))) == [2, 3]
        assert states(path)[1] == "archived"


def test_pages_of_the_latest_run_come_first_and_older_ones_on_request(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        begin(ledger, "one").take_in(pages(1, 2), NOON)
        run = begin(ledger, "two", NOON + DAY)
        run.take_in(pages(3), NOON)
        run.take_in(pages(2), NOON)  # named again, so it is young
        assert numbers(run.claim(10, fresh_only=True)) == [3, 2]
        assert numbers(run.claim(10)) == [1]


@pytest.mark.parametrize(
    ("state", "reason", "comes_back", "goes_on"),
    [
        ("archived", None, False, False),
        ("fetched", "list", False, False),
        ("fetched", "duplicate-text", False, False),
        ("fetched", "outside-window", True, False),  # another window may want it
        ("fetched", "date-unknown", True, False),
        ("refused", "off-site", False, False),
        ("gone", "http-404", True, False),
        ("new", "timeout", True, True),
        ("new", "robots", True, True),
    ],
)  # fmt: skip
def test_the_state_after_each_outcome(
    tmp_path: Path, state: State, reason: str | None, *, comes_back: bool, goes_on: bool
) -> None:
    """Whether the page is asked for in the next run: where its lists name it again, and where they do not."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1), NOON)
        [claim] = run.claim(1)
        run.settle([archived(claim) if state == "archived" else outcome(claim, state, reason=reason)])
        assert run.claim(1) == []
        run.take_in(pages(1), NOON)
        assert run.claim(1) == []  # never twice in one run
        run.end(walked=True)
        silent = begin(ledger, "two", NOON + DAY)
        assert bool(silent.claim(1)) is goes_on
        silent.end(walked=True)
        run = begin(ledger, "three", NOON + 2 * DAY)
        run.take_in(pages(1), NOON + 2 * DAY)
        assert bool(run.claim(1)) is comes_back


def days_asked(path: Path, reason: str, state: State = "new", *, days: int = 40, **facts: Any) -> list[int]:
    """The days on which daily runs ask for a page that always ends so, and that a list always names."""
    asked = []
    with opened(path) as ledger:
        for day in range(days):
            now = NOON + day * DAY
            run = begin(ledger, f"run-{day:02}", now)
            run.take_in(pages(1), now)
            if claims := run.claim(1):
                asked.append(day)
                run.settle([outcome(claims[0], state, now, reason=reason, **facts)])
            run.end(walked=True)
    return asked


@pytest.mark.parametrize("state", ["new", "fetched"])
def test_a_page_that_gives_no_article_is_asked_for_during_thirty_days(tmp_path: Path, state: State) -> None:
    may_pass = state == "fetched"
    asked = days_asked(tmp_path / "l.sqlite", "timeout", state, may_pass=may_pass)
    assert asked == [0, 1, 2, 4, 8, 16, 30]
    [(reason, left)] = look_into(tmp_path / "l.sqlite", "SELECT reason, asked_since FROM pages")
    assert (reason, left) == ("given-up", None)


def test_a_page_that_is_gone_is_asked_for_while_a_list_names_it(tmp_path: Path) -> None:
    asked = days_asked(tmp_path / "gone.sqlite", "http-404", "gone")
    assert asked == [0, 1, 2, 3, 4, 5, 10, 20, 30]
    assert states(tmp_path / "gone.sqlite") == {1: "gone"}


def test_what_robots_txt_forbids_is_no_failed_attempt(tmp_path: Path) -> None:
    assert len(days_asked(tmp_path / "l.sqlite", "robots")) == 40


def test_a_page_without_an_article_is_asked_for_after_the_window_has_moved_on(tmp_path: Path) -> None:
    """As in a schedule with since=3 days ago. A window that ends before now asks for its own pages only."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one", window=Window(since=NOON - DAY))
        run.take_in([page(1, published=NOON), page(2, published=NOON)], NOON)
        vain, failed = run.claim(2)
        assert not vain.asked_before
        run.settle(
            [
                outcome(vain, "fetched", reason="empty", may_pass=True),
                outcome(failed, "new", reason="timeout"),
            ]
        )
        run.end(walked=True)
        early = begin(ledger, "early", NOON + 9 * DAY, window=Window(until=NOON - DAY))
        assert early.claim(2) == []
        early.end(walked=True)
        late = begin(ledger, "late", NOON + 9 * DAY, window=Window(since=NOON + 6 * DAY))
        claims = late.claim(2)
        assert sorted(numbers(claims)) == [1, 2]
        assert all(claim.asked_before and not claim.again for claim in claims)


def test_a_redirect_to_a_page_without_an_article_may_pass(tmp_path: Path) -> None:
    """A closed site sends every address to one page; the next run follows the redirect again."""
    path = tmp_path / "l.sqlite"
    closed = canonical_url(address(9))
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2), NOON)
        one, two = run.claim(2)
        elsewhere: dict[str, Any] = {"may_pass": True, "landed": closed}
        run.settle(
            [
                outcome(one, "fetched", reason="list", **elsewhere),
                outcome(two, "fetched", reason="duplicate-address", **elsewhere),
            ]
        )
        run.end(walked=True)
        assert states(path) == {1: "fetched", 2: "fetched"}
        assert sorted(numbers(begin(ledger, "two", NOON + DAY).claim(9))) == [1, 2]


@pytest.mark.parametrize(
    ("state", "reason", "settled"),
    [("archived", None, True), ("fetched", "gallery", True), ("fetched", "list", False)],
)
def test_a_redirect_to_a_page_of_the_lists_ends_with_it(
    tmp_path: Path, state: State, reason: str | None, *, settled: bool
) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2), NOON)
        one, two = run.claim(2)
        target = canonical_url(address(2))
        run.settle([outcome(one, "fetched", reason="duplicate-address", may_pass=True, landed=target)])
        run.settle([archived(two) if state == "archived" else outcome(two, state, reason=reason)])
        run.end(walked=True)
        assert (begin(ledger, "two", NOON + DAY).claim(9) == []) is settled


def test_a_response_resets_the_failures(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1), NOON)
        run.settle([outcome(run.claim(1)[0], "new", reason="timeout")])
        run.end(walked=True)
        run = begin(ledger, "two", NOON + DAY)
        run.settle([archived(run.claim(1)[0])])
    assert look_into(path, "SELECT attempts, reason, state FROM pages") == [(0, None, "archived")]


def test_a_redirect_leaves_a_row_at_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1), NOON)
        [claim] = run.claim(1)
        run.settle([replace(archived(claim), landed=canonical_url(address(9)))])
        run.end(walked=True)
        assert states(path) == {1: "fetched", 9: "archived"}
        later = begin(ledger, "two", NOON + DAY)
        assert later.take_in(pages(1, 9), NOON) == Taken(found=2, new=0, wanted=0)
        assert later.claim(10) == []
    assert look_into(path, "SELECT reason FROM pages WHERE state = 'fetched'") == [("redirect",)]


def test_a_redirect_to_a_page_that_waits_is_that_page(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 9), NOON)
        [claim] = run.claim(1)
        run.settle([replace(archived(claim), landed=canonical_url(address(9)))])
        assert run.claim(10) == []
    assert states(path) == {1: "fetched", 9: "archived"}


def test_gone_counts_from_the_first_response_and_ends_with_a_return(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1), NOON)
        run.settle([archived(run.claim(1)[0])])
        run.end(walked=True)
        for day in (1, 2):
            run = begin(ledger, f"gone {day}", NOON + day * DAY)
            ledger._database.execute("UPDATE pages SET look_at = 0 WHERE state = 'archived'")
            run.take_in(pages(1), NOON)
            [claim] = run.claim(1)
            assert claim.again
            run.settle([outcome(claim, "gone", NOON + day * DAY, reason="http-410")])
            run.end(walked=True)
        said = look_into(path, "SELECT state, reason, gone_at FROM pages")
        assert said == [("gone", "http-410", (NOON + DAY).isoformat())]
        run = begin(ledger, "back", NOON + 3 * DAY)
        run.take_in(pages(1), NOON)
        [claim] = run.claim(1)
        run.settle([outcome(claim, "archived", NOON + 3 * DAY)])
    assert look_into(path, "SELECT state, reason, gone_at FROM pages") == [("archived", None, None)]


def test_pages_outside_the_window_wait(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "wide")
        run.take_in([page(1, published=NOON - 30 * DAY), page(2, published=NOON), page(3)], NOON)
        run.end(walked=False)
        narrow = begin(ledger, "narrow", window=Window(since=NOON - DAY))
        assert sorted(numbers(narrow.claim(10))) == [2, 3]  # a page without a date lies in every window
        narrow.end(walked=False)
        early = begin(ledger, "early", window=Window(until=NOON - DAY))
        assert sorted(numbers(early.claim(10))) == [1, 3]
        early.end(walked=False)
        assert sorted(numbers(begin(ledger, "wide again").claim(10))) == [1, 2, 3]


def test_rechecks_stay_in_the_window(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2), NOON)
        one, two = run.claim(2)
        run.settle([archived(one, published=NOON - 30 * DAY), archived(two, published=NOON)])
        run.end(walked=True)
        ledger._database.execute("UPDATE pages SET look_at = 0")
        narrow = begin(ledger, "two", NOON + DAY, window=Window(since=NOON - DAY), recheck=NEVER)
        assert numbers(narrow.claim(10)) == [2]


def test_a_failed_settlement_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2), NOON)
        one, two = run.claim(2)
        broken = outcome(two, "archived", payload_digest="no digest")
        with pytest.raises(ValueError, match="hexadecimal"):
            run.settle([archived(one), broken])
        assert states(path) == {1: "claimed", 2: "claimed"}
        run.settle([archived(one), archived(two)])
    assert states(path) == {1: "archived", 2: "archived"}
