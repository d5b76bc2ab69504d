"""Known articles that move, that a recheck does not find, or that two machines or two addresses lead to."""

from dataclasses import replace
from pathlib import Path

from crawler.discovery.source import Window
from crawler.ledger.entries import Claim
from crawler.ledger.ledger import Ledger
from crawler.urls import canonical_url
from tests.ledger.making import (
    DAY,
    HOUR,
    NOON,
    USUAL,
    address,
    archived,
    article,
    begin,
    look_into,
    opened,
    outcome,
    page,
    pages,
    states,
    text_digest,
)  # fmt: skip


def due(ledger: Ledger, hours: float) -> tuple[Claim, ...]:
    """What is to be looked at so long after noon; the only article is stored before."""
    return tuple(begin(ledger, f"{hours} h", NOON + hours * HOUR, recheck=USUAL).claim(10))


def store(ledger: Ledger, text: str = "as it was") -> None:
    run = begin(ledger, "first", recheck=USUAL)
    run.take_in(pages(1), NOON)
    [claim] = run.claim(1)
    run.settle([archived(claim, text=text, published=NOON)])
    run.end(walked=True)


def test_an_article_that_moved_is_known_at_its_new_address(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        store(ledger)
        run = begin(ledger, "moved", NOON + HOUR, recheck=USUAL)
        [claim] = run.claim(1)
        there = replace(article(address(1), "as it was", NOON), url=address(9))
        assert run.judge(claim, there).reason == "unchanged"
        run.settle([outcome(claim, "archived", NOON + HOUR, landed=canonical_url(address(9)))])
        assert states(ledger.path) == {1: "fetched", 9: "archived"}
        run = begin(ledger, "there", NOON + 6 * HOUR, recheck=USUAL)
        [claim] = run.claim(10)
        assert claim.candidate.url == canonical_url(address(9))
        assert run.judge(claim, there).reason == "unchanged"
        edited = replace(there, text="edited", text_sha256=text_digest("edited"))
        verdict = run.judge(claim, edited)
        assert (verdict.reason, verdict.previous_id) == (None, there.id)


def test_a_recheck_redirected_to_another_page_keeps_the_article(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        store(ledger)
        run = begin(ledger, "look", NOON + HOUR, recheck=USUAL)
        [claim] = run.claim(1)
        run.settle(
            [outcome(claim, "fetched", NOON + HOUR, reason="no-text", landed=canonical_url(address(9)))]
        )
        assert states(ledger.path) == {1: "archived"}
        assert run.take_in([page(9, modified=NOON + DAY)], NOON + DAY).new == 1


def test_an_article_that_stopped_being_one_is_not_fetched_by_every_run(tmp_path: Path) -> None:
    looks = []
    with opened(tmp_path / "l.sqlite") as ledger:
        store(ledger)
        for hour in range(1, 24 * 20):
            run = begin(ledger, f"hour {hour}", NOON + hour * HOUR, recheck=USUAL)
            for claim in run.claim(10):
                looks.append(hour)
                run.settle([outcome(claim, "fetched", NOON + hour * HOUR, reason="no-text")])
    assert looks == [1, 2, 4, 8, 16, 24, 168]


def test_a_successful_recheck_resets_the_failures(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        store(ledger)
        for hour, state in ((1, "new"), (2, "archived")):
            run = begin(ledger, f"hour {hour}", NOON + hour * HOUR, recheck=USUAL)
            [claim] = run.claim(10)
            run.settle([outcome(claim, state, NOON + hour * HOUR)])  # type: ignore[arg-type]
        assert look_into(ledger.path, "SELECT attempts FROM pages") == [(0,)]
        assert (due(ledger, 5), len(due(ledger, 6))) == ((), 1)


def test_a_page_that_a_redirect_had_led_to_stays_archived(tmp_path: Path) -> None:
    """Both were asked for at once: the redirect's article is stored, and the page's is a second one."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one", recheck=USUAL)
        run.take_in(pages(1, 9), NOON)
        first, second = run.claim(2)
        run.settle(
            [
                replace(archived(first, published=NOON), landed=canonical_url(address(9))),
                outcome(second, "fetched", reason="duplicate-address", landed=canonical_url(address(9))),
            ]
        )
        run.end(walked=True)
        assert states(ledger.path) == {1: "fetched", 9: "archived"}
        [claim] = due(ledger, 1)
        assert claim.candidate.url == address(9)


def test_what_a_killed_run_had_on_disk_does_not_undo_a_later_fetch(tmp_path: Path) -> None:
    """Another machine crawled the site before the killed run was finished here."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "theirs", NOON + DAY)
        run.take_in(pages(1), NOON + DAY)
        [claim] = run.claim(1)
        run.settle([archived(claim, NOON + DAY, text="edited")])
        ours = article(address(1), "as it was")
        ledger.enter_leftovers("killed", [ours.record()], [], USUAL)
        later = begin(ledger, "later", NOON + 2 * DAY)
        assert look_into(ledger.path, "SELECT lower(hex(text)) FROM pages") == [(text_digest("edited"),)]
        assert later.judge(claim, article(address(1), "edited")).reason == "unchanged"


def test_a_killed_run_does_not_store_a_text_again_that_another_page_has(tmp_path: Path) -> None:
    """Two addresses show one text; each machine met another of them first."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "theirs", NOON)
        run.take_in(pages(1), NOON)
        [claim] = run.claim(1)
        run.settle([archived(claim, NOON, text="one text")])
        run.end(walked=True)
        ours = [article(address(number), text).record() for number, text in ((2, "one text"), (3, "another"))]
        assert ledger.enter_leftovers("killed", ours, [], USUAL) == [0]
        assert ledger.enter_leftovers("killed", ours, [], USUAL) == [0]  # the recovery itself was killed
        assert states(ledger.path) == {1: "archived", 2: "fetched", 3: "archived"}


def test_a_change_that_a_list_names_late_is_rechecked_in_the_same_run(tmp_path: Path) -> None:
    """Looks that were due after it are under way already."""
    with opened(tmp_path / "l.sqlite") as ledger:
        store(ledger)
        run = begin(ledger, "another", recheck=USUAL)
        run.take_in(pages(*range(2, 6)), NOON)
        run.settle([archived(claim, published=NOON - 30 * DAY) for claim in run.claim(10)])
        run.end(walked=True)
        run = begin(ledger, "now", NOON + 7 * HOUR, recheck=USUAL)
        for number in (1, 2, 3):
            assert [claim.candidate.url for claim in run.claim(1)] == [address(number)]
            assert run.claim(10) == []
            assert run.take_in([page(number + 1, modified=NOON + HOUR)], NOON).wanted == 1


def test_rechecks_outside_of_the_window_are_scanned_once(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "first", recheck=USUAL)
        run.take_in(pages(*range(300)), NOON)
        run.settle([archived(claim, published=NOON) for claim in run.claim(300)])
        run.end(walked=True)
        run = begin(ledger, "narrow", NOON + DAY, recheck=USUAL, window=Window(since=NOON + HOUR))
        steps = []
        ledger._database.set_progress_handler(lambda: steps.append(1), 100)
        assert run.claim(10) == []
        first, steps[:] = len(steps), []
        assert run.claim(10) == []
        assert len(steps) < first / 5
