"""A crawl without a network: a frontier, its ledger, and lists of generated pages."""

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
from crawler.ledger.desk import Desk
from crawler.ledger.entries import Claim, Outcome, RequisitePlan
from crawler.ledger.frontier import Frontier
from crawler.ledger.ledger import Ledger
from crawler.ledger.lists import Asking, Lists, UnreadableListError
from crawler.ledger.requisite_queue import RequisiteQueue
from crawler.ledger.settler import Settler
from crawler.ledger.walk import ListAnswer
from tests.ledger.making import article, begin, opened, outcome, page

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

    events: list[str] = field(default_factory=list)

    def take_originals(self) -> list[Original]:
        return []

    async def secure(self, outcomes: Sequence[Outcome]) -> None:
        self.events.append(f"secured {len(outcomes)}")

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        self.events.append(f"settled {len(outcomes)}")


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
