"""Read the pages of WARC files again, on every core, into a workbook."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from crawler.archive.members import WarcFormatError
from crawler.archive.names import FileOwner
from crawler.archive.responses import read_responses
from crawler.items import Article, Page, RecordPointer, Rejection, further_pages_of
from crawler.lanes import Lanes
from crawler.reextract.candidates import candidate_of, site_named
from crawler.reextract.captures import Capture, article_captures
from crawler.reextract.workbook import Workbook
from crawler.site import Site
from crawler.storage import Storage
from crawler.storage.ranged import buffered

_AHEAD = 4  # pages in flight for each lane, so that no lane waits
_COMMIT = 50  # pages between two commits: a kill loses one or two seconds of work

Read = Callable[[Page, Site], Article | Rejection]  # in a lane
OnBytes = Callable[[int], object]


class Reader:
    """The processes that read pages, for all sites. Use it in one event loop."""

    def __init__(
        self,
        *,
        read: Read,
        prepare: Callable[[], None],
        lanes: int,
        seconds: float,
        least_words: int,
        sites: Mapping[str, Site],
        runs: Mapping[tuple[str, str], str],
    ) -> None:
        """Prepare the processes; they start with their first page.

        `prepare` runs once in each process, `seconds` is the time for a page, `least_words` the length of an
        article at least. `sites` are the described sites by name. `runs` are the ids of runs by site and
        suffix (the last part of an id).
        """
        self._lanes = Lanes(lanes, seconds=seconds, prepare=prepare)
        self._read = read
        self._least_words = least_words
        self._sites = sites
        self.ahead = _AHEAD * lanes
        self.runs = runs

    async def outcome(self, page: Page, site_name: str) -> Article | Rejection:
        """Return the article of a page, or why it has none. Raises nothing for any page."""
        try:
            site = site_named(site_name, page.url, self._sites)
            outcome = await self._lanes.read(self._read, page, site)
        except ValueError:  # an address without a host
            return Rejection(reason="bad-url")
        if isinstance(outcome, Rejection):
            return outcome
        if not outcome.title.strip():
            return Rejection(reason="no-title")
        return Rejection(reason="no-text") if outcome.word_count < self._least_words else outcome

    async def close(self) -> None:
        """End the processes, and return when they have ended."""
        await self._lanes.close()


async def read_site(
    reader: Reader, storage: Storage, site: str, workbook: Workbook, on_bytes: OnBytes = int
) -> None:
    """Continue to read every WARC file of the workbook; `on_bytes` gets the bytes since its last call.

    A damaged file is read as far as possible, and `Workbook.problems` names it. Raises ArchiveError where the
    archive cannot be read; the workbook keeps what was read.
    """
    try:
        for key, size, reached in workbook.unread():
            on_bytes(max(reached, 0))
            await _WarcReading(reader, storage, site, workbook, key).run(size, reached, on_bytes)
    finally:
        workbook.commit()


class _WarcReading:
    """The reading of one WARC file. Its pages go into the workbook in the order of the file."""

    def __init__(self, reader: Reader, storage: Storage, site: str, workbook: Workbook, key: str) -> None:
        self._reader = reader
        self._storage = storage
        self._site = site
        self._workbook = workbook
        self._key = key
        owner = FileOwner.parse(key)
        self._run_id = reader.runs.get((owner.site, owner.suffix)) if owner else None
        self._kept = 0

    async def run(self, size: int, reached: int, on_bytes: OnBytes) -> None:
        waiting: deque[tuple[Page, asyncio.Task[Article | Rejection]]] = deque()
        problem, reported = None, max(reached, 0)
        try:
            captures = self._captures(size, reached)
            while True:
                try:
                    page = next(captures, None)
                except WarcFormatError as error:
                    problem, page = str(error), None
                if page is not None:
                    waiting.append((page, asyncio.create_task(self._reader.outcome(page, self._site))))
                while waiting and (page is None or len(waiting) >= self._reader.ahead):
                    offset = await self._keep_first(waiting)
                    on_bytes(offset - reported)
                    reported = offset
                if page is None:
                    break
                await asyncio.sleep(0)
        finally:
            for _, task in waiting:
                task.cancel()
        on_bytes(size - reported)
        self._workbook.close_warc(self._key, problem)

    def _captures(self, size: int, reached: int) -> Iterator[Page]:
        """Yield the pages after the last one in the workbook."""
        start = max(reached, 0)
        with buffered(self._storage, self._key, size, start=start) as stream:
            for capture in article_captures(stream, name=self._key):
                page = self._page(capture, start)
                if page.record and page.record.warc_offset > reached:
                    yield page

    def _page(self, capture: Capture, start: int) -> Page:
        response, offset = capture.response, start + capture.response.offset
        before = self._workbook.before(self._key, offset)
        return Page(
            url=before["url"] if before else response.uri,
            body=response.payload,
            http_status=response.http_status,
            content_type=response.http_header("content-type"),
            fetched_at=response.date or _fetched_at(before),
            run_id=before["run_id"] if before else self._run_id,
            record=RecordPointer(
                warc_file=self._key,
                warc_offset=offset,
                warc_length=response.length,
                warc_record_id=response.headers.get("warc-record-id", ""),
                payload_digest=response.headers.get("warc-payload-digest"),
            ),
            candidate=candidate_of(capture, before),
            further=tuple(self._further(before)) if before else (),
        )

    def _further(self, before: Mapping[str, Any]) -> Iterator[Page]:
        """Read the further pages of an article, as far as their records are there."""
        for part in further_pages_of(before):
            pointer = RecordPointer(**{name: part[name] for name in RecordPointer.__dataclass_fields__})
            with self._storage.open(pointer.warc_file, pointer.warc_offset, pointer.warc_length) as stream:
                responses = list(read_responses(stream, name=pointer.warc_file))
            for response in responses[:1]:
                yield Page(
                    url=part["url"],
                    body=response.payload,
                    http_status=response.http_status,
                    content_type=response.http_header("content-type"),
                    fetched_at=response.date or _fetched_at(before),
                    record=pointer,
                )

    async def _keep_first(self, waiting: deque[tuple[Page, asyncio.Task[Article | Rejection]]]) -> int:
        """Wait for the first page, keep its outcome, and return its offset."""
        page, task = waiting[0]
        outcome = await task
        waiting.popleft()
        assert page.record is not None  # noqa: S101 - every page of ours has one
        offset = page.record.warc_offset
        self._workbook.keep(self._key, offset, page.url, outcome)
        self._kept += 1
        if self._kept % _COMMIT == 0:
            self._workbook.commit()
        return offset


def _fetched_at(before: Mapping[str, Any] | None) -> datetime:
    """Return the time of the fetch for a record without a date."""
    return datetime.fromisoformat(before["fetched_at"]) if before else datetime.now(UTC)
