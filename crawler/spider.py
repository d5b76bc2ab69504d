"""The one base spider: asks a site's sources for articles, fetches each, and yields it as a Page."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.arguments import RunArguments, parse_arguments
from crawler.discovery.source import Answer, Finding, Lookup, Refusal
from crawler.failures import failure_reason
from crawler.items import Candidate, Page, RecordPointer
from crawler.ledger.frontier import Frontier, OpenList
from crawler.secret_settings import hide_secrets
from crawler.setting_bounds import check_settings
from crawler.site import Site

logger = logging.getLogger(__name__)

# refusals of single entries, of which a list may hold thousands
OF_ENTRIES = frozenset({"not-an-article", "not-an-article-address", "off-site", "outside-window"})
FAILURES = range(400, 600)  # statuses; redirects are followed
LOOKUP_PRIORITY = 10  # lists feed the crawl, so their retries and redirects go first


class SiteSpider(Spider):
    """Crawls one Site. A subclass is a name and a `site`; nothing else unless the site truly differs."""

    site: Site

    def __init__(self, site: Site, run: RunArguments) -> None:
        super().__init__(name=self.name)
        self.site = site
        self.window = run.window
        self.frontier = Frontier(scope=site.scope, limit=run.limit)
        self._drawing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG003 - Scrapy's
        check_settings(crawler.settings)
        spider = cls(*cls.understood(kwargs))
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_scraped)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_dropped)
        crawler.signals.connect(spider.on_item_end, signal=signals.item_error)
        crawler.signals.connect(spider.on_scheduled, signal=signals.request_scheduled)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        crawler.signals.connect(spider.on_closed, signal=signals.spider_closed)
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
        for source in self.site.sources:
            for lookup in source.lookups(self.window):
                self._count(self.frontier.add(lookup))
        nothing: tuple[Request, ...] = ()  # requests come from the frontier, as the engine has room for them
        for request in nothing:
            yield request

    def has_more(self) -> bool:
        return self.frontier.has_more()

    def next_request(self) -> Request | None:
        """The next request of the frontier, or None where nothing is ready now."""
        self._draw()
        lookup = self.frontier.next_lookup()
        if lookup is not None:
            return self._lookup_request(lookup)
        candidate = self.frontier.next_candidate()
        if candidate is None:
            return None
        return Request(
            candidate.url,
            callback=self.parse_article,
            errback=self.on_failure,
            dont_filter=True,  # the frontier has seen to it
            meta={"candidate": candidate, "hop": {"via": candidate.via, "hops": "L"}},
        )

    def _lookup_request(self, lookup: Lookup) -> Request:
        hops = {"sitemap": "M", "listing": "L"}.get(lookup.source.kind, "S")
        return Request(
            lookup.url,
            callback=self.parse_list,
            errback=self.on_failure,
            priority=LOOKUP_PRIORITY,
            dont_filter=True,
            meta={
                "lookup": lookup,
                "hop": {"via": lookup.source.kind, "hops": hops},
                # what a list says when it fails tells a source more than its absence
                "handle_httpstatus_list": FAILURES,
            },
        )

    def parse_list(self, response: Response) -> Iterator[Any]:
        lookup: Lookup = response.meta["lookup"]
        self.frontier.lookup_done()
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        answer = Answer(url=response.url, status=response.status, body=response.body, headers=headers)
        if response.status < 300:  # noqa: PLR2004 - the rest is told by the source's refusal
            self.crawler.stats.inc_value("discovery/lists_read")
        else:
            self.crawler.stats.inc_value(f"failed/lists/http-{response.status}")
        findings = lookup.source.read(lookup, answer, self.window, self.frontier.scope)
        self.frontier.open_list(lookup, findings)
        self._draw()
        yield from ()

    def parse_article(self, response: Response) -> Iterator[Page]:
        record: dict[str, Any] | None = response.meta.get("record")
        content_type = response.headers.get("Content-Type")
        fetched_at = datetime.fromisoformat(record["date"]) if record else datetime.now(UTC)
        self.crawler.stats.inc_value("pages/fetched")
        yield Page(
            url=response.url,
            body=response.body,
            http_status=response.status,
            content_type=content_type.decode("latin-1") if content_type else None,
            fetched_at=fetched_at,
            record=_pointer(record),
            candidate=response.meta.get("candidate"),
        )

    def on_failure(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self._give_up(request, failure_reason(failure), failure.getErrorMessage())

    def on_scheduled(self, request: Request) -> None:
        """Only redirects and retries are scheduled by the engine; a redirect may have to end here."""
        candidate: Candidate | None = request.meta.get("candidate")
        if candidate is None or not request.meta.get("redirect_times"):
            return  # where lists may lie is for their sources to judge
        if not self.frontier.scope.on_site(request.url):
            reason = "off-site"
        elif request.url in request.meta["redirect_urls"]:
            reason = "redirect-loop"
        elif not request.meta.get("retry_times") and not self.frontier.redirected(candidate, request.url):
            reason = "duplicate-address"
        else:
            return
        self._give_up(request, reason, f"{candidate.url} leads there")
        raise IgnoreRequest(reason)

    def _give_up(self, request: Request, reason: str, why: str) -> None:
        lookup: Lookup | None = request.meta.get("lookup")
        if reason == "http-304":
            self.crawler.stats.inc_value("pages/unchanged")
        elif reason == "duplicate-address":
            self.crawler.stats.inc_value(f"dropped/{reason}")
        else:
            self.crawler.stats.inc_value(f"failed/{'lists' if lookup is not None else 'pages'}/{reason}")
        expected = reason.startswith("http-") or reason in {"robots", "off-site", "duplicate-address"}
        logger.log(
            logging.INFO if expected else logging.WARNING,
            "Not fetched (%s): %s: %s",
            reason,
            request.url,
            why,
        )
        if lookup is not None:
            self.frontier.lookup_done()
        self._release(request, stored=False)

    def on_item_end(self, response: Response | None, **facts: Any) -> None:
        request = getattr(response, "request", None)
        if request is not None:
            self._release(request, stored="exception" not in facts and "failure" not in facts)

    def on_idle(self) -> None:
        self.frontier.release_all()
        if self._drawing is not None or self.frontier.has_more():
            raise DontCloseSpider

    def on_closed(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()

    def _release(self, request: Request, *, stored: bool) -> None:
        candidate: Candidate | None = request.meta.get("candidate")
        if candidate is not None:
            self.frontier.release(candidate.url, stored=stored)

    def _draw(self) -> None:
        if self._drawing is None and self.frontier.list_to_draw() is not None:
            self._drawing = asyncio.ensure_future(self._draw_lists())

    async def _draw_lists(self) -> None:
        """Read lists ahead of need; parsing happens on a thread, so nobody waits for it."""
        try:
            while (open_list := self.frontier.list_to_draw()) is not None:
                findings, exhausted = await self._drawn(open_list)
                for refusal in self.frontier.drawn(open_list, findings, exhausted=exhausted):
                    self._count(refusal)
                self.crawler.stats.set_value("discovery/found", self.frontier.found)
        finally:
            self._drawing = None
            self._wake_engine()

    async def _drawn(self, open_list: OpenList) -> tuple[list[Finding], bool]:
        try:
            return await asyncio.to_thread(open_list.draw)
        except Exception:  # a fault of ours costs one list, and the run says so
            logger.exception("The list %s cannot be read.", open_list.lookup.url)
            self.crawler.stats.inc_value("spider_exceptions/count")
            return [], True

    def _wake_engine(self) -> None:
        slot = self.crawler.engine._slot  # noqa: SLF001 - the engine has no public way to be told of new work
        if slot is not None:
            slot.nextcall.schedule()

    def _count(self, refusal: Refusal | None) -> None:
        if refusal is None or refusal.reason == "status":  # a list without an answer is counted as failed
            return
        self.crawler.stats.inc_value(f"discovery/refused/{refusal.reason}")
        level = logging.DEBUG if refusal.reason in OF_ENTRIES else logging.INFO
        logger.log(level, "Not followed (%s): %s", refusal.reason, refusal.detail)


def _pointer(record: dict[str, Any] | None) -> RecordPointer | None:
    if record is None or "warc_file" not in record:
        return None
    return RecordPointer(**{name: record[name] for name in RecordPointer.__dataclass_fields__})
