"""The folder of one run in the spool: all its files, until the archive has them.

The folder has the layout of the archive, and a file leaves it when it is delivered.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from crawler.archive.manifest import ManifestFile, RunFacts
from crawler.archive.merged_index import add_to_merged_index
from crawler.archive.originals import Original, RecentOriginals
from crawler.archive.recorder import Recorder
from crawler.archive.run_records import run_uri
from crawler.archive.warc_file import ClosedWarc
from crawler.errors import ArchiveError
from crawler.items import Article, pointer_of
from crawler.ledger.entries import Outcome
from crawler.options.options import Options
from crawler.run.gone import GoneList
from crawler.run.journal import Journal, leftovers
from crawler.run.lock import LOCK
from crawler.run.parquet import journal_to_parquet
from crawler.run.sealing import Seal
from crawler.storage import Stored
from crawler.storage.carrier import Carrier
from crawler.storage.outbox import ORDER, Delivery, Outbox, Patience

logger = logging.getLogger(__name__)

MAX_ORIGINALS = 2_000  # in memory, about those of the last minute; the ledger has the others

_T = TypeVar("_T")


class RunSpool:
    """The open files of a run, and the delivery of closed files while the crawl goes on."""

    def __init__(
        self,
        folder: Path,
        *,
        site: str,
        run_id: str,
        options: Options,
        info: Mapping[str, str],
        older_originals: Callable[[str], Original | None],
        on_warc_closed: Callable[[], None],
        promise: Callable[[], Awaitable[None]],
    ) -> None:
        """Open the folder; files are made when they are needed.

        `info` are the fields of warcinfo records. `older_originals` finds the record of a payload by its
        digest. `on_warc_closed` has to bring about a call of `settled` soon: a WARC file leaves only when the
        ledger has its records, else a kill would make the next run keep their payloads twice. `promise` puts
        a copy of the ledger into the archive: articles leave only when it has theirs, else a machine that
        takes over the site would store them again.
        """
        self.folder = folder
        self._site = site
        self._run_id = run_id
        self._settings_json = options.settings_json
        self._storage = options.storage
        self._on_warc_closed = on_warc_closed
        self._promise = promise
        self._warcs: dict[str, ClosedWarc] = {}
        self._closed: list[ClosedWarc] = []
        self._taken: list[ClosedWarc] = []  # closed, and their records are on the way into the ledger
        self._unsettled: dict[str, int] = {}  # article id -> journal, of articles that the ledger lacks
        self._journal_number = 0
        self._full: dict[int, Path] = {}  # journals that are full, by number
        self.originals = RecentOriginals(held=MAX_ORIGINALS, older=older_originals)
        at_once = options.uploads_at_once
        patience = Patience(attempts=options.delivery_attempts)
        self._outbox = Outbox(folder, options.storage, patience, at_once=at_once)
        self._delivered: list[Stored] = []
        self._uploads = Carrier(self._outbox, at_once=at_once, on_delivered=self._delivered.append)
        self._gone = GoneList(folder, run_id)
        self._keep_text = options.warc_text
        self.recorder = Recorder(
            folder,
            site=site,
            run_id=run_id,
            info=info,
            max_bytes=options.warc_max_bytes,
            on_closed=self._on_closed,
            originals=self.originals,
        )
        self._journals = folder / "journal" / site
        self._journal = Journal(self._journals)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._carrier = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._carrying: set[asyncio.Future[None]] = set()

    async def store(self, article: Article) -> None:
        """Put an article into the journal; return when the kernel has it. Raises ArchiveError."""
        pointer = pointer_of(article)
        if self._keep_text and pointer is not None:
            await self.recorder.add_conversion(pointer, article.url, datetime.now(UTC), article.text)
        full = await _in(self._writer, lambda: self._journal.append(article))
        self._unsettled[article.id] = self._journal_number
        if full is not None:
            self._full[self._journal_number] = full
            self._journal_number += 1

    def take_originals(self) -> list[Original]:
        """Return the records with a payload that were written since the last call."""
        self._taken += self._closed
        self._closed.clear()
        return self.originals.take()

    async def secure(self, outcomes: Sequence[Outcome]) -> None:
        """Force records, articles and the list of gone articles to the disk. Raises ArchiveError."""
        await self.recorder.sync()
        await _in(self._writer, self._journal.sync)
        await _in(self._writer, partial(self._gone.add, outcomes))

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Release files: the ledger now has these outcomes, and the originals that were taken last.

        WARC files whose records it has are delivered; journals whose articles it has become Parquet.
        """
        for closed in self._taken:
            self._uploads.carry(closed.key, closed.sha256)
        self._taken.clear()
        for outcome in outcomes:
            if outcome.article is not None:
                self._unsettled.pop(outcome.article.id, None)
        waiting = set(self._unsettled.values())
        for number in [number for number in self._full if number not in waiting]:
            self._carry(self._carry_articles(self._full.pop(number)))

    async def close(self, log: Path) -> None:
        """Close every file and end the deliveries beside the crawl; their failures are tried again later.

        `log` is the open log file, whose content goes into the WARC file. To be called when everything is
        settled. Raises ArchiveError where the spool itself fails.
        """
        if self._warcs or self.recorder.is_open:
            await self.recorder.add_resource(
                run_uri(self._run_id, "settings"), "application/json", self._settings_json
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

    async def drop(self) -> None:
        """Close and remove every file of the run, except its lock. Raises ArchiveError, OSError."""
        await self.recorder.close()
        await _in(self._writer, self._journal.close)
        await _in(self._writer, self._gone.close)
        for path in self.folder.iterdir():
            if path.name != LOCK:
                shutil.rmtree(path)

    async def seal(self, seal: Seal, facts: RunFacts, recent: Sequence[str]) -> Delivery:
        """Write the manifest of all delivered files, and deliver it. Raises ArchiveError.

        `recent` are runs that are known to be among the last of the site.
        """
        files = [ManifestFile.of(file, warc=self._warcs.get(file.key)) for file in self._delivered]
        await _in(self._carrier, partial(seal.put_on, self.folder, self._storage, facts, files, recent))
        return await self.deliver()

    async def deliver(self, folders: Sequence[str] = ORDER) -> Delivery:
        """Deliver the closed files in these folders of the spool.

        Returns what the run delivered so far, and what failed.
        """
        rest = await _in(self._carrier, partial(self._outbox.deliver_all, folders))
        self._delivered += rest.delivered
        return Delivery(delivered=list(self._delivered), failed=rest.failed)

    async def add_to_index(self, delivery: Delivery) -> None:
        """Add the run's lines to the merged index. It can be made anew, so a failure is only logged."""
        keys = [file.key for file in delivery.delivered if file.key.startswith("cdxj/")]
        try:
            await asyncio.to_thread(add_to_merged_index, self._storage, self._site, keys, self.folder)
        except ArchiveError as error:
            logger.warning("%s", error)

    def end(self) -> None:
        """End the threads and remove the folders that are empty now."""
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
        self._on_warc_closed()

    def _carry(self, job: Coroutine[Any, Any, None]) -> None:
        carrying = asyncio.ensure_future(job)
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)

    async def _carry_articles(self, journal: Path) -> None:
        try:
            written = await _in(self._carrier, partial(self._to_parquet, journal))
            await self._promise()
        except ArchiveError as error:
            logger.warning("%s It is tried again at the end of the run.", error)
            return
        for path in written:
            self._uploads.carry(path.relative_to(self.folder).as_posix())

    def _to_parquet(self, journal: Path) -> list[Path]:
        return journal_to_parquet(journal, self.folder, site=self._site, run_id=self._run_id)


async def _in(executor: Executor, job: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(executor, job)
