"""How requisites are asked for and what their answers come to, between Scrapy and the ledger."""

from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.ledger.entries import Needs, Requisite, RequisiteOutcome, RequisitePlan
from crawler.spider.lists import header
from crawler.spider.outcomes import is_passing

PRIORITY = -10  # their retries and redirects come after those of lists and pages
MOST_HOPS = 4  # a page, its style sheet, what that imports, and the fonts of that
STYLE_BYTES = 512 * 1024  # of a style sheet that are read
_HOP = "E"  # Heritrix's letter for what is embedded
# Of our own making; a better moment, or another run's room, may give it.
_PASSING = frozenset({"too-many-hosts", "host-fails", "robots-unreachable", "ignored"})


def requisite_request(requisite: Requisite, plan: RequisitePlan, callback: Any, errback: Any) -> Request:
    """The request for a picture, a style sheet or a font: bounded, and tried twice at most."""
    return Request(
        requisite.url,
        callback=callback,
        errback=errback,
        priority=PRIORITY,
        dont_filter=True,  # the ledger has seen to it
        headers={"Accept": "*/*"},  # the form that most readers know, not what one browser would like best
        meta={
            "requisite": requisite,
            "hop": {"via": requisite.via, "hops": requisite.hops, "source": "requisite"},
            "download_maxsize": plan.max_bytes,
            "max_retry_times": 1,
        },
    )


def needs_of_page(response: Response, urls: tuple[str, ...]) -> Needs | None:
    """What a page needs, for the ledger."""
    if not urls:
        return None
    redirects = len(response.meta.get("redirect_urls", ()))
    hops = response.meta["hop"]["hops"] + "R" * redirects + _HOP
    return Needs(urls=urls, via=response.url, hops=hops)


def is_style_with_needs(response: Response, requisite: Requisite, plan: RequisitePlan) -> bool:
    """Whether `needs_of_style` is to be asked. Browsers, too, go by the type alone."""
    kind = (header(response, "Content-Type") or "").partition(";")[0].strip().lower()
    return plan.kind == "all" and kind == "text/css" and requisite.hops.count(_HOP) < MOST_HOPS


def needs_of_style(response: Response, requisite: Requisite, plan: RequisitePlan) -> Needs | None:
    """What a style sheet needs besides. Parses, so it belongs off the event loop."""
    from crawler.arabic.decoding import decode  # noqa: PLC0415 - loads the extraction
    from crawler.extraction.requisites import of_style  # noqa: PLC0415

    text = decode(response.body[:STYLE_BYTES], header(response, "Content-Type")).text
    urls = tuple(of_style(text, response.url, most=plan.per_page))
    return Needs(urls=urls, via=response.url, hops=requisite.hops + _HOP) if urls else None


def fetched(requisite: Requisite, needs: Needs | None) -> RequisiteOutcome:
    """Of one that was answered."""
    return RequisiteOutcome(requisite=requisite, state="fetched", fetched_at=datetime.now(UTC), needs=needs)


def not_fetched(requisite: Requisite, reason: str) -> RequisiteOutcome:
    """Of one that was not. What robots.txt forbids is given up, so that it is not asked about for ever."""
    passing = is_passing(reason) or reason in _PASSING
    return RequisiteOutcome(
        requisite=requisite,
        state="failed" if passing else "refused",
        reason=reason,
        fetched_at=datetime.now(UTC),
    )
