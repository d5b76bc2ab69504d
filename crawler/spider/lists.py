"""How lists are asked for and what is remembered of their answers, between Scrapy and the ledger."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response

from crawler.discovery.source import Answer

if TYPE_CHECKING:  # every command loads this module; only a crawl needs a ledger
    from crawler.ledger.lists import Asking
    from crawler.ledger.walk import ListAnswer

PRIORITY = 10  # lists feed the crawl, so their retries and redirects go first
NOT_MODIFIED = 304
OK = 200
# What a list says when it fails tells a source more than its absence; redirects are followed.
HANDLED = (NOT_MODIFIED, *range(400, 600))
_HOPS = {"sitemap": "M", "listing": "L"}


def list_request(asking: "Asking", callback: Any, errback: Any) -> Request:
    """The request for a list, conditional where everything that it held is known."""
    lookup, known = asking.lookup, asking.known
    meta: dict[str, Any] = {
        "asking": asking,
        "hop": {"via": lookup.source.kind, "hops": _HOPS.get(lookup.source.kind, "S"), "source": "list"},
        "handle_httpstatus_list": HANDLED,
    }
    headers: dict[str, bytes] = {}
    # Without the record that a 304 speaks of, an archive could not show the list as it was then.
    if known is not None and known.original is not None:
        meta["original"] = asdict(known.original)
        if known.etag:
            headers["If-None-Match"] = known.etag.encode("latin-1")
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified.encode("latin-1")
    return Request(
        lookup.url,
        callback=callback,
        errback=errback,
        priority=PRIORITY,
        dont_filter=True,  # the ledger has seen to it
        headers=headers,
        meta=meta,
    )


def answer_of(response: Response) -> Answer:
    """A response as the sources read it."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Answer(url=response.url, status=response.status, body=response.body, headers=headers)


def is_unchanged(asking: "Asking", response: Response) -> bool:
    """Whether a list answers what it answered when everything in it was taken in."""
    known = asking.known
    if known is None or known.original is None:
        return False
    record = response.meta.get("record") or {}
    return response.status == NOT_MODIFIED or record.get("payload_digest") == known.original.digest


def to_remember(asking: "Asking", response: Response, fetched_at: datetime) -> "ListAnswer | None":
    """What the next run needs to know of an answer that is read to its end; None where it is no list."""
    from crawler.ledger.walk import ListAnswer  # noqa: PLC0415 - only a crawl needs it

    record = response.meta.get("record") or {}
    if response.status != OK or asking.is_for_changes or "payload_digest" not in record:
        return None
    return ListAnswer(
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
        payload_digest=record["payload_digest"],
        fetched_at=fetched_at,
    )


def header(response: Response, name: str) -> str | None:
    """A header's value as text that can be sent back as it came."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
