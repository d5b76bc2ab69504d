"""Settle outcomes: after their records and articles are on the disk, the ledger marks the pages as done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from crawler.archive.originals import Original
from crawler.errors import ArchiveError
from crawler.ledger.desk import Desk
from crawler.ledger.entries import Outcome, RequisiteOutcome

MAX_WAITING = 200  # outcomes, then they are settled at once
SECONDS = 2.0  # between settlements: what a kill makes the next run fetch again at most


class Safe(Protocol):
    """The place where records and articles are written, as the settler uses it."""

    def take_originals(self) -> list[Original]:
        """Return the records that were written since the last call."""

    async def secure(self, outcomes: Sequence[Outcome]) -> None:
        """Force the files of these outcomes to the disk. Raises ArchiveError."""

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Note that the ledger has these outcomes and the originals last taken; spare copies may go."""


class Settler:
    """Collect outcomes and settle them together, every 2 seconds or every 200 outcomes."""

    def __init__(self, desk: Desk, safe: Safe, on_failure: Callable[[ArchiveError], None]) -> None:
        self.failure: ArchiveError | None = None  # after it nothing more is settled
        self.needs_entered = 0  # outcomes whose requisites are in the ledger
        self._desk = desk
        self._safe = safe
        self._on_failure = on_failure
        self._waiting: list[Outcome] = []
        self._requisites: list[RequisiteOutcome] = []
        self._entering = 0  # outcomes with requisites that are being settled
        self._timer: asyncio.TimerHandle | None = None
        self._settling: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def holds_needs(self) -> bool:
        """Whether an outcome with requisites waits to be settled."""
        return self._entering > 0 or _with_needs(self._waiting, self._requisites) > 0

    def add(self, outcome: Outcome | RequisiteOutcome) -> None:
        if isinstance(outcome, Outcome):
            self._waiting.append(outcome)
        else:
            self._requisites.append(outcome)
        if len(self._waiting) + len(self._requisites) >= MAX_WAITING:
            self._begin()
        else:
            self.soon()

    def soon(self) -> None:
        """Settle all that waits within two seconds."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._begin)

    async def flush(self) -> None:
        """Settle all outcomes and records now. Raises ArchiveError."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._turn:
            if self.failure is not None:
                raise self.failure
            outcomes, self._waiting = self._waiting, []
            requisites, self._requisites = self._requisites, []
            originals = self._safe.take_originals()
            if outcomes or requisites or originals:
                await self._guarded(self._settle(outcomes, requisites, originals))
            else:
                self._safe.settled(outcomes)

    async def _settle(
        self, outcomes: list[Outcome], requisites: list[RequisiteOutcome], originals: list[Original]
    ) -> None:
        self._entering = _with_needs(outcomes, requisites)
        try:
            await self._safe.secure(outcomes)
            await self._desk.ask(lambda ledger: ledger.settle(outcomes, originals, requisites))
            self.needs_entered += self._entering
        finally:
            self._entering = 0
        self._safe.settled(outcomes)

    async def _guarded(self, settling: Awaitable[None]) -> None:
        try:
            await settling
        except ArchiveError as error:
            self.failure = error
            self._on_failure(error)
            raise

    def _begin(self) -> None:
        self._timer = None
        if self._settling is None:
            self._settling = asyncio.ensure_future(self.flush())
            self._settling.add_done_callback(self._done)

    def _done(self, settling: "asyncio.Task[None]") -> None:
        self._settling = None
        failed = settling.cancelled() or settling.exception() is not None
        if not failed and (self._waiting or self._requisites) and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._begin)


def _with_needs(outcomes: Sequence[Outcome], requisites: Sequence[RequisiteOutcome]) -> int:
    both: tuple[Sequence[Outcome], Sequence[RequisiteOutcome]] = (outcomes, requisites)
    return sum(outcome.needs is not None for some in both for outcome in some)
