"""When a known article is fetched again: at the ages of RECHECK, or when a list says that it changed."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.ledger.entries import Claim, Recheck
from crawler.ledger.intake import FIRST_VAIN
from crawler.ledger.ledger import Ledger, OpenLedger
from tests.ledger.making import (
    DAY,
    HOUR,
    NEVER,
    NOON,
    USUAL,
    archived,
    begin,
    look_into,
    opened,
    original,
    outcome,
    page,
    pages,
)  # fmt: skip


def known(ledger: Ledger, *, recheck: Recheck = NEVER, published: datetime | None = None) -> None:
    """One article that was fetched at NOON."""
    run = begin(ledger, "first", recheck=recheck)
    run.take_in(pages(1), NOON)
    run.settle([archived(run.claim(1)[0], published=published)])
    run.end(walked=True)


def unchanged(run: OpenLedger, claim: Claim, when: datetime) -> None:
    run.settle([outcome(claim, "archived", when)])
    run.end(walked=True)


@pytest.mark.parametrize(
    ("ages", "born", "looked", "next_look"),
    [
        (USUAL, timedelta(0), timedelta(0), HOUR),
        (USUAL, timedelta(0), HOUR, 6 * HOUR),  # an age that has come is past
        (USUAL, timedelta(0), 2 * HOUR, 6 * HOUR),
        (USUAL, timedelta(0), 3 * DAY, 7 * DAY),
        (USUAL, timedelta(0), 7 * DAY, None),
        (USUAL, -30 * DAY, timedelta(0), None),
        (USUAL, DAY, timedelta(0), HOUR),  # a moment to come is not believed
        (NEVER, timedelta(0), timedelta(0), None),
    ],
)
def test_the_next_recheck(
    ages: Recheck, born: timedelta, looked: timedelta, next_look: timedelta | None
) -> None:
    expected = None if next_look is None else NOON + next_look
    assert ages.after(NOON + born, NOON + looked) == expected


def test_rechecks_happen_at_their_ages_only(tmp_path: Path) -> None:
    """An hourly crawl of nine days looks once at each age."""
    looked = []
    with opened(tmp_path / "l.sqlite") as ledger:
        known(ledger, recheck=USUAL, published=NOON)
        for hour in range(1, 9 * 24):
            now = NOON + hour * HOUR
            run = begin(ledger, f"run-{hour:03}", now, recheck=USUAL)
            run.take_in(pages(1), now)
            for claim in run.claim(5):
                assert claim.again
                looked.append(hour)
                unchanged(run, claim, now)
    assert looked == [1, 6, 24, 7 * 24]


def test_a_rare_crawl_rechecks_once_for_all_ages_that_passed(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        known(ledger, recheck=USUAL, published=NOON)
        late = begin(ledger, "late", NOON + 30 * DAY, recheck=USUAL)
        [claim] = late.claim(5)
        unchanged(late, claim, NOON + 30 * DAY)
        assert begin(ledger, "later", NOON + 60 * DAY, recheck=USUAL).claim(5) == []


def test_a_recheck_has_the_digest_of_the_last_payload(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "first", recheck=USUAL)
        run.take_in(pages(1), NOON)
        held = original("as it was")
        first = archived(run.claim(1)[0])
        run.settle([replace(first, payload_digest=held.digest)], [held])
        run.end(walked=True)
        [claim] = begin(ledger, "second", NOON + HOUR, recheck=USUAL).claim(1)
    assert (claim.again, claim.payload_digest) == (True, held.digest)


@pytest.mark.parametrize(
    ("modified", "looks"),
    [
        (NOON - DAY, False),
        (NOON, False),  # not later than the fetch
        (NOON + 2 * HOUR, True),
    ],
)
def test_a_list_that_says_an_article_changed(tmp_path: Path, modified: datetime, *, looks: bool) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        known(ledger)
        run = begin(ledger, "second", NOON + 3 * HOUR)
        assert run.take_in([page(1, modified=modified)], NOON).wanted == looks
        assert bool(run.claim(1)) is looks


def test_a_list_that_always_names_changes_is_rechecked_less_often(tmp_path: Path) -> None:
    """Asked each hour for two months, it makes us look at one, two, four, eight… hours."""
    waits, last = [], 0
    with opened(tmp_path / "l.sqlite") as ledger:
        known(ledger)
        for hour in range(1, 60 * 24):
            now = NOON + hour * HOUR
            run = begin(ledger, f"run-{hour:04}", now)
            run.take_in([page(1, modified=now)], now)
            for claim in run.claim(1):
                waits.append(hour - last)
                last = hour
                unchanged(run, claim, now)
    assert waits == [int(2**n * FIRST_VAIN / HOUR) for n in range(len(waits))]
    assert len(waits) == 10


def test_a_true_change_resets_the_wait(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        known(ledger)
        now = NOON
        for number in range(4):  # in vain
            now += DAY
            run = begin(ledger, f"vain-{number}", now)
            run.take_in([page(1, modified=now)], now)
            unchanged(run, run.claim(1)[0], now)
        now += DAY
        run = begin(ledger, "true", now)
        run.take_in([page(1, modified=now)], now)
        run.settle([archived(run.claim(1)[0], now, text="another text")])
        run.end(walked=True)
        run = begin(ledger, "after", now + HOUR)
        assert run.take_in([page(1, modified=now + HOUR)], now + HOUR).wanted == 1


def test_a_failed_recheck_keeps_the_article_and_waits_an_hour(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        known(ledger, recheck=USUAL, published=NOON)
        run = begin(ledger, "look", NOON + HOUR, recheck=USUAL)
        [claim] = run.claim(1)
        run.settle([outcome(claim, "new", NOON + HOUR, reason="timeout")])
        assert run.claim(1) == []
        run.end(walked=True)
        assert look_into(path, "SELECT state, text IS NOT NULL FROM pages") == [("archived", 1)]
        assert begin(ledger, "soon", NOON + 1.5 * HOUR, recheck=USUAL).claim(1) == []
        assert len(begin(ledger, "later", NOON + 2 * HOUR, recheck=USUAL).claim(1)) == 1


def test_a_recheck_cut_short_by_a_kill_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        known(ledger, recheck=USUAL, published=NOON)
        assert len(begin(ledger, "killed", NOON + HOUR, recheck=USUAL).claim(1)) == 1
    with opened(path) as ledger:
        [claim] = begin(ledger, "next", NOON + HOUR, recheck=USUAL).claim(1)
        assert claim.again


def test_many_rechecks_are_claimed_once_each(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "first", recheck=USUAL)
        run.take_in(pages(*range(50)), NOON)
        run.settle([archived(claim, published=NOON) for claim in run.claim(50)])
        run.end(walked=True)
        look = begin(ledger, "look", NOON + HOUR, recheck=USUAL)
        claims = [claim for _ in range(20) for claim in look.claim(7)]
    assert len({claim.key for claim in claims}) == len(claims) == 50
    assert all(claim.again for claim in claims)
