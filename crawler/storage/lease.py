"""Leases: one run a site at a time, on any machine. A lease is a record in the archive itself.

Two runs of one site would send requests twice as fast as promised, and the one that ends last would overwrite
the other's ledger. A run that was stopped (a suspended laptop) may wake up after another one has taken its
site: each lease therefore has a generation, a number that only grows, and what machines replace in the
archive carries the generation under which it was written (`crawler/storage/fence.py`).
"""

import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from math import inf
from typing import Any, Protocol, Self

from crawler.errors import ArchiveError

MAX_BYTES = 4096  # of a lease's record
SECONDS = 600.0  # a lease lives so long without being renewed: a killed run blocks its site no longer
MARGIN = 15.0  # seconds by which the clocks of a server's machines may differ
SETTLE = 3.0  # seconds within which rivals have written what they are going to write


class LeaseHeldError(ArchiveError):
    """Another living run holds the site."""


class LeaseLostError(ArchiveError):
    """Another run has taken the site; this one must end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A request to hold a site for a run.

    On S3 the server's clock decides which leases have expired; `clock` and `sleep` only measure and wait for
    short times on this machine. All times are in seconds.
    """

    site: str
    run: str  # run id of the holder
    seconds: float = SECONDS
    margin: float = MARGIN
    settle: float = SETTLE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    token: str = field(default_factory=lambda: secrets.token_hex(16))  # distinguishes this run from any other
    dead: frozenset[str] = frozenset()  # ids of runs that the caller knows to be dead: their leases are free
    above: int = 0  # the lease gets a higher generation than this, also where its record was removed


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What a lease says of its holder."""

    site: str
    run: str
    host: str
    process: int
    token: str
    taken: str  # RFC 3339, UTC, as the next two
    until: str | None  # None: as long as the process lives
    released: bool = False
    generation: int = 0  # 0: written by a version without generations

    @classmethod
    def of(
        cls,
        claim: Claim,
        *,
        taken: datetime,
        until: datetime | None,
        released: bool = False,
        generation: int = 0,
    ) -> Self:
        return cls(
            site=claim.site,
            run=claim.run,
            host=claim.host,
            process=claim.process,
            token=claim.token,
            taken=_spelled(taken),
            until=None if until is None else _spelled(until),
            released=released,
            generation=generation,
        )

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True).encode("ascii") + b"\n"

    @classmethod
    def parse(cls, data: bytes, place: str) -> Self:
        """Parse a record. Raises ArchiveError for any other bytes; `place` is where they were found."""
        try:
            values: dict[str, Any] = json.loads(data) if len(data) <= MAX_BYTES else {}
            record = cls(**values)
            wrong = [each.name for each in fields(cls) if not _fits(each.name, getattr(record, each.name))]
            for moment in filter(None, (record.taken, record.until)):
                wrong += [] if datetime.fromisoformat(moment).tzinfo else [moment]
        except (ValueError, TypeError, RecursionError):
            wrong = ["all"]
        if wrong:
            raise ArchiveError(
                f"{place} is no lease; look at it, and remove it when no run of this site goes on."
            )
        return record

    def lives(self, now: datetime, rival: Claim) -> bool:
        """Tell whether the lease still counts at this moment."""
        if self.released or self.run in rival.dead:
            return False
        return self.seconds_left(now) + rival.margin > 0

    def seconds_left(self, now: datetime) -> float:
        """Return the seconds for which the lease lives without being renewed; negative behind its end."""
        if self.until is None:
            return inf
        return (datetime.fromisoformat(self.until) - now).total_seconds()

    def held_sentence(self) -> str:
        who = f"the run {self.run} on {self.host} (process {self.process}) since {_readable(self.taken)}"
        if self.until is None:
            return f"The site {self.site} is held by {who}; wait for its end, or end that process."
        return (
            f"The site {self.site} is held by {who}, for now until {_readable(self.until)}; "
            "wait for its end or, where it died, until a moment after that."
        )

    def lost_sentence(self) -> str:
        if self.released:
            return (
                f"The site {self.site} was given up under the name of the run {self.run}; this run must end."
            )
        return (
            f"The site {self.site} was taken over by the run {self.run} on {self.host} "
            f"(process {self.process}) at {_readable(self.taken)}; this run must end."
        )


class Lease(Protocol):
    """A site that this run holds."""

    @property
    def seconds(self) -> float:
        """The life of the lease without renewal."""

    @property
    def generation(self) -> int:
        """The number of this lease: higher than that of every lease of the site before it."""

    def holds(self) -> bool:
        """Ask the storage whether this run has the site still, with at least half of the lease's life left.

        Renews the lease where less is left. Raises ArchiveError where the storage does not answer. The answer
        can be out of date at once (the process may be stopped behind it), so what must not happen after a
        loss needs a fence as well.
        """

    def renew(self) -> None:
        """Hold the site for another period. Raises LeaseLostError, and ArchiveErrors that may pass."""

    def release(self) -> None:
        """Free the site at once. Raises ArchiveError; then the lease expires by itself."""


def lease_key(site: str) -> str:
    return f"ledger/{site}.lease"


def _fits(name: str, value: object) -> bool:
    if name in ("process", "generation"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if name == "released":
        return isinstance(value, bool)
    return (isinstance(value, str) and value.isprintable()) or (name == "until" and value is None)


def _spelled(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _readable(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
