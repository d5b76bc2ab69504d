"""One run a site at a time: the run's lease on its site, taken before anything is written, and renewed."""

import asyncio
import logging
from collections.abc import Callable

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.lease import Claim
from crawler.storage.lease_keeper import LeaseKeeper

logger = logging.getLogger(__name__)


class RunLease:
    """Held from the beginning to the end of a run. Raises LeaseHeldError where another run has the site."""

    def __init__(self, storage: Storage, claim: Claim) -> None:
        self._lease = storage.lease(claim)
        self._keeper: LeaseKeeper | None = None

    def keep(self, on_lost: Callable[[ArchiveError], None]) -> None:
        """Renew it from now on; `on_lost` is called in the event loop if another run has taken the site."""
        loop = asyncio.get_running_loop()
        self._keeper = LeaseKeeper(
            self._lease, on_lost=lambda error: loop.call_soon_threadsafe(on_lost, error)
        )
        self._keeper.start()

    @property
    def lost(self) -> bool:
        """Whether another run has taken the site, whose ledger this run must not replace."""
        return self._keeper is not None and self._keeper.lost

    async def end(self) -> None:
        """Let go of the site."""
        await asyncio.to_thread(self.release)

    def release(self) -> None:
        """The same, where there is no event loop."""
        if self._keeper is not None:
            self._keeper.stop()
        try:
            self._lease.release()
        except ArchiveError as error:
            logger.warning("%s The site is free again when the lease runs out.", error)
