"""One run's corner of the spool: everything the run leaves, on its way to the archive.

The spool mirrors the archive's layout below a folder of the run, so what lies there is what is still to be
delivered. Knows nothing of Scrapy.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from crawler.archive.manifest import ManifestFile, RunFacts
from crawler.archive.originals import Original, RecentOriginals
from crawler.archive.recorder import Recorder
from crawler.archive.run_records import run_uri
from crawler.archive.warc_file import ClosedWarc
from crawler.errors import ArchiveError
from crawler.items import Article, pointer_of
from crawler.ledger.entries import Outcome
from crawler.run.gone import GoneList
from crawler.run.journal import Journal, leftovers
from crawler.run.parquet_process import journal_to_parquet
from crawler.run.sealing import Seal
from crawler.storage import Storage, Stored
from crawler.storage.carrier import Carrier
from crawler.storage.outbox import Delivery, Outbox, Patience

logger = logging.getLogger(__name__)

ORIGINALS_AT_HAND = 2_000  # those of the last minute; the ledger has the others

_T = TypeVar("_T")


class RunSpool:
    """The open files of a run, and the outbox that takes closed ones to the archive beside the crawl."""

    def __init__(
        self,
        folder: Path,
        *,
        site: str,
        run_id: str,
        storage: Storage,
        info: Mapping[str, str],
        settings: bytes,
        warc_max_bytes: int,
        delivery_attempts: int,
        uploads_at_once: int,
        keep_text: bool = False,
        older_originals: Callable[[str], Original | None] | None = None,
    ) -> None:
        self.folder = folder
        self._site = site
        self._run_id = run_id
        self._settings = settings
        self._storage = storage
        self._warcs: dict[str, ClosedWarc] = {}
        # The ledger has to know the records of a file that leaves: after a kill nobody would look for them in
        # the archive, and what they hold would be kept twice.
        self.settle_soon: Callable[[], None] = lambda: None  # asks for that
        self._closed: list[ClosedWarc] = []
        self._taken: list[ClosedWarc] = []  # their originals are on their way into the ledger
        self._unsettled: dict[str, int] = {}  # articles that the ledger does not have yet: their journal
        self._journal_number = 0
        self._full: dict[int, Path] = {}  # journals that are full, by number
        self.originals = RecentOriginals(most=ORIGINALS_AT_HAND, older=older_originals)
        self._outbox = Outbox(folder, storage, Patience(attempts=delivery_attempts), at_once=uploads_at_once)
        self._delivered: list[Stored] = []
        self._uploads = Carrier(self._outbox, at_once=uploads_at_once, on_delivered=self._delivered.append)
        self._gone = GoneList(folder, run_id)
        self._keep_text = keep_text
        self.recorder = Recorder(
            folder,
            site=site,
            run_id=run_id,
            info=info,
            max_bytes=warc_max_bytes,
            on_closed=self._on_closed,
            originals=self.originals,
        )
        self._journals = folder / "journal" / site
        self._journal = Journal(self._journals)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._carrier = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._carrying: set[asyncio.Future[None]] = set()

    async def store(self, article: Article) -> None:
        """Put the article into the journal; returns when the kernel has it. Raises ArchiveError."""
        pointer = pointer_of(article)
        if self._keep_text and pointer is not None:
            await self.recorder.add_conversion(pointer, article.url, datetime.now(UTC), article.text)
        full = await _in(self._writer, lambda: self._journal.append(article))
        self._unsettled[article.id] = self._journal_number
        if full is not None:
            self._full[self._journal_number] = full
            self._journal_number += 1

    def take_originals(self) -> list[Original]:
        """The records written since the last call that hold a payload."""
        self._taken += self._closed
        self._closed.clear()
        return self.originals.take()

    async def secure(self, outcomes: Sequence[Outcome]) -> None:
        """Force records, articles and what is gone to the disk. Raises ArchiveError."""
        await self.recorder.sync()
        await _in(self._writer, self._journal.sync)
        await _in(self._writer, partial(self._gone.add, outcomes))

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """The ledger has these, and the originals last taken: WARC files that it knows whole may leave, and a
        journal whose articles it has all may become Parquet.
        """
        for closed in self._taken:
            self._uploads.carry(closed.key, closed.sha256)
        self._taken.clear()
        for outcome in outcomes:
            if outcome.article is not None:
                self._unsettled.pop(outcome.article.id, None)
        waiting = set(self._unsettled.values())
        for number in [number for number in self._full if number not in waiting]:
            self._carry(partial(self._carry_articles, self._full.pop(number)))

    async def close(self, log: Path) -> None:
        """Close every file, WARC and articles; what was carried meanwhile has arrived or waits in the spool.

        To be called when everything is settled. Raises ArchiveError where the spool itself fails.
        """
        if self._warcs or self.recorder.is_open:
            await self.recorder.add_resource(
                run_uri(self._run_id, "settings"), "application/json", self._settings
            )
            await self.recorder.add_file(run_uri(self._run_id, "log"), "text/plain;charset=utf-8", log)
        await self.recorder.close()
        if self.recorder.failure is not None:
            raise self.recorder.failure
        await _in(self._writer, self._journal.close)
        await _in(self._writer, self._gone.close)
        await asyncio.gather(*self._carrying, return_exceptions=True)  # what failed is tried again below
        await _in(self._carrier, self._uploads.stop)
        for journal in leftovers(self._journals):
            await _in(self._carrier, partial(self._to_parquet, journal))

    async def seal(self, seal: Seal, facts: RunFacts) -> Delivery:
        """The manifest of everything that was delivered, and its own delivery. Raises ArchiveError."""
        files = [ManifestFile.of(file, warc=self._warcs.get(file.key)) for file in self._delivered]
        await _in(self._carrier, partial(seal.put_on, self.folder, self._storage, facts, files))
        return await self.deliver()

    async def deliver(self) -> Delivery:
        """Deliver everything that lies closed in the spool: the whole run's delivery so far."""
        rest = await _in(self._carrier, self._outbox.deliver_all)
        self._delivered += rest.delivered
        return Delivery(delivered=list(self._delivered), failed=rest.failed)

    def end(self) -> None:
        """End the threads and drop the folders that are empty now."""
        self._uploads.stop()
        self._writer.shutdown()
        self._carrier.shutdown()
        for folder in (self._journals, self._journals.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _on_closed(self, closed: ClosedWarc) -> None:
        self._warcs[closed.key] = closed
        logger.info("Closed %s: %d records, %d bytes.", closed.key, closed.records, closed.size)
        self._closed.append(closed)
        self.settle_soon()

    def _carry(self, job: Callable[[], None]) -> None:
        carrying = asyncio.ensure_future(_in(self._carrier, job))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)

    def _carry_articles(self, journal: Path) -> None:
        try:
            written = self._to_parquet(journal)
        except ArchiveError as error:
            logger.warning("%s It is tried again at the end of the run.", error)
            return
        for path in written:
            self._uploads.carry(path.relative_to(self.folder).as_posix())

    def _to_parquet(self, journal: Path) -> list[Path]:
        return journal_to_parquet(journal, self.folder, site=self._site, run_id=self._run_id)


async def _in(executor: Executor, job: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(executor, job)
