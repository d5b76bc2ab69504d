"""A failed check told to an address of the operator's: one POST of JSON, by the standard library."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import UsageError, WarraqError
from crawler.health.record import RunRecord
from crawler.health.verdicts import Verdict

SECONDS = 10.0  # for one step of the conversation
_MOST_ANSWER = 65_536  # bytes; what it says is not read further


class NoticeError(WarraqError):
    """A notice did not arrive; the sentence says why, without the address."""


def checked_webhook(url: str | None) -> str | None:
    """The setting HEALTH_WEBHOOK, None where it is empty. Raises UsageError where it is no http(s) address.

    Addresses of webhooks are often keys themselves, so no message repeats one.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        fits = fits and url.isascii() and url.isprintable() and " " not in url and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise UsageError("HEALTH_WEBHOOK is no http or https address without a password in it.")
    return url


def payload(run: RunRecord, failed: Sequence[Verdict], archive: str) -> dict[str, Any]:
    """What is posted: numbers, names and sentences; nothing of the settings. `text` is for chat services."""
    sentences = " ".join(verdict.sentence for verdict in failed)
    return {
        "text": f"Warraq: the run {run.run_id} of {run.site} is not well. {sentences}",
        "site": run.site,
        "run_id": run.run_id,
        "archive": archive,
        "began": run.began.isoformat() if run.began else None,
        "found": run.found,
        "fetched": run.fetched,
        "articles": run.articles,
        "failed_checks": [{"check": verdict.check, "sentence": verdict.sentence} for verdict in failed],
    }


def post(url: str, body: dict[str, Any], *, seconds: float = SECONDS) -> None:
    """Deliver it; redirects are not followed. Raises NoticeError."""
    request = urllib.request.Request(  # noqa: S310 - checked_webhook lets http and https pass only
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "Warraq"},
        method="POST",
    )
    opener = urllib.request.build_opener(_Straight)
    try:
        with opener.open(request, timeout=seconds) as answer:
            answer.read(_MOST_ANSWER)
    except urllib.error.HTTPError as error:
        error.close()
        raise NoticeError(f"HEALTH_WEBHOOK answered {error.code}.") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise NoticeError(f"HEALTH_WEBHOOK could not be reached: {type(reason).__name__}.") from None


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """A notice goes where it was sent, or nowhere."""
