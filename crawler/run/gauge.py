"""The bound of the spool: a crawl whose archive takes nothing waits, and does not fill the disk."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError
from crawler.storage.outbox import spool_bytes

logger = logging.getLogger(__name__)

SECONDS = 5.0  # between two looks
WAITS = "the crawl waits until the archive has taken some (what earlier runs left, scrapy sync delivers)."
CARRIED = ("warc", "cdxj", "articles")


class SpoolGauge:
    """Looks at the spool beside the crawl; tells it to wait and to go on.

    What counts is what leaves beside a crawl. Journals and logs are small and leave at its end, ledgers stay.
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
        runs = [each for each in self._spool.iterdir() if site_of_run(each.name) is not None]
        return sum(spool_bytes(run / folder) for run in runs for folder in CARRIED)

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
                    WAITS if full else "the crawl goes on.",
                )
                self._hold(full)
            await asyncio.sleep(SECONDS)
