"""Writes exchanges into WARC files off the event loop, one writer thread, in the order they come."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from crawler.archive.compose import draft_event, draft_warcinfo
from crawler.archive.exchange import Exchange, now
from crawler.archive.warc_file import ClosedWarc, Placed, WarcFile
from crawler.errors import ArchiveError
from crawler.items import RecordPointer

_MOST_WAITING = 32  # exchanges in memory at once; beyond that `record` waits
_T = TypeVar("_T")


class Recorder:
    """The open WARC file of one run, and those it closed.

    `spool` mirrors the archive: files lie at `<spool>/warc/<site>/<yyyy>/<mm>/`, with `.open` behind the name
    until they are closed. `info` goes into each file's warcinfo record: software, operator, robots,
    http-header-user-agent, description, hostname…. A file is closed when it has reached `max_bytes`, and
    `on_closed` is then called in the event loop. Opens nothing before the first exchange.
    """

    def __init__(
        self,
        spool: Path,
        *,
        site: str,
        run_id: str,
        info: Mapping[str, str],
        on_closed: Callable[[ClosedWarc], None],
        max_bytes: int = 1_000_000_000,
    ) -> None:
        self.failure: ArchiveError | None = None  # why nothing is written any more
        self._spool = spool
        self._site = site
        self._run_id = run_id
        self._info = dict(info)
        self._on_closed = on_closed
        self._max_bytes = max_bytes
        self._serial = 0
        self._file: WarcFile | None = None
        self._warcinfo_id = ""
        self._closed: list[ClosedWarc] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="warc-writer")
        self._room = asyncio.Semaphore(_MOST_WAITING)
        self._writing: set[asyncio.Task[RecordPointer | None]] = set()

    async def record(self, exchange: Exchange) -> RecordPointer | None:
        """Writes the records of an exchange; returns when the kernel has them.

        The pointer leads to the response record and is None where there was no answer. Raises ArchiveError
        when the disk refuses, from then on always.
        """
        task = asyncio.ensure_future(self._record(exchange))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)  # a caller that gives up does not tear what is being written

    async def close(self) -> list[ClosedWarc]:
        """Waits for what is being written, closes the open file; returns every file of the run, in order.

        Raises ArchiveError where the last file could not be made durable; it then keeps its `.open` name.
        """
        await asyncio.gather(*self._writing, return_exceptions=True)  # each caller gets its own error
        try:
            closed = await self._in_thread(self._close_file)
            if closed is not None:
                self._announce(closed)
        finally:
            self._thread.shutdown()
        return list(self._closed)

    async def _record(self, exchange: Exchange) -> RecordPointer | None:
        async with self._room:
            pointer, closed = await self._in_thread(lambda: self._write(exchange))
        if closed is not None:
            self._announce(closed)
        return pointer

    def _announce(self, closed: ClosedWarc) -> None:
        self._closed.append(closed)
        self._on_closed(closed)

    async def _in_thread(self, job: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, job)

    def _guarded(self, job: Callable[[], _T]) -> _T:
        try:
            return job()
        except OSError as error:
            if self.failure is None:
                reason = error.strerror or error
                self.failure = ArchiveError(f"The spool {self._spool} cannot be written: {reason}.")
            raise ArchiveError(str(self.failure)) from error

    def _write(self, exchange: Exchange) -> tuple[RecordPointer | None, ClosedWarc | None]:
        if self.failure is not None:
            raise ArchiveError(str(self.failure))
        file = self._file or self._open_file()
        events = [
            draft_event(each, warcinfo_id=self._warcinfo_id) for each in (*exchange.superseded, exchange)
        ]
        placed = file.append(draft for event in events for draft in event)
        closed = self._close_file() if file.size >= self._max_bytes else None
        return _pointer(file.key, placed[-len(events[-1]) :]), closed

    def _open_file(self) -> WarcFile:
        opened = now()
        key = self._key(opened)
        warcinfo = draft_warcinfo(key.rpartition("/")[2], run_id=self._run_id, info=self._info, date=opened)
        file = WarcFile(self._spool, key)
        try:
            file.append([warcinfo])
        except BaseException:
            file.discard()
            raise
        self._serial += 1
        self._warcinfo_id = warcinfo.record_id
        self._file = file
        return file

    def _key(self, opened: datetime) -> str:
        suffix = self._run_id.rpartition("-")[2]
        name = f"WARRAQ-{self._site}-{opened:%Y%m%d%H%M%S}-{self._serial:05d}-{suffix}.warc.gz"
        return f"warc/{self._site}/{opened:%Y/%m}/{name}"

    def _close_file(self) -> ClosedWarc | None:
        file, self._file = self._file, None
        return file.close() if file else None


def _pointer(key: str, event: list[Placed]) -> RecordPointer | None:
    first = event[0]
    if first.draft.kind != "response":
        return None
    return RecordPointer(
        warc_file=key,
        warc_offset=first.offset,
        warc_length=first.length,
        warc_record_id=first.draft.record_id,
        payload_digest=first.draft.payload_digest,
    )
