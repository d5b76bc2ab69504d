"""The lists of one run: which to fetch next, and what stands in those that were answered."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol, runtime_checkable

from crawler.discovery.scope import Scope
from crawler.discovery.source import Finding, Lookup, Refusal
from crawler.errors import InvalidUrlError
from crawler.items import Candidate
from crawler.ledger.desk import Desk
from crawler.ledger.entries import KnownList, Taken
from crawler.ledger.ledger import OpenLedger
from crawler.ledger.walk import ListAnswer
from crawler.urls import ascii_url, canonical_url

DRAW_AT_ONCE = 100  # findings drawn in one go, so that nobody waits long
LOOKUPS_AT_ONCE = 2
INDEX_SLACK = timedelta(days=2)  # an index may be behind the lists that it names
CHANGES_OVERLAP = timedelta(hours=1)  # a site's clock may be behind, and a post may appear late in its list


class UnreadableListError(Exception):
    """A list that our reading failed on; its argument is the address."""


@runtime_checkable
class TellsChanges(Protocol):
    """A source that can be asked for nothing but what changed."""

    def changed_since(self, lookup: Lookup, moment: datetime) -> Lookup:
        """The first page of what was published or modified since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A list to fetch."""

    lookup: Lookup
    name: str  # the address by which the walk knows it
    known: KnownList | None = None  # what it said last, where everything in that is in the ledger

    @property
    def is_for_changes(self) -> bool:
        """Whether only what changed since the last walk is asked for: what it does not tell, no list will."""
        return self.name != self.lookup.url


@dataclass(kw_only=True, slots=True)
class OpenList:
    """A list that is being read: what it was fetched for and what is still in it."""

    asking: Asking
    findings: Iterator[Finding]
    answer: ListAnswer | None  # what to remember of it; None: nothing
    failed: bool  # the next run is to ask again
    children: list[Lookup] = field(default_factory=list)
    news: int = 0  # pages in it that are to be fetched, or were found since the last complete walk
    goes_on: bool = False  # its further pages are still to be read, or read again

    def draw(self) -> tuple[list[Finding], bool]:
        """The next findings, and whether these were the last. Parses, so it belongs off the event loop."""
        drawn = list(islice(self.findings, DRAW_AT_ONCE))
        return drawn, len(drawn) < DRAW_AT_ONCE


class Lists:
    """Lists by rank of their source; the open ones are drawn from in the order of their answers."""

    def __init__(
        self, scope: Scope, desk: Desk, count: Callable[[str, int], None], refuse: Callable[[Refusal], None]
    ) -> None:
        self.scope = scope
        self._desk = desk
        self._count = count
        self._refuse = refuse
        # One and the same for all of a list: libxml2 ends the process when a document that is being parsed
        # goes from thread to thread.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="lists")
        self._open: deque[OpenList] = deque()
        self._asking: Asking | None = None
        self._in_flight = 0
        self._roots: set[str] = set()
        self._exhausted = False  # no list waits in the ledger

    @property
    def are_open(self) -> bool:
        """Whether an answered list holds something that was not drawn yet."""
        return bool(self._open)

    @property
    def owe_news(self) -> bool:
        """Whether a list that tells what is new was not read yet."""
        return bool(self._roots)

    @property
    def may_ask(self) -> bool:
        """Whether `next_asking` has a list at hand."""
        return self._asking is not None and self._in_flight < LOOKUPS_AT_ONCE

    @property
    def wait_in_ledger(self) -> bool:
        """Whether `fetch_ahead` may find a list."""
        return self._asking is None and not self._exhausted

    async def add(self, lookups: Sequence[Lookup], *, again: bool = True) -> None:
        """Enter lists to be fetched; the first pages of unnested ones are those that tell what is new.

        `again`: also those that an earlier run of this walk has read.
        """
        self._roots.update(each.url for each in lookups if each.page == 1 and each.depth == 0)
        self._exhausted = False
        for refused in await self._desk.ask(lambda ledger: ledger.walk.add(lookups, again=again)):
            self._roots.discard(refused.url)
            self._refuse(Refusal(reason="too-many-lists", detail=refused.url))

    async def fetch_ahead(self) -> None:
        """Have the next list at hand."""
        self._asking = await self._desk.ask(_next_asking)
        self._exhausted = self._asking is None

    def next_asking(self) -> Asking | None:
        """The list to fetch next; in flight until it is opened or failed."""
        if not self.may_ask:
            return None
        asking, self._asking = self._asking, None
        self._in_flight += 1
        return asking

    def open(
        self,
        asking: Asking,
        findings: Iterable[Finding] = (),
        answer: ListAnswer | None = None,
        *,
        failed: bool = False,
    ) -> None:
        """A list was answered, or given up; `failed`: a better moment may give it."""
        self._in_flight -= 1
        self._open.append(OpenList(asking=asking, findings=iter(findings), answer=answer, failed=failed))

    def nothing_in_flight(self) -> None:
        self._in_flight = 0

    async def draw(self) -> None:
        """Take in the next findings of the first open list. Raises UnreadableListError; it is over then."""
        drawn = self._open[0]
        try:
            findings, exhausted = await asyncio.get_running_loop().run_in_executor(self._reader, drawn.draw)
        except Exception as error:  # a fault of ours in reading hostile input costs one list
            drawn.answer = None
            await self._close(drawn)
            raise UnreadableListError(drawn.asking.lookup.url) from error
        await self._take_in(drawn, findings)
        if exhausted:
            await self._close(drawn)

    def close(self) -> None:
        """End the thread that reads."""
        self._reader.shutdown()

    async def _close(self, read: OpenList) -> None:
        self._open.remove(read)
        name = read.asking.name
        self._roots.discard(name)
        if read.failed:
            await self._desk.ask(lambda ledger: ledger.walk.failed(name))
        else:
            # One whose further pages are unread is asked plainly, or nobody would come to those again.
            answer = None if read.goes_on else read.answer
            await self._desk.ask(lambda ledger: ledger.walk.done(name, answer, read.children))

    async def _take_in(self, read: OpenList, findings: Sequence[Finding]) -> None:
        candidates, lookups = [], []
        for finding in findings:
            judged = self._judge(finding)
            match judged:
                case Refusal():
                    self._refuse(judged)
                case Lookup():
                    lookups.append(judged)
                case Candidate():
                    candidates.append(judged)
        if candidates:
            now = datetime.now(UTC)
            taken: Taken = await self._desk.ask(lambda ledger: ledger.take_in(candidates, now))
            read.news += taken.wanted + taken.young
            self._count("discovery/found", taken.found)
            self._count("discovery/new", taken.new)
        await self._follow(read, lookups)

    async def _follow(self, read: OpenList, lookups: Sequence[Lookup]) -> None:
        """Enter what a list leads to; the older pages of one that holds nothing new were read before.

        Not so in a list of changes, which an edit makes young, nor before a walk was complete: then what lies
        behind such a page waits in the ledger.
        """
        children = [each for each in lookups if each.page == 1]
        stale = await self._stale(children)
        further = [each for each in lookups if each.page > 1]
        completed = await self._desk.ask(lambda ledger: ledger.walk.completed)
        if (
            further
            and completed
            and not read.news
            and not isinstance(read.asking.lookup.source, TellsChanges)
        ):
            self._count("discovery/known_pages", len(further))
            further = []
        read.goes_on = read.goes_on or bool(further)
        read.children += children
        young = [each for each in children if each.url not in stale]
        if young:
            await self.add(young)
        if further:
            await self.add(further, again=bool(read.news))

    async def _stale(self, lookups: Sequence[Lookup]) -> set[str]:
        """Lists that were read to their end after the last moment at which they can have changed."""

        def is_stale(ledger: OpenLedger, lookup: Lookup) -> bool:
            known = ledger.walk.known(lookup.url) if lookup.newest else None
            if known is None or lookup.newest is None:
                return False
            return lookup.newest + INDEX_SLACK < max(
                known.fetched_at, ledger.walk.completed or known.fetched_at
            )

        def stale(ledger: OpenLedger) -> set[str]:
            return {each.url for each in lookups if is_stale(ledger, each)}

        found = await self._desk.ask(stale) if any(each.newest for each in lookups) else set()
        if found:
            self._count("discovery/known_lists", len(found))
        return found

    def _judge(self, finding: Finding) -> Finding:
        if not isinstance(finding, Candidate):
            return finding
        try:
            url = ascii_url(finding.url)
            canonical_url(url)
        except InvalidUrlError:
            return Refusal(reason="no-address", detail=finding.url[:200])
        if not self.scope.on_site(url):
            return Refusal(reason="off-site", detail=url)
        if self.scope.article_url is not None and not self.scope.is_article(url):
            return Refusal(reason="not-an-article-address", detail=url)
        return finding


def _next_asking(ledger: OpenLedger) -> Asking | None:
    lookup = ledger.walk.next()
    if lookup is None:
        return None
    completed = ledger.walk.completed
    if completed is not None and lookup.page == 1 and isinstance(lookup.source, TellsChanges):
        changes = lookup.source.changed_since(lookup, completed - CHANGES_OVERLAP)
        return Asking(lookup=changes, name=lookup.url)
    return Asking(lookup=lookup, name=lookup.url, known=ledger.walk.known(lookup.url))
