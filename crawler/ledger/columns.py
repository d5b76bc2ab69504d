"""How moments, windows and digests stand in the ledger's columns."""

from datetime import datetime
from typing import Any

from crawler.discovery.source import Window

# A page whose publication nobody told may lie in any window.
IN_WINDOW = (
    "(published IS NULL OR ((:since IS NULL OR julianday(published) >= julianday(:since)) "
    "AND (:until IS NULL OR julianday(published) < julianday(:until))))"
)


def bounds(window: Window, **more: Any) -> dict[str, Any]:
    """What IN_WINDOW asks for, and more."""
    return {"since": moment_text(window.since), "until": moment_text(window.until), **more}


def moment_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def text_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def digest_bytes(digest: str) -> bytes:
    """The 32 bytes of `sha256:<hex>`."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


def digest_text(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"
