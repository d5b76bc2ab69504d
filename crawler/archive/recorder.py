"""Writes exchanges into WARC files outside the event loop, in one writer thread, in their order."""

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from crawler.archive.compose import draft_event
from crawler.archive.exchange import Exchange, now
from crawler.archive.names import new_warc_key
from crawler.archive.originals import Original, Originals
from crawler.archive.run_records import draft_closing, draft_conversion, draft_resource, draft_warcinfo
from crawler.archive.warc_file import ClosedWarc, Placed, WarcFile
from crawler.errors import ArchiveError
from crawler.items import RecordPointer

_MAX_WAITING = 32  # exchanges in memory at once; beyond that `record` waits
_MAX_PIECE = 16_000_000  # bytes of a file in one resource record
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """The record that holds the payload of an exchange."""

    pointer: RecordPointer  # of the full response record: a revisit's original, else the exchange's own
    held_since: datetime | None = None  # when a revisit's original was captured; None where it is no revisit

    @property
    def revisited(self) -> bool:
        """Tell whether the archive held the payload already, so that a revisit record was written."""
        return self.held_since is not None


class Recorder:
    """Writes the WARC files of one run.

    `spool` has the layout of the archive: files are at `<spool>/warc/<site>/<yyyy>/<mm>/`, with the suffix
    `.open` until they are closed. `info` goes into the warcinfo record of each file: software, operator,
    robots, http-header-user-agent, description, hostname… A file that reaches `max_bytes` is closed, and
    `on_closed` is called in the event loop. Without `originals` every payload is written, and no revisit. No
    file is opened before the first record.
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
        originals: Originals | None = None,
    ) -> None:
        self.failure: ArchiveError | None = None  # why nothing is written any more
        self._spool = spool
        self._site = site
        self._run_id = run_id
        self._info = dict(info)
        self._on_closed = on_closed
        self._max_bytes = max_bytes
        self._originals = originals
        self._file: WarcFile | None = None
        self._warcinfo_ids: dict[str, str] = {}  # by the name of the file, in order
        self._warcinfo_id = ""
        self._has_contact = False
        self._closed: list[ClosedWarc] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="warc-writer")
        self._room = asyncio.Semaphore(_MAX_WAITING)
        self._writing: set[asyncio.Task[Any]] = set()

    @property
    def is_open(self) -> bool:
        """Tell whether a file is being written."""
        return self._file is not None

    @property
    def has_contact(self) -> bool:
        """Tell whether any server accepted a request or answered."""
        return self._has_contact

    async def record(self, exchange: Exchange) -> Recorded | None:
        """Write the records of an exchange; return when the kernel has them.

        Returns None where there was no response. Raises ArchiveError when the disk fails, and from then on
        always.
        """
        return await self._shielded(lambda: self._write(exchange))

    async def add_resource(self, uri: str, content_type: str, data: bytes) -> RecordPointer:
        """Write a `resource` record of something that the run made, like `urn:warraq:<run>:settings`.

        `data` must not contain secrets. Raises ArchiveError as `record`.
        """
        return await self._shielded(lambda: self._write_resource(uri, content_type, data))

    async def add_file(self, uri: str, content_type: str, path: Path) -> list[RecordPointer]:
        """Write a file, such as a log, as `resource` records of at most 16 MB, cut behind a line.

        The first record has the address `uri`; `:2`, `:3`… are appended for the others. Raises ArchiveError
        as `record`, and OSError where the file cannot be read.
        """
        pointers: list[RecordPointer] = []
        with path.open("rb") as file:
            while data := await asyncio.to_thread(_next_piece, file):
                name = f"{uri}:{len(pointers) + 1}" if pointers else uri
                pointers.append(await self.add_resource(name, content_type, data))
        return pointers

    async def add_conversion(
        self, pointer: RecordPointer, uri: str, date: datetime, text: str
    ) -> RecordPointer:
        """Write the text of the response at `pointer` as a `conversion` record. Raises as `record`."""
        return await self._shielded(lambda: self._write_conversion(pointer, uri, date, text))

    async def sync(self) -> None:
        """Force what was written to the disk. Raises ArchiveError as `record`."""
        await self._in_thread(lambda: self._file.sync() if self._file else None)

    async def close(self) -> list[ClosedWarc]:
        """Wait for the writer, close the open file, and return all files of the run in order.

        The last file ends with a metadata record that names the warcinfo records of all files. Raises
        ArchiveError where the file could not be forced to the disk; it then keeps its `.open` name.
        """
        await asyncio.gather(*self._writing, return_exceptions=True)  # each caller gets its own error
        try:
            closed = await self._in_thread(self._finish)
            if closed is not None:
                self._announce(closed)
        finally:
            self._thread.shutdown()
        return list(self._closed)

    async def _shielded(self, write: Callable[[], tuple[_T, ClosedWarc | None]]) -> _T:
        """Wait for a write; a caller that is cancelled does not interrupt it."""
        task = asyncio.ensure_future(self._written(write))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def _written(self, write: Callable[[], tuple[_T, ClosedWarc | None]]) -> _T:
        async with self._room:
            result, closed = await self._in_thread(write)
        if closed is not None:
            self._announce(closed)
        return result

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

    def _write(self, exchange: Exchange) -> tuple[Recorded | None, ClosedWarc | None]:
        file = self._ready_file()
        find = self._originals.find if self._originals else None
        events = [
            draft_event(each, warcinfo_id=self._warcinfo_id, find=find)
            for each in (*exchange.superseded, exchange)
        ]
        placed = file.append([draft for event in events for draft in event])
        self._has_contact = self._has_contact or any(each.draft.kind != "metadata" for each in placed)
        self._remember(file.key, placed)
        return _recorded(file.key, placed[-len(events[-1])]), self._close_full(file)

    def _write_resource(
        self, uri: str, content_type: str, data: bytes
    ) -> tuple[RecordPointer, ClosedWarc | None]:
        file = self._ready_file()
        draft = draft_resource(uri, content_type, data, date=now(), warcinfo_id=self._warcinfo_id)
        [place] = file.append([draft])
        return _pointer(file.key, place), self._close_full(file)

    def _write_conversion(
        self, pointer: RecordPointer, uri: str, date: datetime, text: str
    ) -> tuple[RecordPointer, ClosedWarc | None]:
        file = self._ready_file()
        [place] = file.append(
            [draft_conversion(pointer, uri, text, date=date, warcinfo_id=self._warcinfo_id)]
        )
        return _pointer(file.key, place), self._close_full(file)

    def _remember(self, key: str, placed: list[Placed]) -> None:
        """Add the records that were written as originals; a record that failed must not be one."""
        for place in placed if self._originals else ():
            draft = place.draft
            if draft.can_be_original and draft.uri and draft.payload_digest:
                pointer = _pointer(key, place)
                self._originals.add(  # type: ignore[union-attr]  # looped over nothing without it
                    Original(digest=draft.payload_digest, uri=draft.uri, date=draft.date, pointer=pointer)
                )

    def _ready_file(self) -> WarcFile:
        if self.failure is not None:
            raise ArchiveError(str(self.failure))
        return self._file or self._open_file()

    def _open_file(self) -> WarcFile:
        opened = now()
        key = new_warc_key(self._site, self._run_id, opened=opened, serial=len(self._warcinfo_ids))
        name = key.rpartition("/")[2]
        warcinfo = draft_warcinfo(name, run_id=self._run_id, info=self._info, date=opened)
        file = WarcFile(self._spool, key)
        try:
            file.append([warcinfo])
        except BaseException:
            file.discard()
            raise
        self._warcinfo_ids[name] = self._warcinfo_id = warcinfo.record_id
        self._file = file
        return file

    def _close_full(self, file: WarcFile) -> ClosedWarc | None:
        return self._close_file() if file.size >= self._max_bytes else None

    def _finish(self) -> ClosedWarc | None:
        if self._warcinfo_ids and self.failure is None:
            with suppress(ArchiveError):  # kept in `failure`; what was written before is closed all the same
                self._guarded(self._write_closing)
        return self._close_file()

    def _write_closing(self) -> None:
        file = self._ready_file()
        files = self._warcinfo_ids.items()
        file.append([draft_closing(self._run_id, files, date=now(), warcinfo_id=self._warcinfo_id)])

    def _close_file(self) -> ClosedWarc | None:
        file, self._file = self._file, None
        return file.close() if file else None


def _recorded(key: str, first: Placed) -> Recorded | None:
    original = first.draft.original
    if original is not None:
        return Recorded(pointer=original.pointer, held_since=original.date)
    return Recorded(pointer=_pointer(key, first)) if first.draft.kind == "response" else None


def _pointer(key: str, place: Placed) -> RecordPointer:
    return RecordPointer(
        warc_file=key,
        warc_offset=place.offset,
        warc_length=place.length,
        warc_record_id=place.draft.record_id,
        payload_digest=place.draft.payload_digest,
    )


def _next_piece(file: BinaryIO) -> bytes:
    data = file.read(_MAX_PIECE)
    if len(data) == _MAX_PIECE:
        end = data.rfind(b"\n") + 1 or len(data)
        file.seek(end - len(data), os.SEEK_CUR)
        data = data[:end]
    return data
