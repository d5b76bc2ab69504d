"""Requisites in the ledger: entered with their page, claimed once, given up after failures, merged."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.archive.originals import Original
from crawler.items import RecordPointer
from crawler.ledger.entries import Needs, Outcome, Requisite, RequisiteOutcome
from crawler.ledger.ledger import Ledger, OpenLedger
from crawler.ledger.requisites import MAX_ATTEMPTS, MAX_URL
from tests.ledger.making import NEVER, NOON, address, archived, begin, opened, page

PICTURES = tuple(f"https://cdn.example/{number}.png" for number in range(5))


def needs(*urls: str) -> Needs:
    return Needs(urls=urls, via=address(1), hops="LE")


def page_with(run: OpenLedger, number: int, needs: Needs) -> Outcome:
    run.take_in([page(number)], NOON)
    [claim] = run.claim(1)
    plain = archived(claim)
    return Outcome(
        claim=claim, state=plain.state, fetched_at=plain.fetched_at, article=plain.article, needs=needs
    )


def settled(requisite: Requisite, reason: str | None = None, **facts: Needs) -> RequisiteOutcome:
    state = "failed" if reason else "fetched"
    return RequisiteOutcome(requisite=requisite, state=state, reason=reason, fetched_at=NOON, **facts)  # type: ignore[arg-type]


def urls(claims: Sequence[Requisite]) -> set[str]:
    return {claim.url for claim in claims}


def test_they_are_entered_with_their_page_and_claimed_once(tmp_path: Path) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        run.settle([page_with(run, 1, needs(*PICTURES[:3])), page_with(run, 2, needs(*PICTURES[1:]))])
        first, rest = run.claim_requisites(2), run.claim_requisites(9)
        assert len(first) == 2
        assert urls(first) | urls(rest) == set(PICTURES)
        assert len(first) + len(rest) == 5
        assert run.claim_requisites(9) == []


def test_a_page_whose_outcome_is_rolled_back_leaves_none(tmp_path: Path) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        good = page_with(run, 1, needs(*PICTURES))
        broken = RequisiteOutcome(
            requisite=Requisite(key=1 << 70, url="x", via="", hops=""), state="fetched", fetched_at=NOON
        )
        with pytest.raises((sqlite3.Error, OverflowError)):
            run.settle([good], requisites=[broken])
        assert run.claim_requisites(9) == []


def test_what_was_claimed_is_claimed_again_by_the_next_run(tmp_path: Path) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        run.settle([page_with(run, 1, needs(*PICTURES))])
        done, *_ = run.claim_requisites(9)
        run.settle([], requisites=[settled(done)])
        again = begin(ledger, "two").claim_requisites(9)
        assert urls(again) == set(PICTURES) - {done.url}


def test_failed_requisites_wait_for_the_next_run_and_are_given_up(tmp_path: Path) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "0")
        run.settle([page_with(run, 1, needs(PICTURES[0]))])
        for number in range(MAX_ATTEMPTS):
            run = begin(ledger, f"run {number}")
            [claim] = run.claim_requisites(9)
            run.settle([], requisites=[settled(claim, "timeout")])
            assert run.claim_requisites(9) == []
        assert begin(ledger, "last").claim_requisites(9) == []


def test_a_style_sheet_enters_what_it_needs(tmp_path: Path) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        run.settle([page_with(run, 1, needs("https://cdn.example/a.css"))])
        [style] = run.claim_requisites(9)
        font = Needs(urls=("https://cdn.example/f.woff2", style.url), via=style.url, hops="LEE")
        run.settle([], requisites=[settled(style, needs=font)])
        [claim] = run.claim_requisites(9)
        assert (claim.url, claim.via, claim.hops) == ("https://cdn.example/f.woff2", style.url, "LEE")


def test_malformed_and_too_long_addresses_are_skipped(tmp_path: Path) -> None:
    long = f"https://cdn.example/{'x' * MAX_URL}"
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        run.settle([page_with(run, 1, needs(long, "http://[broken", "", PICTURES[0]))])
        assert urls(run.claim_requisites(9)) == {PICTURES[0]}


def test_what_another_machine_fetched_is_done(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.sqlite"
    with opened(theirs) as other, opened(tmp_path / "mine.sqlite") as mine:
        for ledger in (other, mine):
            run = begin(ledger, "one")
            run.settle([page_with(run, 1, needs(*PICTURES[: 3 if ledger is mine else 5]))])
        there = begin(other, "two")
        fetched = there.claim_requisites(2)
        there.settle([], requisites=[settled(claim) for claim in fetched])
        other.close()
        mine.adopt(theirs)
        assert urls(begin(mine, "three").claim_requisites(9)) == set(PICTURES) - urls(fetched)


@pytest.mark.parametrize(("url", "left"), [(PICTURES[0], 0), ("https://cdn.example/a.css", 1)])
def test_a_killed_runs_images_are_done_and_its_style_sheets_are_not(
    tmp_path: Path, url: str, left: int
) -> None:
    with opened(tmp_path / "a.sqlite") as ledger:
        run = begin(ledger, "one")
        run.settle([page_with(run, 1, needs(url))])
        run.claim_requisites(9)
        _leave(ledger, url)
        assert len(begin(ledger, "two").claim_requisites(9)) == left


def _leave(ledger: Ledger, url: str) -> None:
    digest = f"sha256:{'a' * 64}"
    pointer = RecordPointer(
        warc_file="w", warc_offset=0, warc_length=1, warc_record_id="<urn:uuid:x>", payload_digest=digest
    )
    ledger.enter_leftovers(
        "killed", [], [Original(digest=digest, uri=url, date=NOON, pointer=pointer)], NEVER
    )
