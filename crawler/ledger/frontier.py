"""The frontier of one run: which list to fetch next, which page, and when there is nothing more.

A few of both are at hand; everything else waits in the ledger. So a site of a million addresses costs no more
memory than one of a hundred. What pages need to be looked at (`requisites`) comes when no page is at hand.
"""

from collections import deque

from crawler.errors import InvalidUrlError
from crawler.items import Article
from crawler.ledger.desk import Desk
from crawler.ledger.entries import Claim, Outcome, Requisite, StoredArticle, Verdict
from crawler.ledger.lists import Asking, Lists
from crawler.ledger.progress import Progress
from crawler.ledger.requisite_queue import RequisiteQueue
from crawler.ledger.settler import Settler
from crawler.urls import ascii_url, canonical_url

AT_HAND = 64  # claimed pages
FEW = 32  # fewer make us fetch more


class Frontier:
    """Lists, pages and their requisites of one run, each address once."""

    def __init__(
        self,
        lists: Lists,
        requisites: RequisiteQueue,
        desk: Desk,
        settler: Settler,
        *,
        limit: int | None = None,
    ) -> None:
        self.lists = lists
        self.requisites = requisites
        self._desk = desk
        self._settler = settler
        self.limit = limit
        self._stored = 0
        self._ready: deque[Claim] = deque()
        self._claimed: dict[int, StoredArticle | None] = {}  # pages in flight, and what was stored of them
        self._targets: dict[str, Claim] = {}  # addresses that pages in flight have led to
        self._held = False  # the spool is full
        self._needs: dict[int, tuple[str, ...]] = {}  # requisites of pages in flight
        self._dry = False  # no page can be claimed before something happens

    def next_asking(self) -> Asking | None:
        """The list to fetch next, or None while there is enough to do."""
        return None if self._held or self._full() else self.lists.next_asking()

    def next_claim(self) -> Claim | None:
        """The page to fetch next; it is this run's until `finish`."""
        if not self._ready or self._held or self._full():
            return None
        claim = self._ready.popleft()
        self._claimed[claim.key] = None
        self.requisites.page_comes()
        return claim

    def next_requisite(self) -> Requisite | None:
        """What a page needs to be looked at, when there is no page to fetch now."""
        return None if self._held else self.requisites.next()

    def news(self) -> None:
        """A list was answered or given up, so there may be more to fetch."""
        self._dry = False

    def hold(self, held: bool) -> None:  # noqa: FBT001 - a switch
        """Fetch nothing while the spool has no room."""
        self._held = held

    @property
    def is_held(self) -> bool:
        return self._held

    def wants_stock(self) -> bool:
        """Whether `restock` has something to do."""
        return self._wants_pages() or self._wants_requisites()

    async def restock(self) -> None:
        """Fetch from the ledger, and read lists, until enough is at hand or nothing more is known."""
        while self.wants_stock():
            if self._wants_pages():
                await self._stock_pages()
            else:
                await self.requisites.restock(idle=self._is_idle())

    async def _stock_pages(self) -> None:
        if len(self._ready) < FEW and await self._claim():
            return
        if self.lists.are_open and len(self._ready) < FEW:
            await self.lists.draw()
            return
        self._dry = len(self._ready) < FEW
        if self._wants_list():
            await self.lists.fetch_ahead()

    def _wants_pages(self) -> bool:
        if self._full():
            return False
        return (len(self._ready) < FEW and not self._dry) or self._wants_list()

    def _wants_requisites(self) -> bool:
        """Pages come first; what the last of a limited run need is fetched all the same."""
        pages_at_hand = bool(self._ready) and not self._full()
        return not pages_at_hand and self.requisites.wants_stock(idle=self._is_idle())

    def _is_idle(self) -> bool:
        return not self._claimed and not self.requisites.in_flight

    def _wants_list(self) -> bool:
        """Lists that tell what is new are read at once, all others when there is nothing else to do."""
        if not self.lists.wait_in_ledger or self.lists.are_open:
            return False
        if len(self._ready) >= FEW and not self.lists.owe_news:
            return False
        at_hand = self._stored + len(self._claimed) + len(self._ready)
        return self.limit is None or at_hand < self.limit

    async def _claim(self) -> bool:
        fresh = self.lists.owe_news  # what is new comes before what earlier runs left over
        most = AT_HAND - len(self._ready)
        claims = await self._desk.ask(lambda ledger: ledger.claim(most, fresh_only=fresh))
        self._ready.extend(claims)
        return bool(claims)

    def redirected(self, claim: Claim, url: str) -> bool:
        """Whether a redirect of a claimed page leads to one that nobody else asks for."""
        try:
            target = canonical_url(url)
        except InvalidUrlError:
            return False
        if target == canonical_url(ascii_url(claim.candidate.url)):
            return True
        if self._targets.setdefault(target, claim) is not claim:
            return False
        return not self._desk.knows(target)

    def reading(self, claim: Claim, url: str) -> None:
        """A page was answered at this address and goes through the pipelines."""
        self._targets[url] = claim

    async def judge(self, article: Article) -> Verdict:
        """Whether an article is to be stored."""
        claim = self._targets[article.url]
        return await self._desk.ask(lambda ledger: ledger.judge(claim, article))

    def stored(self, article: Article) -> None:
        """An article was stored; its page's outcome follows."""
        self._claimed[self._targets[article.url].key] = StoredArticle(
            id=article.id,
            canonical_url=article.canonical_url,
            text_sha256=article.text_sha256,
            published=article.published,
        )
        self._stored += 1

    def needs(self, article: Article, urls: tuple[str, ...]) -> None:
        """What it takes to see the page of an article under way, should it be stored."""
        self._needs[self._targets[article.url].key] = urls

    def needs_of(self, claim: Claim) -> tuple[str, ...]:
        """The requisites of a page in flight."""
        return self._needs.get(claim.key, ())

    def stored_of(self, claim: Claim) -> StoredArticle | None:
        """What was stored of a page in flight."""
        return self._claimed.get(claim.key)

    def finish(self, outcome: Outcome) -> None:
        """A claimed page came to its end."""
        self.abandon(outcome.claim)
        self._settler.add(outcome)

    def abandon(self, claim: Claim) -> None:
        """A page is in flight no more; without an outcome the next run asks for it."""
        self._claimed.pop(claim.key, None)
        self._needs.pop(claim.key, None)
        for target in [target for target, by in self._targets.items() if by is claim]:
            del self._targets[target]

    def nothing_in_flight(self) -> None:
        """Whatever was not told: the engine is idle, so no page and no list is under way."""
        self._claimed.clear()
        self._targets.clear()
        self._needs.clear()
        self.lists.nothing_in_flight()
        self.requisites.nothing_in_flight()

    def has_more(self) -> bool:
        """Whether something can be drawn or fetched now, without news from what is in flight."""
        if self._held:
            return False
        if self.requisites.at_hand or self._wants_requisites():
            return True
        if self._full():
            return False
        return bool(self._ready or self.lists.are_open or self.lists.may_ask or self._wants_pages())

    def settle_soon(self) -> None:
        """Something waits for the ledger to have what was written until now."""
        self._settler.soon()

    async def end(self, *, walked: bool) -> Progress:
        """Settle what is left and give back what was not fetched; `walked`: the run came to its own end.

        Returns what is left for the next run.

        Raises ArchiveError.
        """
        await self._settler.flush()
        complete = walked and not self._ready and not self.lists.are_open
        return await self._desk.ask(lambda ledger: ledger.end(walked=complete))

    def _full(self) -> bool:
        return self.limit is not None and self._stored + len(self._claimed) >= self.limit
