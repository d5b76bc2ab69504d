"""The frontier over a real ledger: what it hands out, how much of a list it draws, when it has no more."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from crawler.archive.originals import Original
from crawler.discovery.scope import Scope
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Source, Window
from crawler.errors import ArchiveError
from crawler.items import Candidate
from crawler.ledger.desk import Desk
from crawler.ledger.entries import Claim, Outcome, RequisitePlan
from crawler.ledger.frontier import AT_HAND, Frontier
from crawler.ledger.ledger import Ledger
from crawler.ledger.lists import DRAW_AT_ONCE, Asking, Lists, UnreadableListError
from crawler.ledger.requisite_queue import RequisiteQueue
from crawler.ledger.settler import Settler
from crawler.ledger.walk import ListAnswer
from tests.ledger.making import NOON, article, begin, look_into, opened, outcome, page, states

SCOPE = Scope(domain="paper.example")


@dataclass(frozen=True)
class Plan:
    """A source of the tests' own."""

    url: str = "https://paper.example/plan"
    kind: ClassVar[str] = "feed"

    def lookups(self, window: Window) -> Iterator[Lookup]:
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        raise NotImplementedError  # the tests say themselves what an answer holds


PLAN = Plan()


@dataclass
class Disk:
    """The place where records and articles are written."""

    told: list[str] = field(default_factory=list)

    def take_originals(self) -> list[Original]:
        return []

    async def secure(self, outcomes: Sequence[Outcome]) -> None:
        self.told.append(f"secured {len(outcomes)}")

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        self.told.append(f"settled {len(outcomes)}")


