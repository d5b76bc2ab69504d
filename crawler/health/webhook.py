"""The notice to HEALTH_WEBHOOK: one POST of JSON, by the standard library."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import UsageError, WarraqError
from crawler.health.notice import Announcement
from crawler.health.record import RunRecord
from crawler.health.verdicts import Verdict

SECONDS = 10.0  # timeout of each step of the exchange
_MAX_ANSWER = 65_536  # bytes of the response that are read


class NoticeError(WarraqError):
    """A notice could not be delivered. The sentence gives the reason and never the address."""


def checked_webhook(url: str | None) -> str | None:
    """Return the value of HEALTH_WEBHOOK, None where it is empty. Raises UsageError for no http(s) address.

    The address of a webhook is often a secret, so no message repeats it.
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


def payload(
    run: RunRecord, failed: Sequence[Verdict], archive: str, announced: Announcement
) -> dict[str, Any]:
    """Build the JSON of a notice: numbers, names and sentences, no settings. Chat services show `text`."""
    sentence, _ = announced.sentences()
    sentences = " ".join(verdict.sentence for verdict in failed)
    return {
        "text": f"Warraq: {sentence} {sentences}".rstrip(),
        **announced.record(),
        "site": run.site,
        "run_id": run.run_id,
        "archive": archive,
        "began": run.began.isoformat() if run.began else None,
        "found": run.found,
        "fetched": run.fetched,
        "articles": run.articles,
        "failed_checks": [
            {"check": verdict.check, "sentence": verdict.sentence, "sentence_ar": verdict.sentence_ar}
            for verdict in failed
        ],
    }


def post(url: str, body: dict[str, Any], *, seconds: float = SECONDS) -> None:
    """Post the JSON. Follows no redirect. Raises NoticeError."""
    request = urllib.request.Request(  # noqa: S310 - checked_webhook lets http and https pass only
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "Warraq"},
        method="POST",
    )
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=seconds) as answer:
            answer.read(_MAX_ANSWER)
    except urllib.error.HTTPError as error:
        error.close()
        raise NoticeError(f"HEALTH_WEBHOOK answered {error.code}.") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise NoticeError(f"HEALTH_WEBHOOK could not be reached: {type(reason).__name__}.") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Refuse the redirect: the notice must not reach another address."""
