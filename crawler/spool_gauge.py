"""The bound of the spool: a crawl whose archive takes nothing waits, and does not fill the disk."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import LEDGERS
from crawler.storage.outbox import spool_bytes

logger = logging.getLogger(__name__)

SECONDS = 5.0  # between two looks


class SpoolGauge:
    """Looks at the spool beside the crawl; tells it to wait and to go on.

    Ledgers stay there and do not count.
    """

    def __init__(
        self,
        spool: Path,
        *,
        most: int,
        hold: Callable[[bool], None],
        on_failure: Callable[[ArchiveError], None],
    ) -> None:
        self._spool = spool
        self._most = most
        self._hold = hold
        self._on_failure = on_failure
        self._full = False
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._watching = asyncio.ensure_future(self._watch())

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    def _held(self) -> int:
        return spool_bytes(self._spool) - spool_bytes(self._spool / LEDGERS)

    async def _watch(self) -> None:
        while True:
            try:
                held = await asyncio.to_thread(self._held)
            except ArchiveError as error:
                self._on_failure(error)
                return
            full = held > self._most
            if full != self._full:
                self._full = full
                logger.warning(
                    "The spool %s holds %d bytes of at most %d: %s",
                    self._spool,
                    held,
                    self._most,
                    "the crawl waits until the archive has taken some." if full else "the crawl goes on.",
                )
                self._hold(full)
            await asyncio.sleep(SECONDS)