@dataclass
class Crawl:
    """A run as the engine drives it, with answers from a table and no network."""

    frontier: Frontier
    desk: Desk
    answers: dict[str, Callable[[], Iterator[Finding]]]
    counts: dict[str, int]
    refused: list[Refusal]
    failures: list[ArchiveError]
    disk: Disk
    remember: ListAnswer | None = None  # of lists
    asked: list[str] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)

    async def go(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        """Until the frontier says that there is no more; a hang fails by its number of turns."""
        for _ in range(5_000):
            while self.frontier.wants_stock():
                try:
                    await self.frontier.restock()
                except UnreadableListError:
                    continue
            asking = self.frontier.next_asking()
            if asking is not None:
                self._answer(asking)
                continue
            claim = self.frontier.next_claim()
            if claim is not None:
                await self._fetch(claim, fails)
            elif not self.frontier.has_more():
                return
        pytest.fail("the frontier says that there is more and hands out nothing")

    def _answer(self, asking: Asking) -> None:
        self.asked.append(asking.lookup.url)
        answer = self.answers.get(asking.lookup.url)
        self.frontier.lists.open(asking, answer() if answer else (), self.remember, failed=answer is None)
        self.frontier.news()

    async def _fetch(self, claim: Claim, fails: Callable[[int], bool]) -> None:
        number = int(claim.candidate.url.rsplit("/", 2)[1])
        self.fetched.append(number)
        if fails(number):
            self.frontier.finish(outcome(claim, "new", reason="timeout"))
            return
        self.frontier.reading(claim, claim.candidate.url)
        read = article(claim.candidate.url, f"text {number}")
        assert (await self.frontier.judge(read)).reason is None
        self.frontier.stored(read)
        self.frontier.finish(outcome(claim, "archived", article=self.frontier.stored_of(claim)))


def crawl_of(
    ledger: Ledger,
    answers: dict[str, Callable[[], Iterator[Finding]]],
    *,
    name: str = "run",
    limit: int | None = None,
    sources: Sequence[Source] = (PLAN,),
) -> Crawl:
    counts: dict[str, int] = {}
    refused: list[Refusal] = []
    failures: list[ArchiveError] = []

    def count(what: str, number: int) -> None:
        counts[what] = counts.get(what, 0) + number

    desk = Desk(begin(ledger, name, sources=sources), ledger.path, failures.append)
    disk = Disk()
    lists = Lists(SCOPE, desk, count, refused.append)
    settler = Settler(desk, disk, failures.append)
    plan = RequisitePlan(kind="none", per_page=1, max_bytes=1, seconds=0, hosts=1)
    frontier = Frontier(lists, RequisiteQueue(desk, settler, plan, count), desk, settler, limit=limit)
    return Crawl(frontier, desk, answers, counts, refused, failures, disk)


def run(
    path: Path,
    answers: dict[str, Callable[[], Iterator[Finding]]],
    *,
    name: str = "run",
    limit: int | None = None,
    fails: Callable[[int], bool] = lambda _: False,
    remember: ListAnswer | None = None,
) -> Crawl:
    """One whole run from the first list to its end."""

    async def whole(ledger: Ledger) -> Crawl:
        crawl = crawl_of(ledger, answers, name=name, limit=limit)
        crawl.remember = remember
        try:
            await crawl.frontier.lists.add(list(PLAN.lookups(Window())))
            crawl.frontier.news()
            await crawl.go(fails)
            await crawl.frontier.end(walked=True)
        finally:
            crawl.desk.close()
        return crawl

    with opened(path) as ledger:
        return asyncio.run(whole(ledger))


def listing(*findings: Finding | range) -> Callable[[], Iterator[Finding]]:
    """An answer that holds these, ranges standing for articles."""

    def read() -> Iterator[Finding]:
        for finding in findings:
            if isinstance(finding, range):
                yield from (page(number) for number in finding)
            else:
                yield finding

    return read


def older(number: int, **facts: int) -> Lookup:
    return Lookup(url=f"{PLAN.url}?page={number}", source=PLAN, page=facts.get("page", number))


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
def test_limit_counts_articles_and_the_next_run_goes_on(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "l.sqlite"
    answers = {PLAN.url: listing(range(200))}
    limited = run(path, answers, limit=limit, fails=lambda number: number % 2 == 0)
    stored = [number for number, state in states(path).items() if state == "archived"]
    assert len(stored) == min(limit, 100)
    rest = run(path, answers, name="rest")
    assert not set(rest.fetched) & set(stored)
    assert {*stored, *rest.fetched} == set(range(200))
    assert len(limited.fetched) + len(rest.fetched) >= 200


def test_a_limit_that_is_never_reached_ends_all_the_same(tmp_path: Path) -> None:
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


def test_a_list_that_our_reading_fails_on_costs_that_list(tmp_path: Path) -> None:
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


def test_redirects_to_pages_that_somebody_else_asks_for(tmp_path: Path) -> None:
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


def test_what_is_safe_on_disk_comes_before_what_the_ledger_says(tmp_path: Path) -> None:
    crawl = run(tmp_path / "l.sqlite", {PLAN.url: listing(range(3))})
    assert crawl.disk.told == ["secured 3", "settled 3"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DROP TABLE pages", "fails: no such table"),
        ("UPDATE pages SET found_at = 'yesterday'", "fails: Invalid isoformat string"),
    ],
)
def test_a_ledger_that_fails_ends_the_run_with_its_sentence(tmp_path: Path, damage: str, told: str) -> None:
    async def whole(ledger: Ledger) -> list[ArchiveError]:
        crawl = crawl_of(ledger, {PLAN.url: listing(range(3))}, name="damaged")
        try:
            await crawl.frontier.lists.add(list(PLAN.lookups(Window())))
            ledger._database.execute(damage)
            with pytest.raises(ArchiveError, match=told):
                await crawl.go()
        finally:
            crawl.desk.close()
        return crawl.failures

    run(tmp_path / "l.sqlite", {PLAN.url: listing(range(3))})
    with opened(tmp_path / "l.sqlite") as ledger:
        [failure] = asyncio.run(whole(ledger))
    assert str(failure).startswith(f"The ledger {tmp_path / 'l.sqlite'} {told}")
