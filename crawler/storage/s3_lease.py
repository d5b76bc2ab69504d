"""The lease of a site on S3: a small object that a run writes where there is none, or an expired one."""

import threading
from datetime import datetime, timedelta

from crawler.storage.base import UnavailableError
from crawler.storage.cell import Cell, FasterError, Seen
from crawler.storage.lease import Claim, LeaseHeldError, LeaseLostError, Record


class S3Lease:
    """A record with an expiry time, by the server's clock.

    Where the server supports If-Match, one writer wins. Where it does not, each writes, waits until every
    rival that saw the same must have written, and reads whose record is there. Safe for several threads.
    """

    def __init__(self, cell: Cell, claim: Claim) -> None:
        """Take the lease. Raises LeaseHeldError, and ArchiveError where the server fails."""
        self.seconds = claim.seconds
        self._cell = cell
        self._claim = claim
        began = claim.clock()
        seen = cell.read()
        there = self._record(seen)
        if there is not None and there.lives(seen.at, claim):
            raise LeaseHeldError(there.held_sentence())
        self._taken = seen.at
        self._turn = threading.Lock()
        self.generation = max(claim.above, there.generation if there else 0) + 1
        found = self._place(seen, began)
        if found is None or found.token != claim.token:
            raise LeaseHeldError(self._of_another(found))

    def holds(self) -> bool:
        with self._turn:
            seen = self._cell.read()
        there = self._record(seen)
        if there is None or not self._is_ours(there):
            return False
        if there.seconds_left(seen.at) >= self.seconds / 2:
            return True
        try:
            self.renew()
        except LeaseLostError:
            return False
        return True

    def renew(self) -> None:
        with self._turn:
            self._keep(released=False)

    def release(self) -> None:
        with self._turn:
            self._keep(released=True)

    def _keep(self, *, released: bool) -> None:
        began = self._claim.clock()
        seen = self._cell.read()
        there = self._record(seen)
        if self._is_ours(there):
            there = self._place(seen, began, released=released)
        if released and there is not None and there.token == self._claim.token:
            return
        if not self._is_ours(there):
            raise LeaseLostError(
                there.lost_sentence()
                if there
                else f"{self._cell.place} was removed, so another run may have begun; this run must end."
            )

    def _place(self, seen: Seen, began: float, *, released: bool = False) -> Record | None:
        """Write our record over what was seen; return the record that is there afterwards."""
        ours = self._our_record(seen.at, released=released)
        try:
            sure = self._cell.write(ours.to_bytes(), seen)
        except FasterError:
            found = self._record(self._cell.read())
            if found != ours:
                return found
            sure = False  # our own hand: an answer got lost, and boto3 wrote again
        if sure or released:
            return ours
        claim = self._claim
        if claim.clock() - began > claim.settle:
            raise UnavailableError(
                f"{self._cell.place}: the server is too slow to show who holds the site; try again later."
            )
        claim.sleep(claim.settle)
        return self._record(self._cell.read())

    def _our_record(self, now: datetime, *, released: bool) -> Record:
        until = now if released else now + timedelta(seconds=self._claim.seconds)
        return Record.of(
            self._claim, taken=self._taken, until=until, released=released, generation=self.generation
        )

    def _record(self, seen: Seen) -> Record | None:
        return None if seen.content is None else Record.parse(seen.content, self._cell.place)

    def _is_ours(self, record: Record | None) -> bool:
        return record is not None and record.token == self._claim.token and not record.released

    def _of_another(self, found: Record | None) -> str:
        if found is not None:
            return found.held_sentence()
        return f"The site {self._claim.site} was taken and given up by another run meanwhile; try again."
