"""Requests for pages, the Page that the pipelines read, and the outcomes that the ledger keeps."""

from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery.source import Window
from crawler.errors import Reason, is_passing, may_give_an_article
from crawler.items import Page, RecordPointer
from crawler.ledger.entries import Claim, Needs, Outcome, State, StoredArticle
from crawler.spider.lists import header
from crawler.urls import ascii_url, canonical_url

_GONE = frozenset({"http-404", "http-410"})
_NOT_ASKED = frozenset({Reason.ROBOTS_UNREACHABLE, Reason.RUN_ENDED})  # the site was not asked for the page
# Redirects that were not followed. A closed site, a consent wall and a login send all addresses elsewhere.
_REDIRECTED = frozenset({Reason.OFF_SITE, Reason.REDIRECT_LOOP, Reason.DUPLICATE_ADDRESS})
_FINAL = frozenset({Reason.OFF_SITE, Reason.REDIRECT_LOOP, Reason.PRIVATE_ADDRESS, Reason.TOO_LARGE})


def page_request(claim: Claim, callback: Any, errback: Any) -> Request:
    """Build the request for a claimed page."""
    candidate = claim.candidate
    return Request(
        candidate.url,
        callback=callback,
        errback=errback,
        dont_filter=True,  # the ledger gives each address once
        meta={"claim": claim, "hop": {"via": candidate.via, "hops": "L", "source": "article"}},
    )


def page_of(response: Response, claim: Claim) -> Page:
    """Convert a response to the value that the pipelines read."""
    record: dict[str, Any] | None = response.meta.get("record")
    return Page(
        url=response.url,
        body=response.body,
        http_status=response.status,
        content_type=header(response, "Content-Type"),
        fetched_at=datetime.fromisoformat(record["date"]) if record else datetime.now(UTC),
        record=_pointer(record),
        candidate=claim.candidate,
    )


def is_same_payload(response: Response, claim: Claim) -> bool:
    """Return whether a known article's page has the payload that it had the last time."""
    record = response.meta.get("record")
    return bool(claim.again and record and claim.payload_digest == record.get("payload_digest", ""))


def may_come(reason: str) -> bool:
    """Return whether it makes sense to ask another time for what failed for this reason."""
    return reason in _NOT_ASKED or is_passing(reason)


def outcome_of_failure(claim: Claim, reason: str, *, landed: str | None = None) -> Outcome:
    """Return the outcome of a page that was not fetched. `landed`: another page that a redirect led to."""
    state: State = "new"
    if reason in _GONE:
        state = "gone"
    elif reason in _FINAL:
        state = "refused"
    elif reason == Reason.DUPLICATE_ADDRESS:
        state = "fetched"
    return Outcome(
        claim=claim,
        state=state,
        reason=reason,
        may_pass=reason in _REDIRECTED,
        landed=canonical_url(ascii_url(landed)) if landed is not None else None,
        fetched_at=datetime.now(UTC),
    )


def unchanged(claim: Claim, response: Response) -> Outcome:
    """Return the outcome of a known article whose page is the same as before."""
    return Outcome(claim=claim, state="archived", **_answer(response))


def outcome_of_item(
    claim: Claim,
    response: Response,
    stored: StoredArticle | None,
    ended_by: Exception | Failure | None,
    needs: Needs | None = None,
    *,
    window: Window,
) -> Outcome:
    """Return the outcome of a page that went through the pipelines.

    `ended_by` is the DropItem of a pipeline, the Failure of an error in one, or None. `window` is the run's.
    """
    state: State = "fetched"
    reason: str | None = None
    if stored is not None:
        state = "archived"
    elif isinstance(ended_by, Failure):
        state, reason = "new", Reason.ERROR
    elif ended_by is not None:
        reason = getattr(ended_by, "reason", Reason.DROPPED)  # a pipeline of the user raises a bare DropItem
        if reason == Reason.UNCHANGED:
            state, reason = "archived", None
        elif reason in {Reason.EXTRACTION_TIMEOUT, Reason.EXTRACTION_CRASH}:
            state = "new"
    return Outcome(
        claim=claim,
        state=state,
        reason=reason,
        may_pass=state == "fetched" and _may_pass(reason or "", response, claim, window),
        landed=canonical_url(response.url),
        article=stored,
        # also of an article without a change: a picture at a new address may be another one
        needs=needs if state == "archived" else None,
        **_answer(response),
    )


def _may_pass(reason: str, response: Response, claim: Claim, window: Window) -> bool:
    """Return whether a page that gave no article may give one another time."""
    if reason == Reason.DATE_UNKNOWN:  # after a new layout, say; a run that goes back in time settles it
        return not window.goes_back(datetime.now(UTC))
    if reason == Reason.NOT_HTML:  # a message of the server, and no document or picture
        kind = (header(response, "Content-Type") or "text/").partition(";")[0].strip().lower()
        return kind.startswith("text/") or kind.endswith("json")
    redirected = canonical_url(response.url) != canonical_url(ascii_url(claim.candidate.url))
    return may_give_an_article(reason, redirected=redirected)


def _answer(response: Response) -> dict[str, Any]:
    record = response.meta.get("record") or {}
    return {
        "fetched_at": datetime.now(UTC),
        "payload_digest": record.get("payload_digest"),
        "etag": header(response, "ETag"),
        "last_modified": header(response, "Last-Modified"),
    }


def _pointer(record: dict[str, Any] | None) -> RecordPointer | None:
    if record is None or "warc_file" not in record:
        return None
    return RecordPointer(**{name: record[name] for name in RecordPointer.__dataclass_fields__})
