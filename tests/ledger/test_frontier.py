"""The frontier over a real ledger: its order, how much of a list it reads, and when it ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.discovery.source import Finding, Lookup, Refusal, Window
from crawler.errors import ArchiveError
from crawler.items import Candidate
from crawler.ledger.entries import Claim
from crawler.ledger.frontier import AT_HAND
from crawler.ledger.ledger import Ledger
from crawler.ledger.lists import DRAW_AT_ONCE
from tests.ledger.crawling import PLAN, crawl_of, listing, older, run
from tests.ledger.making import NOON, begin, look_into, opened, page, states


@pytest.mark.parametrize("count", [0, 1, AT_HAND - 1, AT_HAND, AT_HAND + 1, 3 * DRAW_AT_ONCE + 7])
def test_every_page_comes_once_and_then_no_more(tmp_path: Path, count: int) -> None:
    path = tmp_path / "l.sqlite"
    first = run(path, {PLAN.url: listing(range(count), range(count))})
    assert first.fetched == list(range(count))
    assert first.counts == ({"discovery/found": count, "discovery/new": count} if count else {})
    assert run(path, {PLAN.url: listing(range(count + 2))}, name="again").fetched == [count, count + 1]


def test_an_endless_list_is_drawn_only_as_needed(tmp_path: Path) -> None:
    drawn = 0

    def endless() -> Iterator[Finding]:
        nonlocal drawn
        while True:
            drawn += 1
            yield page(drawn)

    crawl = run(tmp_path / "l.sqlite", {PLAN.url: endless}, limit=150)
    assert len(crawl.fetched) == 150
    assert drawn <= 150 + AT_HAND + 2 * DRAW_AT_ONCE


@pytest.mark.parametrize("limit", [1, 5, AT_HAND, 130])
def test_limit_counts_articles_and_the_next_run_continues(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "l.sqlite"
    answers = {PLAN.url: listing(range(200))}
    limited = run(path, answers, limit=limit, fails=lambda number: number % 2 == 0)
    stored = [number for number, state in states(path).items() if state == "archived"]
    assert len(stored) == min(limit, 100)
    rest = run(path, answers, name="rest")
    assert not set(rest.fetched) & set(stored)
    assert {*stored, *rest.fetched} == set(range(200))
    assert len(limited.fetched) + len(rest.fetched) >= 200


def test_a_run_with_a_limit_that_is_never_reached_ends(tmp_path: Path) -> None:
    crawl = run(tmp_path / "l.sqlite", {PLAN.url: listing(range(80))}, limit=50, fails=lambda _: True)
    assert sorted(crawl.fetched) == list(range(80))


def test_further_lists_are_fetched_while_the_limit_leaves_room(tmp_path: Path) -> None:
    answers = {
        PLAN.url: listing(range(3), older(2)),
        older(2).url: listing(range(3, 6), older(3)),
        older(3).url: listing(range(6, 9)),
    }
    crawl = run(tmp_path / "l.sqlite", answers, limit=4)
    assert crawl.asked == [PLAN.url, older(2).url]
    rest = run(tmp_path / "l.sqlite", answers, name="rest")
    assert rest.asked[0] == PLAN.url
    assert sorted(crawl.fetched + rest.fetched) == list(range(9))


def test_older_pages_are_left_out_where_a_page_holds_nothing_new(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    answers = {
        PLAN.url: listing(range(3), older(2)),
        older(2).url: listing(range(3, 6), older(3)),
        older(3).url: listing(range(6, 9)),
    }
    assert run(path, answers).asked == [PLAN.url, older(2).url, older(3).url]
    again = run(path, answers, name="again")
    assert again.asked == [PLAN.url]
    assert again.counts["discovery/known_pages"] == 1
    answers[PLAN.url] = listing(range(20, 21), older(2))
    assert run(path, answers, name="news").asked == [PLAN.url, older(2).url]


def test_a_list_that_fails_keeps_the_walk_open(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    first = run(path, {PLAN.url: listing(range(2), older(2))})  # page 2 fails
    assert first.fetched == [0, 1]
    assert look_into(path, "SELECT count(*) FROM walks") == [(0,)]
    answers = {PLAN.url: listing(range(2), older(2)), older(2).url: listing(range(2, 4))}
    assert run(path, answers, name="again").fetched == [2, 3]
    assert look_into(path, "SELECT count(*) FROM walks") == [(1,)]


def test_a_bug_in_reading_a_list_costs_that_list_only(tmp_path: Path) -> None:
    def broken() -> Iterator[Finding]:
        yield page(1)
        raise RuntimeError("a fault of ours")

    path = tmp_path / "l.sqlite"
    child = Lookup(url="https://paper.example/other", source=PLAN, depth=1)
    answers = {PLAN.url: listing(child, range(5, 6)), child.url: broken}
    assert run(path, answers).fetched == [5]
    assert look_into(path, "SELECT count(*) FROM lists") == [(0,)]


def test_what_cannot_be_an_article_here_is_refused(tmp_path: Path) -> None:
    found: list[Finding] = [
        Candidate(url="https://elsewhere.example/1/", via="feed"),
        Candidate(url="mailto:desk@paper.example", via="feed"),
        Refusal(reason="no-link", detail="x"),
        page(1),
    ]
    crawl = run(tmp_path / "l.sqlite", {PLAN.url: listing(*found)})
    assert [refusal.reason for refusal in crawl.refused] == ["off-site", "no-address", "no-link"]
    assert crawl.fetched == [1]


def test_redirects_to_pages_that_another_claim_fetches(tmp_path: Path) -> None:
    async def whole(ledger: Ledger) -> list[bool]:
        crawl = crawl_of(ledger, {})
        try:
            one, two = begin_pages(ledger, 2)
            crawl.frontier._claimed = {one.key: None, two.key: None}
            to = crawl.frontier.redirected
            return [
                to(one, "https://www.paper.example/0/?utm_source=feed"),  # itself, spelled otherwise
                to(one, "https://paper.example/elsewhere/"),
                to(one, "https://paper.example/elsewhere/"),  # still the same page's
                to(two, "https://paper.example/elsewhere/"),
                to(two, "https://paper.example/0/"),  # the ledger has it
                to(two, "javascript:void(0)"),
            ]
        finally:
            crawl.desk.close()

    def begin_pages(ledger: Ledger, count: int) -> list[Claim]:
        opened_run = begin(ledger, "pages")
        opened_run.take_in([page(number) for number in range(count)], NOON)
        return opened_run.claim(count)

    with opened(tmp_path / "l.sqlite") as ledger:
        assert asyncio.run(whole(ledger)) == [True, True, True, False, False, False]


def test_files_are_on_disk_before_the_ledger_is_settled(tmp_path: Path) -> None:
    crawl = run(tmp_path / "l.sqlite", {PLAN.url: listing(range(3))})
    assert crawl.disk.events == ["secured 3", "settled 3"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("DROP TABLE pages", "fails: no such table"),
        ("UPDATE pages SET found_at = 'yesterday'", "fails: Invalid isoformat string"),
    ],
)
def test_a_ledger_that_fails_ends_the_run_with_one_sentence(
    tmp_path: Path, damage: str, message: str
) -> None:
    async def whole(ledger: Ledger) -> list[ArchiveError]:
        crawl = crawl_of(ledger, {PLAN.url: listing(range(3))}, name="damaged")
        try:
            await crawl.frontier.lists.add(list(PLAN.lookups(Window())))
            ledger._database.execute(damage)
            with pytest.raises(ArchiveError, match=message):
                await crawl.go()
        finally:
            crawl.desk.close()
        return crawl.failures

    run(tmp_path / "l.sqlite", {PLAN.url: listing(range(3))})
    with opened(tmp_path / "l.sqlite") as ledger:
        [failure] = asyncio.run(whole(ledger))
    assert str(failure).startswith(f"The ledger {tmp_path / 'l.sqlite'} {message}")
