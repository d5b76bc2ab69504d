"""How long a file of the archive may be neither changed nor removed (S3 Object Lock): asked for, and held.

What an upload asked for travels with the object as metadata, which no one can change afterwards without
making another version; so it can be compared years later with what the store still holds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from crawler.errors import ArchiveError, UsageError

METADATA = "retention"  # the name of the object's metadata that tells what was asked for
_MOST_DAYS = 36_500
_EVIDENCE = ("warc/", "cdxj/", "articles/", "runs/")


class LockMode(StrEnum):
    """Who may shorten a lock: a key with a special right, or nobody."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class Retention:
    """One object's lock."""

    mode: LockMode
    until: datetime  # aware

    def covers(self, asked: "Retention") -> bool:
        """Whether this lock is at least as strong and as long."""
        strong = self.mode is LockMode.COMPLIANCE or asked.mode is LockMode.GOVERNANCE
        return strong and self.until >= asked.until

    def __str__(self) -> str:
        return f"{self.mode} {self.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The lock that `str` spelled. Raises ArchiveError for any other text."""
        mode, _, until = text.partition(" ")
        try:
            moment = datetime.strptime(until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            return cls(LockMode(mode), moment)
        except ValueError:
            raise ArchiveError(f"{text[:100]!r} tells no lock.") from None


@dataclass(frozen=True, slots=True)
class Locks:
    """What is known of one file's lock."""

    asked: Retention | None  # by the upload
    held: Retention | None  # by the store, now


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """What every file of evidence is to get. Raises UsageError where the days have no meaning."""

    mode: LockMode
    days: int

    def __post_init__(self) -> None:
        if not 1 <= self.days <= _MOST_DAYS:
            raise UsageError(f"OBJECT_LOCK_DAYS={self.days} must be between 1 and {_MOST_DAYS}.")

    def retention(self, now: datetime) -> Retention:
        """The lock of a file that is uploaded now; in whole seconds, as stores keep it, rounded up."""
        end = now + timedelta(days=self.days)
        return Retention(self.mode, datetime.fromtimestamp(math.ceil(end.timestamp()), UTC))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self | None:
        """OBJECT_LOCK_MODE and OBJECT_LOCK_DAYS; None where nothing is to be locked. Raises UsageError."""
        mode, days = settings.get("OBJECT_LOCK_MODE"), settings.get("OBJECT_LOCK_DAYS")
        if mode is None or str(mode).lower() in {"", "none"}:
            return None
        try:
            return cls(LockMode(str(mode).upper()), int(str(days)))
        except ValueError:
            raise UsageError(
                f"OBJECT_LOCK_MODE={mode!r} must be none, GOVERNANCE or COMPLIANCE, "
                f"and OBJECT_LOCK_DAYS={days!r} a whole number."
            ) from None


def is_evidence(key: str) -> bool:
    """Whether a file is written once and for all: no checkpoint, no merged index that the next run renews."""
    return key.startswith(_EVIDENCE) and not (key.startswith("cdxj/") and key.count("/") == 1)
