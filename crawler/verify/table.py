"""The places of one WARC file's captures, on disk: index, articles and revisits are compared with them."""

import mmap
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from crawler.verify.record import CheckedRecord

_ROW = Struct("<QQ16s16s16sc")  # offset, length, index hash, pointer hash, identity, kind; by offset
_NOTHING = bytes(16)
_KINDS = {"response": b"r", "revisit": b"v", "resource": b"s"}
_DAMAGED = b"d"


@dataclass(frozen=True, slots=True)
class Place:
    """One row: a response, a revisit, a resource, or a damaged member."""

    number: int
    offset: int
    length: int
    index_hash: bytes  # of the values of its index line; zeros where it needs none
    pointer_hash: bytes  # of a pointer to it; for a revisit, of the index line of its original
    identity: bytes  # of a response; of a revisit that of its original, zeros where it does not name one
    kind: bytes

    @property
    def is_damaged(self) -> bool:
        return self.kind == _DAMAGED

    @property
    def is_response(self) -> bool:
        return self.kind == _KINDS["response"]

    @property
    def is_revisit(self) -> bool:
        return self.kind == _KINDS["revisit"]

    @property
    def is_indexed(self) -> bool:
        return self.index_hash != _NOTHING

    @property
    def names_an_original(self) -> bool:
        return self.identity != _NOTHING


class TableWriter:
    """Takes the responses, revisits and resources of a file in order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, record: CheckedRecord, offset: int, length: int) -> None:
        index, revisit = _NOTHING, record.kind == "revisit"
        if record.uri is not None and (record.status is not None or record.kind != "response"):
            status = "" if record.status is None else str(record.status)
            moment = _moment(record.date)
            index = index_hash(record.uri, moment, status, record.payload_digest, length, revisit=revisit)
        identity = identity_of(record)
        pointer = pointer_hash(record.record_id, record.payload_digest, length)
        if revisit and record.refers_to is not None:
            there = record.refers_to
            pointer = original_hash(there.uri, _moment(there.date), record.payload_digest)
        kind = _KINDS[record.kind]
        self._file.write(_ROW.pack(offset, length, index, pointer, identity or _NOTHING, kind))

    def add_damaged(self, offset: int) -> None:
        self._file.write(_ROW.pack(offset, 0, _NOTHING, _NOTHING, _NOTHING, _DAMAGED))


def identity_of(record: CheckedRecord) -> bytes | None:
    """Hash a response, or the original that a revisit names, to 16 bytes; None without an original."""
    digest = record.payload_digest or ""
    if record.kind != "revisit":
        return _hash("record", record.record_id, record.uri or "", record.date.isoformat(), digest)
    there = record.refers_to
    return _hash("record", there.record_id, there.uri, there.date.isoformat(), digest) if there else None


def _moment(date: datetime) -> str:
    return f"{date:%Y%m%d%H%M%S}"


class Table:
    """Reads a table that a TableWriter wrote."""

    def __init__(self, data: "mmap.mmap | bytes") -> None:
        self._data = data
        self._count = len(data) // _ROW.size

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Place]:
        return (self._place(number) for number in range(self._count))

    def at(self, offset: int) -> Place | None:
        """Return the place that begins at this byte of the WARC file."""
        number = bisect_left(range(self._count), offset, key=lambda n: self._place(n).offset)
        place = self._place(number) if number < self._count else None
        return place if place is not None and place.offset == offset else None

    def _place(self, number: int) -> Place:
        return Place(number, *_ROW.unpack_from(self._data, number * _ROW.size))


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a table. Raises OSError."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:  # which cannot be mapped
            yield Table(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield Table(data)


def index_hash(
    uri: str, moment: str, status: str, digest: str | None, length: int, *, revisit: bool
) -> bytes:
    """Hash the values of an index line that describe a capture, to 16 bytes."""
    return _hash("revisit" if revisit else "index", uri, moment, status, digest or "", str(length))


def original_hash(uri: str, moment: str, digest: str | None) -> bytes:
    """Hash the values of an index line that identify the original of a revisit, to 16 bytes."""
    return _hash("original", uri, moment, digest or "")


def pointer_hash(record_id: str, digest: str | None, length: int) -> bytes:
    """Hash the values of a pointer to a response, to 16 bytes."""
    return _hash("pointer", record_id, digest or "", str(length))


def _hash(*texts: str) -> bytes:
    return blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
