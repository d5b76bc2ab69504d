"""Reads WARC files (0.17 to 1.1) and ARC files in constant memory: own and foreign, compressed or plain.

Tolerates what is common: LF for CRLF, folded fields, missing blank lines between records, one gzip stream
around many records. Anything else that is no record raises a WarcFormatError that names the file and the
byte; a reader of foreign files can have such a record reported and go on behind it. docs/decisions.md says
why this is not warcio's reader, with figures of `python -m benchmarks.foreign`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.members import MemberReader, WarcFormatError

_VERSION_LINE = re.compile(
    rb"WARC/\d{1,3}\.\d{1,3}\r?\n"
)  # at the end of any line: the record before may be cut
_VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}\s*")
_WARC, _ARC_FILE = b"WARC/", b"filedesc:"
# URL, address, moment, media type, (in version 2: status, checksum, location, offset, file name,) length
_ARC_HEAD = re.compile(rb"(\w+:.+) (\S+) (\d{14}) (\S+) (?:\S+ \S+ \S+ \d+ \S+ )?(\d{1,18})\r?\n")
_MAX_FIELDS = 1_000
_MAX_LINE = 65_536  # bytes
_MAX_DIGITS = 18
_MAX_DAMAGED = 1_000  # records of one file; a file with more of them is given up
_PIECE = 65_536


class Block:
    """The bytes of one record, readable once and only until the next record is asked for."""

    def __init__(self, reader: MemberReader, size: int, offset: int) -> None:
        self._reader = reader
        self._size = size
        self._left = size
        self._offset = offset

    def read(self, size: int = _PIECE) -> bytes:
        """Read at most `size` bytes; nothing at the end.

        Raises WarcFormatError where the file ends too early, or the next record begins in a new member.
        """
        if not self._left:
            return b""
        data = b"" if self._runs_into_next() else self._reader.read(min(size, self._left))
        if not data:
            there = self._size - self._left
            raise self._reader.error(
                self._offset, f"the record is cut off, {there} of its {self._size} bytes are there"
            )
        self._left -= len(data)
        return data

    def skip(self) -> None:
        """Read to the end."""
        while self.read():
            pass

    def _runs_into_next(self) -> bool:
        return self._left < self._size and self._reader.ends_here() and self._reader.peek(5) == _WARC


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcRecord:
    """One record of any type; its block is still to be read."""

    offset: int  # in the file, of its gzip member, or of the record itself in a plain file
    fields: tuple[tuple[str, str], ...]  # in order, as written
    shares: bool  # its gzip member with a record before it
    block: Block

    @property
    def headers(self) -> Mapping[str, str]:
        """The first value of each field, by lower-case name."""
        return {name.lower(): value for name, value in reversed(self.fields)}

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def uri(self) -> str:
        """The target address, without the angle brackets of some WARC 1.0 writers."""
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def date(self) -> datetime | None:
        return warc_moment(self.headers.get("warc-date", ""))


class WarcReader:
    """Iterates over the records of an open file; each has to be used before the next is asked for.

    `on_damage` gets the error of each broken record, and reading goes on behind it; without it the first
    error is raised. A caller that meets an error while it reads a record hands it to `pass_over`.
    """

    def __init__(
        self, stream: BinaryIO, *, name: str, on_damage: Callable[[WarcFormatError], None] | None = None
    ) -> None:
        self._reader = MemberReader(stream, name)
        self._on_damage = on_damage
        self._damaged = 0
        self._is_arc = False
        self._is_foreign = False  # its first bytes begin neither a WARC nor an ARC file
        self._start = 0  # of the last record
        self._passed_over = False

    def __iter__(self) -> Iterator[WarcRecord]:
        last = -1
        while True:
            try:
                self._start = self._reader.position()
                if not self._reader.peek():
                    return
                record = self._head(self._start, shares=self._start == last)
            except WarcFormatError as error:
                self.pass_over(error)
                continue
            last, self._passed_over = self._start, False
            yield record
            if self._passed_over:
                continue
            try:
                record.block.skip()
                self._reader.skip_blank_lines()
            except WarcFormatError as error:
                self.pass_over(error)

    def pass_over(self, error: WarcFormatError) -> None:
        """Report a broken record and go on behind it. Raises the error where there is no `on_damage`."""
        self._damaged += 1
        if self._on_damage is None or self._damaged > _MAX_DAMAGED or self._is_foreign:
            raise error
        self._on_damage(error)
        self._passed_over = True
        self._reader.resume(self._start, _ARC_HEAD if self._is_arc else _VERSION_LINE)

    def length(self, record: WarcRecord) -> int:
        """Return the bytes of the record's member, once its block is read; 0 where several records share it.

        Raises WarcFormatError where damage is reported and the record's bytes go on behind its block.
        """
        if self._on_damage is not None and not self._reader.ends_here():
            following = self._reader.peek(5)
            if following[:1] not in {b"\r", b"\n", b"\0"} and following != _WARC:
                raise self._reader.error(record.offset, "the record goes on behind its Content-Length")
        end = self._reader.skip_blank_lines()
        return 0 if record.shares else end - record.offset

    def _head(self, offset: int, *, shares: bool) -> WarcRecord:
        line = self._reader.readline(_MAX_LINE)
        if self._is_arc or (offset == 0 and line.startswith(_ARC_FILE)):
            fields = self._arc_fields(offset, line)
        elif _VERSION.fullmatch(line):
            fields = self._fields(offset)
        else:
            self._is_foreign = offset == 0
            what = "this is no WARC file" if self._is_foreign else "no record begins here"
            raise self._reader.error(offset, f"{what}, it reads {line[:40]!r}")
        sizes = {value for name, value in fields if name.lower() == "content-length"}
        size = sizes.pop() if len(sizes) == 1 else ""
        if not (size.isascii() and size.isdigit() and len(size) <= _MAX_DIGITS):
            raise self._reader.error(offset, "the record does not say its Content-Length")
        block = Block(self._reader, int(size), offset)
        return WarcRecord(offset=offset, fields=fields, shares=shares, block=block)

    def _arc_fields(self, offset: int, line: bytes) -> tuple[tuple[str, str], ...]:
        """Read the line that heads a record of an ARC file (version 1 or 2) as fields of a WARC record."""
        self._is_arc = True
        match = _ARC_HEAD.fullmatch(line)
        if match is None:
            raise self._reader.error(offset, f"no record begins here, it reads {line[:40]!r}")
        url, ip, stamp, kind, size = (part.decode("utf-8", "replace") for part in match.groups())
        date = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z"
        return (
            ("WARC-Type", "warcinfo" if line.startswith(_ARC_FILE) else "response"),
            ("WARC-Target-URI", url),
            ("WARC-IP-Address", ip),
            ("WARC-Date", date),
            ("Content-Type", kind),
            ("Content-Length", size),
        )

    def _fields(self, offset: int) -> tuple[tuple[str, str], ...]:
        fields: list[tuple[str, str]] = []
        for _ in range(_MAX_FIELDS):
            is_next = self._reader.peek(len(_WARC)) == _WARC
            line = b"" if is_next else self._reader.readline(_MAX_LINE)
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
        raise self._reader.error(offset, f"the head of the record has more than {_MAX_FIELDS} lines")


def read_records(path: Path) -> Iterator[WarcRecord]:
    """Yield the records of a file; use each before the next. Raises WarcFormatError and OSError."""
    with path.open("rb") as stream:
        yield from WarcReader(stream, name=path.name)


def warc_moment(text: str) -> datetime | None:
    """Parse a WARC-Date into an aware datetime; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
