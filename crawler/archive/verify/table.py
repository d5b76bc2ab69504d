"""Where the responses of one WARC file lie, on disk: what its index and the articles are held against."""

import mmap
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from crawler.archive.verify.record import CheckedRecord

_ROW = Struct("<QQ16s16s")  # offset, length, index hash, pointer hash; by offset
_NOTHING = bytes(16)


@dataclass(frozen=True, slots=True)
class Place:
    """One row: a response, or a member that is damaged."""

    number: int
    offset: int
    length: int
    index_hash: bytes  # of what its index line must say; zeros where it needs none
    pointer_hash: bytes  # of what a pointer to it must say; zeros where it is damaged

    @property
    def is_damaged(self) -> bool:
        return self.pointer_hash == _NOTHING

    @property
    def is_indexed(self) -> bool:
        return self.index_hash != _NOTHING


class TableWriter:
    """Takes the responses of a file in order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, record: CheckedRecord, offset: int, length: int) -> None:
        index = _NOTHING
        if record.status is not None and record.uri is not None:
            moment = f"{record.date:%Y%m%d%H%M%S}"
            index = index_hash(record.uri, moment, str(record.status), record.payload_digest, length)
        pointer = pointer_hash(record.record_id, record.payload_digest, length)
        self._file.write(_ROW.pack(offset, length, index, pointer))

    def add_damaged(self, offset: int) -> None:
        self._file.write(_ROW.pack(offset, 0, _NOTHING, _NOTHING))


class Table:
    """Reads what a TableWriter wrote."""

    def __init__(self, data: "mmap.mmap | bytes") -> None:
        self._data = data
        self._count = len(data) // _ROW.size

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Place]:
        return (self._place(number) for number in range(self._count))

    def at(self, offset: int) -> Place | None:
        """What begins at this byte of the WARC file."""
        number = bisect_left(range(self._count), offset, key=lambda n: self._place(n).offset)
        place = self._place(number) if number < self._count else None
        return place if place is not None and place.offset == offset else None

    def _place(self, number: int) -> Place:
        return Place(number, *_ROW.unpack_from(self._data, number * _ROW.size))


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Raises OSError."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:  # which cannot be mapped
            yield Table(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield Table(data)


def index_hash(uri: str, moment: str, status: str, digest: str | None, length: int) -> bytes:
    """What an index line says of a response, in 16 bytes."""
    return _hash("index", uri, moment, status, digest or "", str(length))


def pointer_hash(record_id: str, digest: str | None, length: int) -> bytes:
    """What a pointer says of a response, in 16 bytes."""
    return _hash("pointer", record_id, digest or "", str(length))


def _hash(*texts: str) -> bytes:
    return blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
