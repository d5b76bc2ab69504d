"""The work of a SiteSpider: it hands the frontier's requests to Scrapy, and finishes them.

A module apart from the spider: every command loads all spiders, and only a crawl needs this.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery.source import Window
from crawler.errors import ArchiveError, Reason, http_reason
from crawler.items import Page
from crawler.ledger.entries import Claim, Requisite
from crawler.ledger.frontier import Frontier
from crawler.ledger.lists import Asking, UnreadableListError
from crawler.site import Site
from crawler.spider.failures import cause_of, failure_reason
from crawler.spider.lists import FAILED, NOT_MODIFIED, answer_of, is_unchanged, list_request, to_remember
from crawler.spider.pages import (
    is_same_payload,
    may_come,
    outcome_of_failure,
    outcome_of_item,
    page_of,
    page_request,
    unchanged,
)
from crawler.spider.parts import part_request, with_part
from crawler.spider.requisites import (
    fetched,
    is_style_with_needs,
    needs_of_page,
    needs_of_style,
    not_fetched,
    requisite_request,
)

logger = logging.getLogger(__name__)

# Failures that are no surprise; also every http-… reason.
_EXPECTED = frozenset({Reason.ROBOTS, Reason.OFF_SITE, Reason.DUPLICATE_ADDRESS})


class Crawl:
    """Yields the requests of a frontier as the engine has room, and reports to it how each ended."""

    def __init__(self, crawler: Crawler, site: Site, window: Window, frontier: Frontier) -> None:
        self._crawler = crawler
        self._site = site
        self._window = window
        self._frontier = frontier
        self._woken = asyncio.Event()  # something may have changed for `requests`
        self._starts: frozenset[str] = frozenset()  # the lists that the site's description names
        self._stocking: asyncio.Task[None] | None = None
        self._may_stock = True  # False: the run ends, or its ledger has failed
        crawler.signals.connect(self.on_item_end, signal=signals.item_scraped)
        crawler.signals.connect(self.on_item_end, signal=signals.item_dropped)
        crawler.signals.connect(self.on_item_end, signal=signals.item_error)
        crawler.signals.connect(self.on_scheduled, signal=signals.request_scheduled)
        crawler.signals.connect(self.on_scheduler_empty, signal=signals.scheduler_empty)

    async def requests(self) -> AsyncIterator[Request]:
        """Yield the frontier's requests one by one, as the engine has room, until nothing more can come."""
        lookups = [lookup for source in self._site.sources for lookup in source.lookups(self._window)]
        self._starts = frozenset(lookup.url for lookup in lookups)
        self._crawler.stats.set_value("discovery/starts", len(self._starts))
        await self._frontier.lists.add(lookups)
        self._frontier.news()
        while not self._is_over():
            self._stock()
            has_room = not self._crawler.engine.needs_backout()
            request = self._next_request() if has_room else None
            if request is not None:
                yield request
                continue
            self._woken.clear()
            await self._woken.wait()

    def on_scheduler_empty(self) -> None:
        """Go on with `requests`: the engine has room for a request."""
        engine = self._crawler.engine
        scraping = engine.scraper.slot
        if not engine.downloader.active and scraping is not None and scraping.is_idle():
            # Nothing is in flight. A request that was lost on its way must not be waited for.
            self._frontier.nothing_in_flight()
        self._woken.set()

    def _is_over(self) -> bool:
        """Return whether no request is in flight and the frontier has none, now or later."""
        frontier = self._frontier
        waits = self._stocking is not None or frontier.in_flight or frontier.is_held
        return not waits and not frontier.has_more()

    def _next_request(self) -> Request | None:
        """Return the next request of the frontier, or None where nothing is ready now."""
        asking = self._frontier.next_asking()
        if asking is not None:
            return list_request(asking, self.parse_list, self.on_failure)
        claim = self._frontier.next_claim()
        if claim is None:
            return self._next_requisite()
        return page_request(claim, self.parse_article, self.on_failure)

    def _next_requisite(self) -> Request | None:
        requisite = self._frontier.next_requisite()
        if requisite is None:
            return None
        plan = self._frontier.requisites.plan
        return requisite_request(requisite, plan, self.parse_requisite, self.on_failure)

    async def parse_requisite(self, response: Response) -> None:
        """Finish a requisite, which the archive has already; look for the requisites of a style sheet."""
        requisite: Requisite = response.meta["requisite"]
        plan = self._frontier.requisites.plan
        needs = None
        if is_style_with_needs(response, requisite, plan):
            needs = await asyncio.to_thread(needs_of_style, response, requisite, plan)
        self._frontier.requisites.finish(fetched(response, requisite, needs))

    def parse_list(self, response: Response) -> Iterator[Any]:
        """Give the entries of a list to the frontier."""
        asking: Asking = response.meta["asking"]
        stats = self._crawler.stats
        lists = self._frontier.lists
        if is_unchanged(asking, response):
            stats.inc_value("discovery/lists_unchanged")
            lists.open(asking, asking.known.children if asking.known else ())
        else:
            reason = http_reason(response.status)
            failed = response.status >= FAILED or response.status == NOT_MODIFIED
            if failed:
                self._count_failed_list(asking, reason, reason)
            else:
                stats.inc_value("discovery/lists_read")
            lookup = asking.lookup
            findings = lookup.source.read(lookup, answer_of(response), self._window, lists.scope)
            remember = to_remember(asking, response, datetime.now(UTC))
            lists.open(asking, findings, remember, failed=failed and _is_asked_again(asking, reason))
        self._frontier.news()
        self._stock()
        yield from ()

    async def parse_article(self, response: Response) -> AsyncIterator[Page | Request]:
        """Yield the page for the pipelines, unless it is a known article whose payload is the same.

        If the article goes on on another page, that one is fetched first.
        """
        claim: Claim = response.meta["claim"]
        self._crawler.stats.inc_value("pages/fetched")
        if is_same_payload(response, claim):
            self._crawler.stats.inc_value("pages/unchanged")
            self._frontier.finish(unchanged(claim, response))
            return
        self._frontier.reading(claim, response.url)
        page = page_of(response, claim)
        yield await part_request(response, page, self.parse_part, self.on_part_failure) or page

    async def parse_part(self, response: Response) -> AsyncIterator[Page | Request]:
        """Yield the request for the next page of an article, or the article's first page with all others."""
        page, is_part = with_part(response, response.meta["claim"])
        self._crawler.stats.inc_value("pages/further" if is_part else "failed/further_pages")
        following = None
        if is_part:
            following = await part_request(response, page, self.parse_part, self.on_part_failure)
        yield following or page

    def on_part_failure(self, failure: Failure) -> Iterator[Page]:
        """Yield an article without the page that could not be fetched and those behind it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = failure_reason(failure)
        self._crawler.stats.inc_value("failed/further_pages")
        logger.warning("A further page of an article was not fetched (%s): %s", reason, request.url)
        if reason == Reason.RUN_ENDED:
            self._frontier.abandon(request.meta["claim"])
        else:
            yield request.meta["page"]

    def on_failure(self, failure: Failure) -> None:
        """Finish the list, page or requisite whose request failed."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = failure_reason(failure)
        asking: Asking | None = request.meta.get("asking")
        if asking is not None:
            self._count_failed_list(asking, reason, cause_of(failure))
        self._give_up(request, reason, failure.getErrorMessage())

    def _count_failed_list(self, asking: Asking, reason: str, cause: str) -> None:
        """Count a list that failed. `cause` is more exact than `reason` if robots.txt failed."""
        self._crawler.stats.inc_value(f"failed/lists/{reason}")
        if asking.lookup.url in self._starts and asking.lookup.page == 1:
            self._crawler.stats.inc_value(f"failed/starts/{cause}")

    def on_scheduled(self, request: Request) -> None:
        """Stop a redirect that leads off the site, in a circle, or to a page that is known.

        Raises IgnoreRequest; Scrapy then drops the request.
        """
        if not request.meta.get("redirect_times"):
            return
        claim: Claim | None = request.meta.get("claim")
        if "requisite" in request.meta and (refusal := self._frontier.requisites.refusal(request.url)):
            self._give_up(request, refusal, f"{request.meta['requisite'].url} leads there")
            raise IgnoreRequest(refusal)
        if claim is None:
            return  # a source judges itself where its lists may lie
        if not self._site.scope.on_site(request.url):
            reason = Reason.OFF_SITE
        elif request.meta["redirect_urls"].count(request.url) > 1:  # once may be a server's moment
            reason = Reason.REDIRECT_LOOP
        elif not request.meta.get("retry_times") and not self._frontier.redirected(claim, request.url):
            reason = Reason.DUPLICATE_ADDRESS
        else:
            return
        landed = request.url if reason == Reason.DUPLICATE_ADDRESS else None
        self._give_up(request, reason, f"{claim.candidate.url} leads there", landed=landed)
        raise IgnoreRequest(reason)

    def _give_up(self, request: Request, reason: str, why: str, *, landed: str | None = None) -> None:
        requisite: Requisite | None = request.meta.get("requisite")
        if requisite is not None:
            self._give_up_requisite(requisite, reason, why)
            return
        asking: Asking | None = request.meta.get("asking")
        claim: Claim | None = request.meta.get("claim")
        if reason == Reason.DUPLICATE_ADDRESS:
            self._crawler.stats.inc_value(f"dropped/{reason}")
        elif asking is None:
            self._crawler.stats.inc_value(f"failed/pages/{reason}")
        level = logging.INFO if reason in _EXPECTED or reason.startswith("http-") else logging.WARNING
        logger.log(level, "Not fetched (%s): %s: %s", reason, request.url, why)
        if asking is not None:
            self._frontier.lists.open(asking, failed=_is_asked_again(asking, reason))
            self._frontier.news()
        elif claim is not None and reason == Reason.RUN_ENDED:
            self._frontier.abandon(claim)
        elif claim is not None:
            self._frontier.finish(outcome_of_failure(claim, reason, landed=landed))

    def _give_up_requisite(self, requisite: Requisite, reason: str, why: str) -> None:
        """Finish a requisite that failed. The run is a good one all the same; the ledger keeps the reason."""
        logger.debug("Not fetched (%s): %s: %s", reason, requisite.url, why)
        if reason == Reason.RUN_ENDED:
            self._frontier.requisites.abandon(requisite)
        else:
            self._frontier.requisites.finish(not_fetched(requisite, reason))

    def on_item_end(self, response: Response | None, **facts: Any) -> None:
        """Finish the page of an item that was stored or dropped, or that a pipeline failed on."""
        request = getattr(response, "request", None)
        claim: Claim | None = request.meta.get("claim") if request is not None else None
        if claim is None or response is None or request is None:
            return
        response = request.meta.get("first", response)  # the ledger knows an article by its first page
        ended_by = facts.get("exception") or facts.get("failure")
        if getattr(ended_by, "reason", None) == Reason.NOT_STORED:  # the run ends; the next one asks again
            self._frontier.abandon(claim)
            return
        frontier = self._frontier
        needs, stored = needs_of_page(response, frontier.needs_of(claim)), frontier.stored_of(claim)
        frontier.finish(outcome_of_item(claim, response, stored, ended_by, needs, window=self._window))

    async def stop_stocking(self) -> None:
        """Stop reading lists and claiming pages; return when nothing of that is under way."""
        self._may_stock = False
        if self._stocking is not None:
            self._stocking.cancel()
            await asyncio.wait({self._stocking})

    def _stock(self) -> None:
        if self._may_stock and self._stocking is None and self._frontier.wants_stock():
            self._stocking = asyncio.ensure_future(self._restock())

    async def _restock(self) -> None:
        """Claim pages and read lists ahead of need; lists are parsed on a thread, beside the event loop."""
        try:
            while self._frontier.wants_stock():
                try:
                    await self._frontier.restock()
                except UnreadableListError as unreadable:
                    logger.exception("The list %s cannot be read.", unreadable.args[0])
                    self._crawler.stats.inc_value("spider_exceptions/count")
        except ArchiveError:
            self._may_stock = False
            logger.debug("No more lists are read: the run ends.")  # the ledger has logged why
        finally:
            self._stocking = None
            self._woken.set()


def _is_asked_again(asking: Asking, reason: str) -> bool:
    """Return whether the next run asks again for a list that failed."""
    return asking.is_for_changes or may_come(reason)
