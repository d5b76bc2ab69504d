"""Renews a run's lease during the crawl, and reports when it is lost."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from crawler.errors import ArchiveError
from crawler.storage.lease import Lease, LeaseLostError

_log = logging.getLogger(__name__)

_RENEWALS = 3  # in the life of a lease
_HURRY = 4  # times faster after a renewal that failed


class LeaseKeeper:
    """A thread that renews a lease three times in its life.

    A server that does not answer is no loss of the lease: another run needs the same server to take the site,
    and its first answer shows whether one did. Until then no file of this run arrives either.
    """

    def __init__(self, lease: Lease, *, on_lost: Callable[[LeaseLostError], object]) -> None:
        """Start the thread. It calls `on_lost` at most once, outside the event loop."""
        self.lost = False
        self._lease = lease
        self._on_lost = on_lost
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the lease itself must still be released."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        usual = self._lease.seconds / _RENEWALS
        pause = usual
        while not self._stopped.wait(pause):
            try:
                self._lease.renew()
                pause = usual
            except LeaseLostError as error:
                self.lost = True
                _log.error("%s", error)
                self._on_lost(error)
                return
            except ArchiveError as error:
                pause = usual / _HURRY
                _log.warning("%s The lease of the site is renewed in %.0f s.", error, pause)
