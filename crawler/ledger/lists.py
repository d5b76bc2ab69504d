"""The lists of one run: the next one to fetch, and the entries of those that were answered."""

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

DRAW_AT_ONCE = 100  # findings read from a list at a time, to keep each step short
LOOKUPS_AT_ONCE = 2  # lists in flight
INDEX_SLACK = timedelta(days=2)  # the date of a list in a sitemap index may be this much too early
CHANGES_OVERLAP = timedelta(hours=1)  # for a site whose clock is behind, and for posts that appear late


class UnreadableListError(Exception):
    """Reading a list failed by a bug. The argument is the list's address."""


@runtime_checkable
class ChangesSource(Protocol):
    """A source whose site can list only what changed since a moment."""

    def changed_since(self, lookup: Lookup, moment: datetime) -> Lookup:
        """Return the first page of what was published or modified since the moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A list to fetch."""

    lookup: Lookup
    name: str  # the address under which the walk has it
    known: KnownList | None = None  # its last response, if every entry of it is in the ledger

    @property
    def is_for_changes(self) -> bool:
        """Say whether only the changes since the last walk are requested."""
        return self.name != self.lookup.url


@dataclass(kw_only=True, slots=True)
class OpenList:
    """An answered list whose findings are being read."""

    asking: Asking
    findings: Iterator[Finding]
    answer: ListAnswer | None  # what to remember of the list; None: nothing
    failed: bool  # the next run fetches it again
    children: list[Lookup] = field(default_factory=list)
    news: int = 0  # pages in it to fetch, or found since the last complete walk
    goes_on: bool = False  # it has further pages to read

    def draw(self) -> tuple[list[Finding], bool]:
        """Read the next findings; say whether they were the last. Parses: call it off the event loop."""
        drawn = list(islice(self.findings, DRAW_AT_ONCE))
        return drawn, len(drawn) < DRAW_AT_ONCE


class Lists:
    """All lists of a run: fetched by the rank of their source, read in the order of their responses."""

    def __init__(
        self, scope: Scope, desk: Desk, count: Callable[[str, int], None], refuse: Callable[[Refusal], None]
    ) -> None:
        self.scope = scope
        self._desk = desk
        self._count = count
        self._refuse = refuse
        # One thread for all lists: libxml2 crashes when a document is parsed by more than one thread.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="lists")
        self._open: deque[OpenList] = deque()
        self._asking: Asking | None = None
        self._in_flight = 0
        self._roots: set[str] = set()
        self._exhausted = False  # the ledger has no further list

    @property
    def are_open(self) -> bool:
        """Whether an answered list has findings that were not read yet."""
        return bool(self._open)

    @property
    def in_flight(self) -> bool:
        """Whether a list was handed out that is not answered yet."""
        return self._in_flight > 0

    @property
    def owe_news(self) -> bool:
        """Whether a first page, which names the new articles, was not read yet."""
        return bool(self._roots)

    @property
    def may_ask(self) -> bool:
        """Whether `next_asking` has a list."""
        return self._asking is not None and self._in_flight < LOOKUPS_AT_ONCE

    @property
    def wait_in_ledger(self) -> bool:
        """Whether `fetch_ahead` may find a list."""
        return self._asking is None and not self._exhausted

    async def add(self, lookups: Sequence[Lookup], *, again: bool = True) -> None:
        """Enter lists to fetch. The first pages of lists at the roots are those that name the new articles.

        `again`: also lists that an earlier run of this walk has read.
        """
        self._roots.update(each.url for each in lookups if each.page == 1 and each.depth == 0)
        self._exhausted = False
        for refused in await self._desk.ask(lambda ledger: ledger.walk.add(lookups, again=again)):
            self._roots.discard(refused.url)
            self._refuse(Refusal(reason="too-many-lists", detail=refused.url))

    async def fetch_ahead(self) -> None:
        """Take the next list from the ledger."""
        self._asking = await self._desk.ask(_next_asking)
        self._exhausted = self._asking is None

    def next_asking(self) -> Asking | None:
        """Return the list to fetch next. It is in flight until `open`."""
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
        """Take the response of a list, or none where it was given up. `failed`: it may succeed later."""
        self._in_flight -= 1
        self._open.append(OpenList(asking=asking, findings=iter(findings), answer=answer, failed=failed))

    def nothing_in_flight(self) -> None:
        self._in_flight = 0

    async def draw(self) -> None:
        """Enter the next findings of the first open list. Raises UnreadableListError and closes the list."""
        drawn = self._open[0]
        try:
            findings, exhausted = await asyncio.get_running_loop().run_in_executor(self._reader, drawn.draw)
        except Exception as error:  # a bug in reading hostile input costs this list only
            drawn.answer = None
            await self._close(drawn)
            raise UnreadableListError(drawn.asking.lookup.url) from error
        await self._take_in(drawn, findings)
        if exhausted:
            await self._close(drawn)

    def close(self) -> None:
        """End the reading thread."""
        self._reader.shutdown()

    async def _close(self, read: OpenList) -> None:
        self._open.remove(read)
        name = read.asking.name
        self._roots.discard(name)
        if read.failed:
            await self._desk.ask(lambda ledger: ledger.walk.failed(name))
        else:
            # Remember nothing of a list with unread pages: a 304 would hide them from the next run.
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
        """Enter the lists that a list leads to.

        A page without news ends its list, as the older pages were read before. That does not hold for a list
        of changes, where an edit moves an old article forward, nor before a walk was complete; the older
        pages then wait in the ledger.
        """
        children = [each for each in lookups if each.page == 1]
        stale = await self._stale(children)
        further = [each for each in lookups if each.page > 1]
        completed = await self._desk.ask(lambda ledger: ledger.walk.completed)
        if (
            further
            and completed
            and not read.news
            and not isinstance(read.asking.lookup.source, ChangesSource)
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
        """Return the URLs of lists that were read to their end and cannot have changed since."""

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
    if completed is not None and lookup.page == 1 and isinstance(lookup.source, ChangesSource):
        changes = lookup.source.changed_since(lookup, completed - CHANGES_OVERLAP)
        return Asking(lookup=changes, name=lookup.url)
    return Asking(lookup=lookup, name=lookup.url, known=ledger.walk.known(lookup.url))
