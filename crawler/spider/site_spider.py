"""The one base spider: asks a site's sources for articles, fetches each, and yields it as a Page."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.discovery.source import Refusal
from crawler.errors import ArchiveError
from crawler.items import Page, RecordPointer
from crawler.options.archive import hide_secrets
from crawler.options.arguments import RunArguments, parse_arguments
from crawler.options.checks import check_numbers
from crawler.site import Site
from crawler.spider.lists import NOT_MODIFIED, answer_of, is_unchanged, list_request, to_remember
from crawler.spider.outcomes import is_passing, outcome_of_failure, outcome_of_item, unchanged
from crawler.spider.requisites import (
    fetched,
    is_style_with_needs,
    needs_of_page,
    needs_of_style,
    not_fetched,
    requisite_request,
)

if TYPE_CHECKING:  # every command loads this module; only a crawl needs a ledger
    from crawler.ledger.entries import Claim, Requisite
    from crawler.ledger.frontier import Frontier
    from crawler.ledger.lists import Asking

logger = logging.getLogger(__name__)

# refusals of single entries, of which a list may hold thousands
OF_ENTRIES = frozenset({"not-an-article", "not-an-article-address", "off-site", "outside-window"})
FAILED = 400  # statuses from here on


class SiteSpider(Spider):
    """Crawls one Site. A subclass is a name and a `site`; nothing else unless the site truly differs."""

    site: Site
    frontier: "Frontier"  # the run's, which is there before the first request

    def __init__(self, site: Site, run: RunArguments) -> None:
        super().__init__(name=self.name)
        self.site = site
        self.window = run.window
        self.limit = run.limit
        self._stocking: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG003 - Scrapy's
        from crawler.options.options import requisites_of  # noqa: PLC0415 - only a crawl needs it

        check_numbers(crawler.settings)
        requisites_of(crawler.settings)
        spider = cls(*cls.understood(kwargs))
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_scraped)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_dropped)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_error)
        crawler.signals.connect(spider.on_scheduled, signal=signals.request_scheduled)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        return spider

    @classmethod
    def understood(cls, arguments: Mapping[str, str | None]) -> tuple[Site, RunArguments]:
        """The site and the run that a user's arguments speak of. Raises UsageError."""
        return cls.site, parse_arguments(arguments, zone=cls.site.zone)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if settings["CONTACT_URL"] and settings["CONTACT_URL"] not in settings["USER_AGENT"]:
            settings.set(
                "USER_AGENT", f"{settings['USER_AGENT']} (+{settings['CONTACT_URL']})", priority="cmdline"
            )
        hide_secrets(settings)

    async def start(self) -> AsyncIterator[Any]:
        lookups = [lookup for source in self.site.sources for lookup in source.lookups(self.window)]
        await self.frontier.lists.add(lookups)
        self.frontier.news()
        nothing: tuple[Request, ...] = ()  # requests come from the frontier, as the engine has room for them
        for request in nothing:
            yield request

    def has_more(self) -> bool:
        return self.frontier.has_more()

    def next_request(self) -> Request | None:
        """The next request of the frontier, or None where nothing is ready now."""
        self._stock()
        asking = self.frontier.next_asking()
        if asking is not None:
            return list_request(asking, self.parse_list, self.on_failure)
        claim = self.frontier.next_claim()
        if claim is None:
            return self._next_requisite()
        candidate = claim.candidate
        return Request(
            candidate.url,
            callback=self.parse_article,
            errback=self.on_failure,
            dont_filter=True,  # the ledger has seen to it
            meta={"claim": claim, "hop": {"via": candidate.via, "hops": "L", "source": "article"}},
        )

    def _next_requisite(self) -> Request | None:
        requisite = self.frontier.next_requisite()
        if requisite is None:
            return None
        plan = self.frontier.requisites.plan
        return requisite_request(requisite, plan, self.parse_requisite, self.on_failure)

    async def parse_requisite(self, response: Response) -> None:
        """It is in the archive; only a style sheet needs more."""
        requisite: Requisite = response.meta["requisite"]
        plan = self.frontier.requisites.plan
        needs = None
        if is_style_with_needs(response, requisite, plan):
            needs = await asyncio.to_thread(needs_of_style, response, requisite, plan)
        self.frontier.requisites.finish(fetched(requisite, needs))

    def parse_list(self, response: Response) -> Iterator[Any]:
        asking: Asking = response.meta["asking"]
        stats = self.crawler.stats
        lists = self.frontier.lists
        if is_unchanged(asking, response):
            stats.inc_value("discovery/lists_unchanged")
            lists.open(asking, asking.known.children if asking.known else ())
        else:
            reason = f"http-{response.status}"
            failed = response.status >= FAILED or response.status == NOT_MODIFIED
            stats.inc_value(f"failed/lists/{reason}" if failed else "discovery/lists_read")
            lookup = asking.lookup
            findings = lookup.source.read(lookup, answer_of(response), self.window, lists.scope)
            remember = to_remember(asking, response, datetime.now(UTC))
            lists.open(asking, findings, remember, failed=failed and may_come(asking, reason))
        self.frontier.news()
        self._stock()
        yield from ()

    def parse_article(self, response: Response) -> Iterator[Page]:
        claim: Claim = response.meta["claim"]
        record: dict[str, Any] | None = response.meta.get("record")
        self.crawler.stats.inc_value("pages/fetched")
        if claim.again and record and claim.payload_digest == record.get("payload_digest", ""):
            self.crawler.stats.inc_value("pages/unchanged")
            self.frontier.finish(unchanged(claim, response))
            return
        self.frontier.reading(claim, response.url)
        content_type = response.headers.get("Content-Type")
        yield Page(
            url=response.url,
            body=response.body,
            http_status=response.status,
            content_type=content_type.decode("latin-1") if content_type else None,
            fetched_at=datetime.fromisoformat(record["date"]) if record else datetime.now(UTC),
            record=_pointer(record),
            candidate=claim.candidate,
        )

    def on_failure(self, failure: Failure) -> None:
        from crawler.spider.failures import failure_reason  # noqa: PLC0415 - only a crawl needs it

        request: Request = failure.request  # type: ignore[attr-defined]
        self._give_up(request, failure_reason(failure), failure.getErrorMessage())

    def on_scheduled(self, request: Request) -> None:
        """Only redirects and retries are scheduled by the engine; a redirect may have to end here."""
        claim: Claim | None = request.meta.get("claim")
        if "requisite" in request.meta and (refusal := self.frontier.requisites.refusal(request.url)):
            self._give_up(request, refusal, f"{request.meta['requisite'].url} leads there")
            raise IgnoreRequest(refusal)
        if claim is None or not request.meta.get("redirect_times"):
            return  # where lists may lie is for their sources to judge
        if not self.site.scope.on_site(request.url):
            reason = "off-site"
        elif request.url in request.meta["redirect_urls"]:
            reason = "redirect-loop"
        elif not request.meta.get("retry_times") and not self.frontier.redirected(claim, request.url):
            reason = "duplicate-address"
        else:
            return
        self._give_up(request, reason, f"{claim.candidate.url} leads there")
        raise IgnoreRequest(reason)

    def _give_up(self, request: Request, reason: str, why: str) -> None:
        requisite: Requisite | None = request.meta.get("requisite")
        if requisite is not None:
            self._give_up_requisite(requisite, reason, why)
            return
        asking: Asking | None = request.meta.get("asking")
        claim: Claim | None = request.meta.get("claim")
        if reason == "duplicate-address":
            self.crawler.stats.inc_value(f"dropped/{reason}")
        else:
            self.crawler.stats.inc_value(f"failed/{'lists' if asking is not None else 'pages'}/{reason}")
        expected = reason.startswith("http-") or reason in {"robots", "off-site", "duplicate-address"}
        logger.log(
            logging.INFO if expected else logging.WARNING,
            "Not fetched (%s): %s: %s",
            reason,
            request.url,
            why,
        )
        if asking is not None:
            self.frontier.lists.open(asking, failed=may_come(asking, reason))
            self.frontier.news()
        elif claim is not None and reason == "run-ended":
            self.frontier.abandon(claim)
        elif claim is not None:
            self.frontier.finish(outcome_of_failure(claim, reason))

    def _give_up_requisite(self, requisite: "Requisite", reason: str, why: str) -> None:
        """A picture that is missing is no failure of the run; the archive tells of each."""
        logger.debug("Not fetched (%s): %s: %s", reason, requisite.url, why)
        if reason == "run-ended":
            self.frontier.requisites.abandon(requisite)
        else:
            self.frontier.requisites.finish(not_fetched(requisite, reason))

    def on_item_end(self, response: Response | None, **facts: Any) -> None:
        request = getattr(response, "request", None)
        claim: Claim | None = request.meta.get("claim") if request is not None else None
        if claim is None or response is None:
            return
        ended_by = facts.get("exception") or facts.get("failure")
        if getattr(ended_by, "reason", None) == "not-stored":  # the run ends; the next one asks for it
            self.frontier.abandon(claim)
            return
        frontier = self.frontier
        needs = needs_of_page(response, frontier.needs_of(claim))
        frontier.finish(outcome_of_item(claim, response, frontier.stored_of(claim), ended_by, needs))

    def on_idle(self) -> None:
        self.frontier.nothing_in_flight()
        if self._stocking is not None or self.frontier.is_held or self.frontier.has_more():
            self._stock()
            raise DontCloseSpider

    async def stop_stocking(self) -> None:
        """Draw no more lists; returns when none is being drawn."""
        if self._stocking is not None:
            self._stocking.cancel()
            await asyncio.wait({self._stocking})

    def _stock(self) -> None:
        if self._stocking is None and self.frontier.wants_stock():
            self._stocking = asyncio.ensure_future(self._restock())

    async def _restock(self) -> None:
        """Have pages and lists at hand ahead of need; parsing happens on a thread, so nobody waits for it."""
        from crawler.ledger.lists import UnreadableListError  # noqa: PLC0415 - only a crawl needs it

        try:
            while self.frontier.wants_stock():
                try:
                    await self.frontier.restock()
                except UnreadableListError as unreadable:
                    logger.exception("The list %s cannot be read.", unreadable.args[0])
                    self.crawler.stats.inc_value("spider_exceptions/count")
        except ArchiveError:
            logger.debug("No more is drawn from the lists: the run ends.")  # whoever failed has said why
        finally:
            self._stocking = None
            self._wake_engine()

    def _wake_engine(self) -> None:
        slot = self.crawler.engine._slot  # noqa: SLF001 - the engine has no public way to be told of new work
        if slot is not None:
            slot.nextcall.schedule()

    def count_refusal(self, refusal: Refusal) -> None:
        """Something in a list that is not followed."""
        if refusal.reason == "status":  # a list without an answer is counted as failed
            return
        self.crawler.stats.inc_value(f"discovery/refused/{refusal.reason}")
        level = logging.DEBUG if refusal.reason in OF_ENTRIES else logging.INFO
        logger.log(level, "Not followed (%s): %s", refusal.reason, refusal.detail)


def may_come(asking: "Asking", reason: str) -> bool:
    """Whether the next run is to ask again for a list that failed."""
    return is_passing(reason) or asking.is_for_changes


def _pointer(record: dict[str, Any] | None) -> RecordPointer | None:
    if record is None or "warc_file" not in record:
        return None
    return RecordPointer(**{name: record[name] for name in RecordPointer.__dataclass_fields__})
