"""Requests for requisites (images, style sheets, fonts) and the outcomes of their responses."""

from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.arabic.decoding import decode
from crawler.errors import Reason
from crawler.extraction.requisites import of_style
from crawler.ledger.entries import Needs, Requisite, RequisiteOutcome, RequisitePlan
from crawler.spider.lists import header
from crawler.spider.pages import may_come

PRIORITY = -10  # retries and redirects of requisites come after those of lists and pages
MAX_HOPS = 4  # a page, its style sheet, a style sheet that this one imports, a font of that one
MAX_STYLE_BYTES = 512 * 1024  # of a style sheet that are read
_EMBED_HOP = "E"  # Heritrix's letter for an embedded resource
# Failures of this run's own bounds; another run has room again.
_OWN_BOUNDS = frozenset({Reason.TOO_MANY_HOSTS, Reason.HOST_FAILS, Reason.IGNORED})


def requisite_request(requisite: Requisite, plan: RequisitePlan, callback: Any, errback: Any) -> Request:
    """Build the request for a requisite: bounded in size, and sent twice at most."""
    return Request(
        requisite.url,
        callback=callback,
        errback=errback,
        priority=PRIORITY,
        dont_filter=True,  # the ledger gives each address once
        headers={"Accept": "*/*"},  # replayed to any browser, so not in the form that one of them likes best
        meta={
            "requisite": requisite,
            "hop": {"via": requisite.via, "hops": requisite.hops, "source": "requisite"},
            "download_maxsize": plan.max_bytes,
            "max_retry_times": 1,
        },
    )


def needs_of_page(response: Response, urls: tuple[str, ...]) -> Needs | None:
    """Return the requisites of a page for the ledger, or None where `urls` is empty."""
    if not urls:
        return None
    redirects = len(response.meta.get("redirect_urls", ()))
    hops = response.meta["hop"]["hops"] + "R" * redirects + _EMBED_HOP
    return Needs(urls=urls, via=response.url, hops=hops)


def is_style_with_needs(response: Response, requisite: Requisite, plan: RequisitePlan) -> bool:
    """Return whether the response is a style sheet whose own requisites are fetched.

    Browsers, too, recognise a style sheet by the Content-Type alone.
    """
    kind = (header(response, "Content-Type") or "").partition(";")[0].strip().lower()
    return plan.kind == "all" and kind == "text/css" and requisite.hops.count(_EMBED_HOP) < MAX_HOPS


def needs_of_style(response: Response, requisite: Requisite, plan: RequisitePlan) -> Needs | None:
    """Parse a style sheet for its requisites. Takes long: call it off the event loop."""
    text = decode(response.body[:MAX_STYLE_BYTES], header(response, "Content-Type")).text
    urls = tuple(of_style(text, response.url, most=plan.per_page))
    return Needs(urls=urls, via=response.url, hops=requisite.hops + _EMBED_HOP) if urls else None


def fetched(response: Response, requisite: Requisite, needs: Needs | None) -> RequisiteOutcome:
    """Return the outcome of a requisite that was fetched."""
    record: dict[str, Any] = response.meta.get("record") or {}
    return RequisiteOutcome(
        requisite=requisite,
        state="fetched",
        fetched_at=datetime.now(UTC),
        needs=needs,
        payload_digest=record.get("payload_digest"),
    )


def not_fetched(requisite: Requisite, reason: str) -> RequisiteOutcome:
    """Return the outcome of a requisite that was not fetched.

    A requisite that robots.txt forbids is given up at once; the ledger would offer it to every run.
    """
    again = may_come(reason) or reason in _OWN_BOUNDS
    return RequisiteOutcome(
        requisite=requisite,
        state="failed" if again else "refused",
        reason=reason,
        fetched_at=datetime.now(UTC),
    )
