"""Reads WARC files, ours and other people's, in constant memory: plain or gzip, WARC 0.17 to 1.1.

Tolerates what is common: LF for CRLF, folded fields, missing blank lines between records, one gzip stream
around many records. Refuses what is not a WARC file, or is broken, with one WarcFormatError that names the
file and the byte.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.members import MemberReader

_VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}\s*")
_MOST_FIELDS = 1_000
_LONGEST_FIELD = 65_536  # bytes of one line
_MOST_DIGITS = 18
_PIECE = 65_536


class Block:
    """The bytes of one record, readable once and only until the next record is asked for."""

    def __init__(self, reader: MemberReader, size: int, offset: int) -> None:
        self._reader = reader
        self._size = size
        self._left = size
        self._offset = offset

    def read(self, most: int = _PIECE) -> bytes:
        """At most `most` bytes; nothing at the end. Raises WarcFormatError where the file ends too early."""
        if not self._left:
            return b""
        data = self._reader.read(min(most, self._left))
        if not data:
            there = self._size - self._left
            raise self._reader.error(
                self._offset, f"the record is cut off, {there} of its {self._size} bytes are there"
            )
        self._left -= len(data)
        return data

    def skip(self) -> None:
        while self.read():
            pass


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcRecord:
    """One record of any kind, its block still to be read."""

    offset: int  # in the file, of its gzip member, or of the record itself in a plain file
    fields: tuple[tuple[str, str], ...]  # in order, as written
    shares: bool  # its gzip member with a record before it
    block: Block

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name, the first value of each."""
        return {name.lower(): value for name, value in reversed(self.fields)}

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def uri(self) -> str:
        """WARC 1.0 was often written with angle brackets around it."""
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def date(self) -> datetime | None:
        return warc_moment(self.headers.get("warc-date", ""))


class WarcReader:
    """Iterates over the records of an open file; each has to be used before the next is asked for."""

    def __init__(self, stream: BinaryIO, *, name: str) -> None:
        self._reader = MemberReader(stream, name)

    def __iter__(self) -> Iterator[WarcRecord]:
        last = -1
        while True:
            offset = self._reader.position()
            if not self._reader.peek():
                return
            record = self._head(offset, shares=offset == last)
            last = offset
            yield record
            record.block.skip()
            self._reader.skip_blank_lines()

    def length(self, record: WarcRecord) -> int:
        """Bytes of the record's member, once its block is read; 0 where several records share one."""
        end = self._reader.skip_blank_lines()
        return 0 if record.shares else end - record.offset

    def _head(self, offset: int, *, shares: bool) -> WarcRecord:
        version = self._reader.readline(_LONGEST_FIELD)
        if not _VERSION.fullmatch(version):
            what = "this is no WARC file" if offset == 0 else "no record begins here"
            raise self._reader.error(offset, f"{what}, it reads {version[:40]!r}")
        fields = self._fields(offset)
        sizes = {value for name, value in fields if name.lower() == "content-length"}
        size = sizes.pop() if len(sizes) == 1 else ""
        if not (size.isascii() and size.isdigit() and len(size) <= _MOST_DIGITS):
            raise self._reader.error(offset, "the record does not say its Content-Length")
        block = Block(self._reader, int(size), offset)
        return WarcRecord(offset=offset, fields=fields, shares=shares, block=block)

    def _fields(self, offset: int) -> tuple[tuple[str, str], ...]:
        fields: list[tuple[str, str]] = []
        for _ in range(_MOST_FIELDS):
            line = self._reader.readline(_LONGEST_FIELD)
            if not line.endswith(b"\n"):
                raise self._reader.error(offset, "the head of the record is cut off or endless")
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if not text:
                return tuple(fields)
            if text[0] in " \t" and fields:
                fields[-1] = fields[-1][0], f"{fields[-1][1]} {text.strip()}"
                continue
            name, colon, value = text.partition(":")
            if colon:
                fields.append((name.strip(), value.strip()))
        raise self._reader.error(offset, f"the head of the record has more than {_MOST_FIELDS} lines")


def read_records(path: Path) -> Iterator[WarcRecord]:
    """Every record of a file; each has to be used before the next. Raises WarcFormatError, OSError."""
    with path.open("rb") as stream:
        yield from WarcReader(stream, name=path.name)


def warc_moment(text: str) -> datetime | None:
    """A WARC-Date as an aware moment, or None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
