"""The lease of a run on its site, so that one run at a time crawls a site."""

import asyncio
import logging
from collections.abc import Callable

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.lease import Claim
from crawler.storage.lease_keeper import LeaseKeeper

logger = logging.getLogger(__name__)


class RunLease:
    """A lease that is held from the beginning to the end of a run."""

    def __init__(self, storage: Storage, claim: Claim) -> None:
        """Take the lease. Raises LeaseHeldError where another run has the site."""
        self._lease = storage.lease(claim)
        self._keeper: LeaseKeeper | None = None

    def keep(self, on_lost: Callable[[ArchiveError], None]) -> None:
        """Renew the lease from now on, on a thread.

        `on_lost` is called in the running event loop if another run has taken the site.
        """
        loop = asyncio.get_running_loop()
        self._keeper = LeaseKeeper(
            self._lease, on_lost=lambda error: loop.call_soon_threadsafe(on_lost, error)
        )
        self._keeper.start()

    @property
    def lost(self) -> bool:
        """Whether another run has taken the site. This run must not replace its ledger then."""
        return self._keeper is not None and self._keeper.lost

    async def end(self) -> None:
        """Release the lease, on a thread."""
        await asyncio.to_thread(self.release)

    def release(self) -> None:
        """Release the lease. A failure is logged: the lease runs out by itself."""
        if self._keeper is not None:
            self._keeper.stop()
        try:
            self._lease.release()
        except ArchiveError as error:
            logger.warning("%s The site is free again when the lease runs out.", error)
