"""The frontier of one run: the next list, page or requisite to fetch, and when nothing is left.

A few pages and lists are in memory; all others wait in the ledger, so that a site of a million addresses
takes no more memory than one of a hundred. Requisites are fetched when no page is in memory.
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
from crawler.tables.versions import Facets
from crawler.urls import ascii_url, canonical_url

AT_HAND = 64  # claimed pages in memory at most
FEW = 32  # below this many, more are claimed


class Frontier:
    """The lists, pages and requisites of one run. Each address comes once."""

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
        self._claimed: dict[int, StoredArticle | None] = {}  # pages in flight, with their stored article
        self._targets: dict[
            str, Claim
        ] = {}  # by canonical address: the pages in flight that were redirected there
        self._held = False  # the spool is full
        self._needs: dict[int, tuple[str, ...]] = {}  # requisites of pages in flight
        self._current: dict[int, bool] = {}  # of pages in flight: their article becomes the current version
        self._dry = False  # no page can be claimed until a list brings news

    def next_asking(self) -> Asking | None:
        """Return the list to fetch next, None while none is to be fetched."""
        return None if self._held or self._full() else self.lists.next_asking()

    def next_claim(self) -> Claim | None:
        """Return the page to fetch next, None where there is none. It is in flight until `finish`."""
        if not self._ready or self._held or self._full():
            return None
        claim = self._ready.popleft()
        self._claimed[claim.key] = None
        self.requisites.page_comes()
        return claim

    def next_requisite(self) -> Requisite | None:
        """Return the requisite to fetch next, None where there is none. Call when no page is left."""
        return None if self._held else self.requisites.next()

    def news(self) -> None:
        """Note that a list was answered or given up, so that pages may be claimed again."""
        self._dry = False

    def hold(self, held: bool) -> None:  # noqa: FBT001 - a switch
        """Hold all fetching while the spool has no room, or release it."""
        self._held = held

    @property
    def is_held(self) -> bool:
        return self._held

    def wants_stock(self) -> bool:
        """Say whether `restock` has something to do."""
        return self._wants_pages() or self._wants_requisites()

    async def restock(self) -> None:
        """Claim from the ledger and read open lists until enough is in memory or no more is known."""
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
        """Say whether to claim requisites. Pages come first, except when the run's limit is reached."""
        pages_at_hand = bool(self._ready) and not self._full()
        return not pages_at_hand and self.requisites.wants_stock(idle=self._is_idle())

    @property
    def in_flight(self) -> bool:
        """Whether a list, page or requisite was handed out that is not finished yet."""
        return self.lists.in_flight or not self._is_idle()

    def _is_idle(self) -> bool:
        return not self._claimed and not self.requisites.in_flight

    def _wants_list(self) -> bool:
        """Say whether a list is to be fetched: one with news at once, any other when no page is left."""
        if not self.lists.wait_in_ledger or self.lists.are_open:
            return False
        if len(self._ready) >= FEW and not self.lists.owe_news:
            return False
        at_hand = self._stored + len(self._claimed) + len(self._ready)
        return self.limit is None or at_hand < self.limit

    async def _claim(self) -> bool:
        fresh = self.lists.owe_news  # new pages come before those that earlier runs left
        most = AT_HAND - len(self._ready)
        claims = await self._desk.ask(lambda ledger: ledger.claim(most, fresh_only=fresh))
        self._ready.extend(claims)
        return bool(claims)

    def redirected(self, claim: Claim, url: str) -> bool:
        """Say whether to follow a redirect: its target is no other page in flight or in the ledger."""
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
        """Note the address of a response whose page now goes through the pipelines."""
        self._targets[url] = claim

    async def judge(self, article: Article) -> Verdict:
        """Decide whether to store an article."""
        claim = self._targets[article.url]
        verdict = await self._desk.ask(lambda ledger: ledger.judge(claim, article))
        self._current[claim.key] = verdict.current
        return verdict

    def was_asked_before(self, article: Article) -> bool:
        """Say whether an earlier run asked for the article's page and got no article."""
        return self._targets[article.url].asked_before

    def stored(self, article: Article) -> None:
        """Note that an article was stored; the outcome of its page follows."""
        claim = self._targets[article.url]
        current = self._current.pop(claim.key, True)
        self._claimed[claim.key] = StoredArticle(
            id=article.id,
            canonical_url=article.canonical_url,
            text_sha256=article.text_sha256,
            published=article.published,
            version=article.version_id or "",
            before=article.previous_version_id or article.previous_id or "",
            facets=Facets.of(article).pack(),
            current=current,
        )
        self._stored += 1

    def needs(self, article: Article, urls: tuple[str, ...]) -> None:
        """Note the requisites of the page of an article, in case the article is stored."""
        self._needs[self._targets[article.url].key] = urls

    def needs_of(self, claim: Claim) -> tuple[str, ...]:
        """Return the requisites of a page in flight."""
        return self._needs.get(claim.key, ())

    def stored_of(self, claim: Claim) -> StoredArticle | None:
        """Return the stored article of a page in flight, None where there is none."""
        return self._claimed.get(claim.key)

    def finish(self, outcome: Outcome) -> None:
        """Take the outcome of a claimed page; the settler enters it."""
        self.abandon(outcome.claim)
        self._settler.add(outcome)

    def abandon(self, claim: Claim) -> None:
        """End the flight of a page. Without an outcome, the next run claims it again."""
        self._claimed.pop(claim.key, None)
        self._needs.pop(claim.key, None)
        self._current.pop(claim.key, None)
        for target in [target for target, by in self._targets.items() if by is claim]:
            del self._targets[target]

    def nothing_in_flight(self) -> None:
        """Forget everything in flight. Call when the engine is idle: lost outcomes would block the run."""
        self._claimed.clear()
        self._targets.clear()
        self._needs.clear()
        self._current.clear()
        self.lists.nothing_in_flight()
        self.requisites.nothing_in_flight()

    def has_more(self) -> bool:
        """Say whether something can be fetched or claimed before a request in flight ends."""
        if self._held:
            return False
        if self.requisites.at_hand or self._wants_requisites():
            return True
        if self._full():
            return False
        return bool(self._ready or self.lists.are_open or self.lists.may_ask or self._wants_pages())

    def settle_soon(self) -> None:
        """Settle soon: a file is written that the ledger does not know yet."""
        self._settler.soon()

    async def end(self, *, walked: bool) -> Progress:
        """Settle all outcomes, release what was not fetched, and return what is left for the next run.

        `walked`: the run ended by itself. Raises ArchiveError.
        """
        await self._settler.flush()
        complete = walked and not self._ready and not self.lists.are_open
        return await self._desk.ask(lambda ledger: ledger.end(walked=complete))

    def _full(self) -> bool:
        return self.limit is not None and self._stored + len(self._claimed) >= self.limit
