"""The bound of the spool: a crawl whose archive takes nothing waits, and does not fill the disk."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from crawler.storage.outbox import spool_bytes

logger = logging.getLogger(__name__)

SECONDS = 5.0  # between two looks


class SpoolGauge:
    """Looks at the spool beside the crawl; tells it to wait and to go on."""

    def __init__(self, spool: Path, *, most: int, hold: Callable[[bool], None]) -> None:
        self._spool = spool
        self._most = most
        self._hold = hold
        self._full = False
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._watching = asyncio.ensure_future(self._watch())

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            held = await asyncio.to_thread(spool_bytes, self._spool)
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
