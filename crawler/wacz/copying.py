"""Copies records of an archive's WARC files, byte for byte, by ranged reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import BinaryIO, Protocol

from crawler.archive.cdxj import INDEXED
from crawler.archive.cdxj_index import IndexLine
from crawler.archive.members import WarcFormatError
from crawler.archive.records import WarcReader, WarcRecord
from crawler.errors import ArchiveError
from crawler.storage import Storage

_PIECE = 1 << 20
_MAX_BEHIND = 16_000_000  # bytes of a request and its notes, packed


class Sink(Protocol):
    def write(self, data: bytes | bytearray) -> object: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Captures of a WARC file with no unwanted record between them."""

    captures: Sequence[IndexLine]  # by offset
    end: int | None  # where the next capture lies that is not wanted; None: where the file ends


def copy_all(storage: Storage, key: str, sink: Sink) -> None:
    """Copy the whole file."""
    with storage.open(key) as stream:
        while data := stream.read(_PIECE):
            sink.write(data)


def copy_warcinfo(storage: Storage, key: str, sink: Sink) -> int:
    """Copy the first record, the warcinfo; return its size in bytes."""
    with storage.open(key) as source:
        tap = _Tap(source, 0, sink)
        reader = WarcReader(_as_stream(tap), name=key)
        first = next(iter(reader), None)
        if first is None or first.kind != "warcinfo":
            raise ArchiveError(f"{key} in {storage.address} does not begin with a warcinfo record.")
        first.block.skip()
        length = reader.length(first)
        sink.write(tap.behind[:length])
    return length


def copy_stretch(storage: Storage, key: str, stretch: Stretch, sink: Sink) -> int:
    """Copy each response with its request and metadata, and what is between; return the number of bytes.

    Raises ArchiveError where the index does not fit the file.
    """
    start, last = stretch.captures[0].offset, stretch.captures[-1]
    certain = last.offset + last.length - start
    length = None if stretch.end is None else stretch.end - start
    with storage.open(key, start, length) as source:
        tap = _Tap(source, certain, sink)
        try:
            end = _end(WarcReader(_as_stream(tap), name=key), stretch.captures, start)
        except WarcFormatError as error:
            raise ArchiveError(
                f"{key} in {storage.address}, from byte {start}: {error} scrapy verify names the damage."
            ) from error
        if end is None:
            raise ArchiveError(
                f"{key} in {storage.address}, from byte {start}, is not what its index says; "
                "scrapy verify names the damage."
            )
        sink.write(tap.behind[: end - certain])
    return end


def _end(reader: WarcReader, captures: Sequence[IndexLine], start: int) -> int | None:
    """Return where the last capture's event ends; None where a capture is not at its line's place."""
    waiting = iter(captures)
    wanted: IndexLine | None = next(waiting)
    last_id, end = "", 0
    for record in reader:
        if wanted is None and record.headers.get("warc-concurrent-to") != last_id:
            return end
        record.block.skip()
        length = reader.length(record)
        end = record.offset + length
        if wanted is not None and record.offset == wanted.offset - start:
            if not _is(record, length, wanted):
                return None
            last_id = record.headers.get("warc-record-id", "")
            wanted = next(waiting, None)
    return end if wanted is None else None


def _is(record: WarcRecord, length: int, line: IndexLine) -> bool:
    return record.kind in INDEXED and record.uri == line.url and length == line.length


class _Tap(RawIOBase):
    """Gives bytes to a reader; writes the first of them to the sink, and keeps those `behind`."""

    def __init__(self, source: BinaryIO, first: int, sink: Sink) -> None:
        self._source = source
        self._left = first
        self._sink = sink
        self.behind = bytearray()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.read(len(buffer))
        direct, rest = data[: self._left], data[self._left :]
        if direct:
            self._sink.write(direct)
            self._left -= len(direct)
        self.behind += rest
        if len(self.behind) > _MAX_BEHIND:
            raise ArchiveError(f"More than {_MAX_BEHIND} bytes belong to one answer; that is no news page.")
        buffer[: len(data)] = data
        return len(data)


def _as_stream(tap: _Tap) -> BinaryIO:
    return BufferedReader(tap, 1 << 16)


def stretches(offsets: Sequence[int], captures: Sequence[IndexLine]) -> Iterator[Stretch]:
    """Group captures, by offset, that are neighbours among all `offsets` (sorted)."""
    following = dict(zip(offsets, [*offsets[1:], None], strict=True))
    run: list[IndexLine] = []
    for capture in captures:
        if run and following[run[-1].offset] != capture.offset:
            yield Stretch(run, following[run[-1].offset])
            run = []
        run.append(capture)
    if run:
        yield Stretch(run, following[run[-1].offset])


def events(offsets: Sequence[int], captures: Sequence[IndexLine]) -> Iterator[Stretch]:
    """Take each capture, by offset, alone: with its request and metadata, and nothing that is between."""
    following = dict(zip(offsets, [*offsets[1:], None], strict=True))
    return (Stretch([capture], following[capture.offset]) for capture in captures)
