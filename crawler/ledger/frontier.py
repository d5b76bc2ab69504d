"""The frontier of one run: which list to fetch next, which article, and what is not followed.

Lists are open iterators from which candidates are drawn as the crawl needs them, so a sitemap of fifty
thousand addresses costs no more memory than one of fifty. Pure: time, network and threads are its caller's.
"""

import hashlib
import heapq
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from crawler.discovery.scope import Scope
from crawler.discovery.source import Finding, Lookup, Refusal
from crawler.errors import InvalidUrlError
from crawler.items import Candidate
from crawler.urls import ascii_url, canonical_url

RANKS = {"detect": 0, "feed": 1, "sitemap": 2, "wordpress": 3, "listing": 4}
READY_WANTED = 200  # candidates drawn ahead of need
DRAW_AT_ONCE = 100  # findings drawn in one go, so that nobody waits long
LOOKUPS_AT_ONCE = 2
LOOKUPS_BOUND = 50_000  # lists of one run, against sites that invent them


@dataclass
class OpenList:
    """A list that is being read: what it was fetched for and what is still in it."""

    lookup: Lookup
    findings: Iterator[Finding]

    def draw(self) -> tuple[list[Finding], bool]:
        """The next findings, and whether these were the last. Parses, so it belongs off the event loop."""
        drawn = list(islice(self.findings, DRAW_AT_ONCE))
        return drawn, len(drawn) < DRAW_AT_ONCE


@dataclass
class Frontier:
    """Lookups by rank of their source, candidates in the order of their lists, each address once."""

    scope: Scope
    limit: int | None = None
    refused: Counter[str] = field(default_factory=Counter)
    found: int = 0
    stored: int = 0
    _lookups: list[tuple[int, int, Lookup]] = field(default_factory=list)
    _lists: deque[OpenList] = field(default_factory=deque)
    _ready: deque[Candidate] = field(default_factory=deque)
    _seen: set[bytes] = field(default_factory=set)
    _lookups_seen: set[bytes] = field(default_factory=set)
    _claimed: set[str] = field(default_factory=set)
    _lookups_in_flight: int = 0

    def add(self, finding: Finding) -> Refusal | None:
        """Take in what a list said; returns the refusal where it is not followed, already counted."""
        refusal = self._judge(finding)
        if refusal is not None:
            self.refused[refusal.reason] += 1
        return refusal

    def _judge(self, finding: Finding) -> Refusal | None:
        match finding:
            case Refusal():
                return finding
            case Lookup():
                return self._add_lookup(finding)
            case Candidate():
                return self._add_candidate(finding)

    def _add_lookup(self, lookup: Lookup) -> Refusal | None:
        if not _first(self._lookups_seen, lookup.url):
            return None  # several pages declare the same feed: nothing refused, nothing new
        if len(self._lookups_seen) > LOOKUPS_BOUND:
            return Refusal(reason="too-many-lists", detail=lookup.url)
        rank = RANKS[lookup.source.kind]
        heapq.heappush(self._lookups, (rank, len(self._lookups_seen), lookup))
        return None

    def _add_candidate(self, candidate: Candidate) -> Refusal | None:
        try:
            url = ascii_url(candidate.url)
            canonical = canonical_url(url)
        except InvalidUrlError:
            return Refusal(reason="no-address", detail=candidate.url[:200])
        if not self.scope.on_site(url):
            return Refusal(reason="off-site", detail=url)
        if self.scope.article_url is not None and not self.scope.is_article(url):
            return Refusal(reason="not-an-article-address", detail=url)
        if _first(self._seen, canonical):
            self.found += 1
            self._ready.append(candidate)
        return None

    def redirected(self, candidate: Candidate, url: str) -> bool:
        """Whether a redirect of a claimed candidate leads to a page that nobody else asks for."""
        try:
            target = canonical_url(url)
        except InvalidUrlError:
            return False
        return target == canonical_url(ascii_url(candidate.url)) or _first(self._seen, target)

    def open_list(self, lookup: Lookup, findings: Iterator[Finding]) -> None:
        self._lists.append(OpenList(lookup, findings))

    def list_to_draw(self) -> OpenList | None:
        """The list to draw from now, or None while enough candidates are ready."""
        if not self._lists or len(self._ready) >= READY_WANTED:
            return None
        return self._lists[0]

    def drawn(self, open_list: OpenList, findings: list[Finding], *, exhausted: bool) -> list[Refusal]:
        """Take in what was drawn; returns the refusals."""
        if exhausted:
            self._lists.remove(open_list)
        return [refusal for finding in findings if (refusal := self.add(finding)) is not None]

    def next_lookup(self) -> Lookup | None:
        """The list to fetch next, or None while the lists at hand suffice."""
        if not self._lookups or self._lists or self._lookups_in_flight >= LOOKUPS_AT_ONCE:
            return None
        if self.limit is not None and self.stored + len(self._claimed) + len(self._ready) >= self.limit:
            return None
        self._lookups_in_flight += 1
        return heapq.heappop(self._lookups)[2]

    def lookup_done(self) -> None:
        """A list was answered or given up."""
        self._lookups_in_flight = max(0, self._lookups_in_flight - 1)

    def next_candidate(self) -> Candidate | None:
        """The article to fetch next, claimed until `release`."""
        if not self._ready or self._full():
            return None
        candidate = self._ready.popleft()
        self._claimed.add(candidate.url)
        return candidate

    def release(self, url: str, *, stored: bool = False) -> None:
        """A claimed candidate came to its end: stored as an article, or not."""
        self._claimed.discard(url)
        self.stored += stored

    def release_all(self) -> None:
        """Nothing is in flight any more, whatever was not told."""
        self._claimed.clear()
        self._lookups_in_flight = 0

    def has_more(self) -> bool:
        """Whether something can be drawn or fetched now, without news from what is in flight."""
        if self._full():
            return False
        return bool(
            self._ready or self._lists or (self._lookups and self._lookups_in_flight < LOOKUPS_AT_ONCE)
        )

    def _full(self) -> bool:
        return self.limit is not None and self.stored + len(self._claimed) >= self.limit


def _first(seen: set[bytes], url: str) -> bool:
    """Whether an address comes for the first time; eight bytes of digest stand for it."""
    digest = hashlib.blake2b(url.encode(), digest_size=8).digest()
    if digest in seen:
        return False
    seen.add(digest)
    return True
