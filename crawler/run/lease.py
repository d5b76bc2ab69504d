"""The lease of a run on its site, so that one run at a time crawls a site."""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.lease import Claim, LeaseLostError
from crawler.storage.lease_keeper import LeaseKeeper

logger = logging.getLogger(__name__)


class RunLease:
    """A lease that is held and renewed from the moment it is taken to its release."""

    def __init__(self, storage: Storage, claim: Claim) -> None:
        """Take the lease. Raises LeaseHeldError where another run has the site."""
        self._lease = storage.lease(claim)
        self._on_lost: Callable[[LeaseLostError], object] | None = None
        self._loss: LeaseLostError | None = None
        self._keeper = LeaseKeeper(self._lease, on_lost=self._note_loss)
        self._keeper.start()

    def keep(self, on_lost: Callable[[ArchiveError], None]) -> None:
        """Call `on_lost` in the running event loop when another run has taken the site, or has already."""
        loop = asyncio.get_running_loop()
        self._on_lost = lambda error: loop.call_soon_threadsafe(on_lost, error)
        if self._loss is not None:
            self._on_lost(self._loss)

    @property
    def seconds(self) -> float:
        """The life of the lease without renewal."""
        return self._lease.seconds

    @property
    def generation(self) -> int:
        """The number of this lease: higher than that of every lease of the site before it."""
        return self._lease.generation

    @property
    def lost(self) -> bool:
        """Whether this run knows that another one has taken the site."""
        return self._loss is not None

    def holds(self) -> bool:
        """Ask the storage whether this run has the site still. Raises ArchiveError."""
        return not self.lost and self._lease.holds()

    def renew(self) -> None:
        """Hold the site for another period. Raises LeaseLostError, and ArchiveErrors that may pass."""
        self._lease.renew()

    async def end(self) -> None:
        """Release the lease, on a thread."""
        await asyncio.to_thread(self.release)

    def release(self) -> None:
        """Release the lease. A failure is logged: the lease runs out by itself."""
        self._keeper.stop()
        try:
            self._lease.release()
        except ArchiveError as error:
            logger.warning("%s The site is free again when the lease runs out.", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _note_loss(self, error: LeaseLostError) -> None:
        self._loss = error
        if self._on_lost is not None:
            self._on_lost(error)
