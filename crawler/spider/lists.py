"""Requests for lists (feeds, sitemaps, section pages) and the parts of their responses to remember."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.discovery.source import Answer
from crawler.ledger.lists import Asking
from crawler.ledger.walk import ListAnswer

PRIORITY = 10  # lists feed the crawl, so their retries and redirects go first
NOT_MODIFIED = 304
FAILED = 400  # and every status above
_OK = 200
# A source learns more from an error response of a list than from no response at all.
_HANDLED = (NOT_MODIFIED, *range(FAILED, 600))
_HOPS = {"sitemap": "M", "listing": "L"}  # Heritrix's letters; S is speculative


def list_request(asking: Asking, callback: Any, errback: Any) -> Request:
    """Build the request for a list, conditional where the ledger knows everything in its last version."""
    lookup, known = asking.lookup, asking.known
    meta: dict[str, Any] = {
        "asking": asking,
        "hop": {"via": lookup.source.kind, "hops": _HOPS.get(lookup.source.kind, "S"), "source": "list"},
        "handle_httpstatus_list": _HANDLED,
    }
    headers: dict[str, bytes] = {}
    # The record of a 304 refers to that of the list's last version; without it the archive shows nothing.
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
        dont_filter=True,  # the ledger gives each address once
        headers=headers,
        meta=meta,
    )


def answer_of(response: Response) -> Answer:
    """Convert a response to the value that sources read."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Answer(url=response.url, status=response.status, body=response.body, headers=headers)


def is_unchanged(asking: Asking, response: Response) -> bool:
    """Return whether a list is the same as when everything in it was taken in."""
    known = asking.known
    if known is None or known.original is None:
        return False
    record = response.meta.get("record") or {}
    return response.status == NOT_MODIFIED or record.get("payload_digest") == known.original.digest


def to_remember(asking: Asking, response: Response, fetched_at: datetime) -> ListAnswer | None:
    """Return what the next run has to know of this response, or None where it is no whole list."""
    record = response.meta.get("record") or {}
    if response.status != _OK or asking.is_for_changes or "payload_digest" not in record:
        return None
    return ListAnswer(
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
        payload_digest=record["payload_digest"],
        fetched_at=fetched_at,
    )


def header(response: Response, name: str) -> str | None:
    """Return a header's value as text that encodes back to the same bytes, in latin-1."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
