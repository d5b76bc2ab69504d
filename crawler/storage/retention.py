"""Locks of files (S3 Object Lock): the lock that an upload asked for, and the lock that the server holds.

The request is stored as metadata of the object, which can only be changed by making another version. So it
can be compared with the lock years later.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from crawler.errors import ArchiveError, UsageError

METADATA = "retention"  # the metadata of an object that holds the lock asked for
_MAX_DAYS = 36_500
_EVIDENCE = ("warc/", "cdxj/", "articles/", "runs/")


class LockMode(StrEnum):
    """Who may shorten a lock: a key with a special right (GOVERNANCE), or no key (COMPLIANCE)."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class Retention:
    """The lock of one object."""

    mode: LockMode
    until: datetime  # aware

    def covers(self, asked: "Retention") -> bool:
        """Tell whether this lock is at least as strong and as long."""
        strong = self.mode is LockMode.COMPLIANCE or asked.mode is LockMode.GOVERNANCE
        return strong and self.until >= asked.until

    def __str__(self) -> str:
        return f"{self.mode} {self.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text that `str` makes. Raises ArchiveError for any other text."""
        mode, _, until = text.partition(" ")
        try:
            moment = datetime.strptime(until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            return cls(LockMode(mode), moment)
        except ValueError:
            raise ArchiveError(f"{text[:100]!r} describes no lock.") from None


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks of one file: asked for, and held."""

    asked: Retention | None  # by the upload
    held: Retention | None  # by the store, now


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """The lock for every file of evidence. Raises UsageError where the days make no sense."""

    mode: LockMode
    days: int

    def __post_init__(self) -> None:
        if not 1 <= self.days <= _MAX_DAYS:
            raise UsageError(f"OBJECT_LOCK_DAYS={self.days} must be between 1 and {_MAX_DAYS}.")

    def retention(self, now: datetime) -> Retention:
        """Return the lock of a file that is uploaded now, in whole seconds, rounded up."""
        end = now + timedelta(days=self.days)
        return Retention(self.mode, datetime.fromtimestamp(math.ceil(end.timestamp()), UTC))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self | None:
        """Read OBJECT_LOCK_MODE and OBJECT_LOCK_DAYS; None: no lock. Raises UsageError."""
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
    """Tell whether a file is written once: no checkpoint, and no merged index, which later runs replace."""
    return key.startswith(_EVIDENCE) and not (key.startswith("cdxj/") and key.count("/") == 1)
