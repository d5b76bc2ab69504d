"""What a page came to, in the ledger's words."""

from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.ledger.entries import Claim, Needs, Outcome, State, StoredArticle
from crawler.run.summary import PASSING
from crawler.spider.lists import header
from crawler.urls import canonical_url

GONE = frozenset({"http-404", "http-410"})
_NOT_ASKED = frozenset({"robots-unreachable", "run-ended"})  # nothing was asked of the site
FINAL = frozenset({"off-site", "redirect-loop", "private-address", "too-large"})


def is_passing(reason: str) -> bool:
    """Whether a better moment may give what failed for this reason."""
    return reason in PASSING or reason in _NOT_ASKED or reason.startswith("http-5")


def outcome_of_failure(claim: Claim, reason: str) -> Outcome:
    """Of a page that was not fetched."""
    state: State = "new"
    if reason in GONE:
        state = "gone"
    elif reason in FINAL:
        state = "refused"
    elif reason == "duplicate-address":
        state = "fetched"
    return Outcome(claim=claim, state=state, reason=reason, fetched_at=datetime.now(UTC))


def unchanged(claim: Claim, response: Response) -> Outcome:
    """Of a known article that answered as it did before."""
    return Outcome(claim=claim, state="archived", **_answer(response))


def outcome_of_item(
    claim: Claim,
    response: Response,
    stored: StoredArticle | None,
    ended_by: Exception | Failure | None,
    needs: Needs | None = None,
) -> Outcome:
    """Of a page that went through the pipelines: stored, dropped, or lost to a fault of ours."""
    state: State = "fetched"
    reason: str | None = None
    if stored is not None:
        state = "archived"
    elif isinstance(ended_by, Failure):
        state, reason = "new", "error"
    elif ended_by is not None:
        reason = getattr(ended_by, "reason", "dropped")  # somebody's own pipeline says DropItem
        if reason == "unchanged":
            state, reason = "archived", None
        elif reason.startswith("extraction-"):
            state = "new"
    landed = canonical_url(response.url)
    return Outcome(
        claim=claim,
        state=state,
        reason=reason,
        landed=landed,
        article=stored,
        needs=needs if stored is not None else None,
        **_answer(response),
    )


def _answer(response: Response) -> dict[str, Any]:
    record = response.meta.get("record") or {}
    return {
        "fetched_at": datetime.now(UTC),
        "payload_digest": record.get("payload_digest"),
        "etag": header(response, "ETag"),
        "last_modified": header(response, "Last-Modified"),
    }
