"""The requisites of one run: a few in memory, the others in the ledger, with bounds for hosts and time.

Pages are hostile input: they can name thousands of addresses on thousands of hosts. So a run asks a bounded
number of hosts, stops asking a host after several failures in a row, and stops after a bounded time.
"""

import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.ledger.desk import Desk
from crawler.ledger.entries import Requisite, RequisiteOutcome, RequisitePlan
from crawler.ledger.settler import Settler

AT_HAND = 64  # claimed requisites in memory at most
FEW = 16  # below this many, more are claimed
MAX_VAIN = 5  # failures of one host in a row


class RequisiteQueue:
    """Hand out each requisite once; it is in flight until its outcome."""

    def __init__(
        self, desk: Desk, settler: Settler, plan: RequisitePlan, count: Callable[[str, int], None]
    ) -> None:
        self.plan = plan
        self._desk = desk
        self._settler = settler
        self._count = count
        self._ready: deque[Requisite] = deque()
        self._in_flight: set[int] = set()
        self._vain: Counter[str] = Counter()  # by host: failures in a row
        self._hosts: set[str] = set()
        self._last_page = time.monotonic()
        self._dry_at = -1  # the settler's `needs_entered` when the ledger had no further requisite

    @property
    def in_flight(self) -> bool:
        return bool(self._in_flight)

    @property
    def at_hand(self) -> bool:
        """Whether `next` may have a requisite."""
        return bool(self._ready) and not self._is_late()

    def page_comes(self) -> None:
        """Note that a page is fetched: the time for requisites counts from the last page."""
        self._last_page = time.monotonic()

    def wants_stock(self, *, idle: bool) -> bool:
        """Say whether `restock` has something to do. `idle`: no page and no requisite is in flight."""
        if not self.plan or self._is_late() or len(self._ready) >= FEW:
            return False
        return self._dry_at != self._settler.needs_entered or (idle and self._settler.holds_needs)

    async def restock(self, *, idle: bool) -> None:
        """Claim requisites from the ledger. `idle`: settle first what may bring more of them.

        Raises ArchiveError.
        """
        if idle and self._settler.holds_needs:
            await self._settler.flush()
        entered = self._settler.needs_entered
        claims = await self._desk.ask(lambda ledger: ledger.claim_requisites(AT_HAND - len(self._ready)))
        self._ready.extend(claims)
        if not claims:
            self._dry_at = entered

    def next(self) -> Requisite | None:
        """Return the requisite to fetch next, None where there is none. It is in flight until `finish`."""
        while self.at_hand:
            requisite = self._ready.popleft()
            reason = self.refusal(requisite.url)
            if reason is None:
                self._in_flight.add(requisite.key)
                return requisite
            self.finish(_failed(requisite, reason))
        return None

    def refusal(self, url: str) -> str | None:
        """Return why this run does not ask the host of an address, None where it may."""
        host = urlsplit(url).netloc
        if host not in self._hosts and len(self._hosts) >= self.plan.hosts:
            return "too-many-hosts"
        self._hosts.add(host)
        return "host-fails" if self._vain[host] >= MAX_VAIN else None

    def finish(self, outcome: RequisiteOutcome) -> None:
        """Take the outcome of a requisite; the settler enters it."""
        in_flight = outcome.requisite.key in self._in_flight
        self.abandon(outcome.requisite)
        if in_flight:
            host = urlsplit(outcome.requisite.url).netloc
            self._vain[host] = self._vain[host] + 1 if outcome.state == "failed" else 0
        self._count(
            "requisites/fetched" if outcome.reason is None else f"requisites/failed/{outcome.reason}", 1
        )
        self._settler.add(outcome)

    def abandon(self, requisite: Requisite) -> None:
        """End the flight of a requisite. Without an outcome, the next run claims it again."""
        self._in_flight.discard(requisite.key)

    def nothing_in_flight(self) -> None:
        self._in_flight.clear()

    def _is_late(self) -> bool:
        return time.monotonic() - self._last_page > self.plan.seconds


def _failed(requisite: Requisite, reason: str) -> RequisiteOutcome:
    return RequisiteOutcome(requisite=requisite, state="failed", reason=reason, fetched_at=datetime.now(UTC))
