"""The bound of the spool: when the archive cannot be reached, the crawl waits instead of filling the disk."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError
from crawler.storage.outbox import spool_bytes

logger = logging.getLogger(__name__)

CHECK_SECONDS = 5.0  # between two measurements
FOLDERS = ("warc", "cdxj", "articles")  # whose files leave during a crawl
_WAITS = "the crawl waits until the archive has taken some (what earlier runs left, scrapy sync delivers)."


class SpoolGauge:
    """Measures the spool while the crawl goes on, and holds the crawl while the spool is full.

    Only files that leave during a crawl count. Journals and logs are small, ledgers stay.
    """

    def __init__(
        self,
        spool: Path,
        *,
        max_bytes: int,
        hold: Callable[[bool], None],
        on_failure: Callable[[ArchiveError], None],
    ) -> None:
        """`hold` is called with True when the spool is full, and with False when it has room again.

        `on_failure` is called where the spool cannot be read. Both are called in the event loop.
        """
        self._spool = spool
        self._max_bytes = max_bytes
        self._hold = hold
        self._on_failure = on_failure
        self._full = False
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure, in the running event loop."""
        self._watching = asyncio.ensure_future(self._watch())

    def stop(self) -> None:
        """End the measuring."""
        if self._watching is not None:
            self._watching.cancel()

    def _bytes(self) -> int:
        runs = [each for each in self._spool.iterdir() if site_of_run(each.name) is not None]
        return sum(spool_bytes(run / folder) for run in runs for folder in FOLDERS)

    async def _watch(self) -> None:
        while True:
            try:
                held = await asyncio.to_thread(self._bytes)
            except ArchiveError as error:
                self._on_failure(error)
                return
            full = held > self._max_bytes
            if full != self._full:
                self._full = full
                logger.warning(
                    "The spool %s holds %d bytes of at most %d: %s",
                    self._spool,
                    held,
                    self._max_bytes,
                    _WAITS if full else "the crawl goes on.",
                )
                self._hold(full)
            await asyncio.sleep(CHECK_SECONDS)
