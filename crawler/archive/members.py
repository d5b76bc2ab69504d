"""Reads the bytes of a WARC or ARC file in constant memory, compressed or plain.

A compressed file is a sequence of members: gzip members, or frames of Zstandard as in `.warc.zst`, also with
a dictionary at the beginning. The reader knows where in the file each member begins.
"""

import re
import zlib
from typing import BinaryIO

from crawler.archive.compression import (
    GZIP_MAGIC,
    LZ4_MAGIC,
    MAX_DICTIONARY,
    ZSTD_DICTIONARY_MAGIC,
    ZSTD_MAGIC,
    Decompressor,
    ZstdDict,
    ZstdError,
    ZstdFrame,
    read_dictionary,
)
from crawler.errors import ArchiveError

_PIECE = 65_536  # bytes read and bytes inflated at once
_PROBE = 1_024  # bytes that show whether a member begins here


class WarcFormatError(ArchiveError):
    """A file is no WARC file, or is broken at a place that the message names."""

    def __init__(self, name: str, offset: int, what: str) -> None:
        super().__init__(f"{name}, byte {offset}: {what}.")
        self.offset = offset


class MemberReader:
    """A reader of what the members of a file hold, one after the other.

    `name` stands in error messages. Reading raises WarcFormatError where a member is broken or torn; `resume`
    then goes on behind it.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._raw = stream.read(_PIECE)
        self._raw_offset = 0  # in the file, of the first byte of _raw
        self._dictionary: ZstdDict | None = None
        self._magic = self._find_magic()
        self._inflater: Decompressor | None = None
        self._broken = False  # the compressed bytes, so that only a search finds the next member
        self._member = 0  # where the member of the buffered bytes begins
        self._buffer = b""
        self._taken = 0  # of the buffer

    def error(self, offset: int, what: str) -> WarcFormatError:
        """Make an error that names the file and the byte."""
        return WarcFormatError(self._name, offset, what)

    def position(self) -> int:
        """Return where in the file the next byte is: its member's start, or its own place in a plain file."""
        if not self._fill():
            return self._raw_offset
        return self._member if self._magic else self._member + self._taken

    def peek(self, size: int = 1) -> bytes:
        """Return up to `size` of the next bytes without passing over them; nothing at the end of the file."""
        if not self._fill():
            return b""
        while len(self._buffer) - self._taken < size:
            rest, member = self._buffer[self._taken :], self._member + (0 if self._magic else self._taken)
            if not self._go_on():
                self._buffer, self._taken, self._member = rest, 0, member
                break
            self._buffer, self._taken, self._member = rest + self._buffer, 0, member
        return self._buffer[self._taken : self._taken + size]

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes, never over the end of a member; nothing only at the end of the file."""
        if not self._fill():
            return b""
        data = self._buffer[self._taken : self._taken + size]
        self._taken += len(data)
        return data

    def readline(self, size: int) -> bytes:
        """Read up to and with the next line feed, to the end of the member or file, or `size` bytes."""
        line = b""
        while len(line) < size and (not self.ends_here() if line else self._fill()):
            end = self._buffer.find(b"\n", self._taken, self._taken + size - len(line)) + 1
            line += self.read(end - self._taken if end else size - len(line))
            if end:
                break
        return line

    def skip_blank_lines(self) -> int:
        """Pass over line ends within the member and return where in the file the next member begins.

        That is the start of the current member, where that one goes on.
        """
        while True:
            if self._taken < len(self._buffer):
                if self._buffer[self._taken] not in b"\r\n":
                    return self.position()
                self._taken += 1
            elif not self._go_on():
                return self._raw_offset

    def ends_here(self) -> bool:
        """Tell whether the member, or a plain file, ends at the next byte."""
        return self._taken == len(self._buffer) and not self._go_on()

    def resume(self, start: int, head: re.Pattern[bytes]) -> None:
        """Go on behind a fault, to the next line that `head` finds, or to the end of the file.

        `start` is where the faulty record began. In a plain file that can seek the search begins behind that
        place: a record with a wrong length may have run over others.
        """
        if not self._magic:
            self._go_back(start + 1)
        while True:
            try:
                return self._scan(head)
            except WarcFormatError:  # a second broken member; `_scan` searches behind it
                continue

    def _scan(self, head: re.Pattern[bytes]) -> None:
        if self._broken:
            self._search()
            self._broken = False
        while line := self.readline(_PIECE):
            if found := head.search(line):
                back = line[found.start() :]
                self._member += 0 if self._magic else self._taken - len(back)
                self._buffer, self._taken = back + self._buffer[self._taken :], 0
                return

    def _go_back(self, place: int) -> None:
        """Continue a plain file at another place, where it can seek."""
        if self._stream.seekable():
            base = self._stream.tell() - self._raw_offset - len(self._raw)
            self._stream.seek(base + place)
            self._buffer, self._taken, self._raw, self._raw_offset = b"", 0, b"", place
            self._raw = self._stream.read(_PIECE)

    def _search(self) -> None:
        """Go to the next place in the file where a member begins."""
        self._buffer, self._taken, self._inflater = b"", 0, None
        start = max(self._member + 1 - self._raw_offset, 0)
        while True:
            found = self._raw.find(self._magic, start)
            whole = found >= 0 and len(self._raw) - found >= _PROBE
            more = b"" if whole else self._stream.read(_PIECE)
            if more:
                kept = max(found if found >= 0 else len(self._raw) - len(self._magic) + 1, 0)
                self._raw_offset += kept
                self._raw, start = self._raw[kept:] + more, 0
            elif found < 0:
                self._raw_offset += len(self._raw)
                self._raw = b""
                return
            elif self._begins_member(self._raw[found : found + _PROBE]):
                self._raw_offset += found
                self._raw = self._raw[found:]
                return
            else:
                start = found + 1

    def _begins_member(self, data: bytes) -> bool:
        try:
            return bool(self._new_inflater().decompress(data, _PROBE))
        except (zlib.error, ZstdError):
            return False

    def _find_magic(self) -> bytes:
        """Return what each member begins with; nothing for a plain file."""
        if self._raw.startswith(LZ4_MAGIC):
            raise self.error(0, "the file is compressed with LZ4; undo that first, with `lz4 -d`")
        if self._raw.startswith(ZSTD_DICTIONARY_MAGIC):
            self._take_dictionary()
            return ZSTD_MAGIC
        return next((magic for magic in (GZIP_MAGIC, ZSTD_MAGIC) if self._raw.startswith(magic)), b"")

    def _take_dictionary(self) -> None:
        """Read the dictionary of a `.warc.zst` file: a skippable frame, itself compressed or not."""
        size = int.from_bytes(self._raw[4:8], "little")
        while len(self._raw) < 8 + size and (more := self._stream.read(_PIECE)) and size <= MAX_DICTIONARY:
            self._raw += more
        content, self._raw = self._raw[8 : 8 + size], self._raw[8 + size :]
        self._raw_offset = 8 + size
        try:
            self._dictionary = read_dictionary(content)
        except (ZstdError, ValueError) as error:
            raise self.error(0, f"the dictionary of Zstandard is broken ({error})") from None

    def _new_inflater(self) -> Decompressor:
        return zlib.decompressobj(wbits=31) if self._magic == GZIP_MAGIC else ZstdFrame(self._dictionary)

    def _fill(self) -> bool:
        while self._taken == len(self._buffer):
            if not (self._inflate() if self._magic else self._copy()):
                return False
        return True

    def _go_on(self) -> bool:
        """Get more of the current member; return False at its end."""
        if not self._magic:
            return self._copy()
        while self._inflater is not None:
            if self._inflate() and self._buffer:
                return True
        return False

    def _copy(self) -> bool:
        self._member = self._raw_offset
        self._buffer, self._taken, self._raw = self._raw, 0, b""
        self._raw_offset += len(self._buffer)
        self._raw = self._stream.read(_PIECE)
        return bool(self._buffer)

    def _inflate(self) -> bool:
        if self._inflater is None and not self._next_member():
            return False
        inflater = self._inflater
        assert inflater is not None  # noqa: S101  # mypy cannot see it
        keeps = isinstance(inflater, ZstdFrame) and not inflater.needs_input
        if not keeps and not self._raw:
            self._raw = self._stream.read(_PIECE)
        given = b"" if keeps else self._raw
        try:
            self._buffer, self._taken = inflater.decompress(given, _PIECE), 0
        except (zlib.error, ZstdError) as error:
            self._broken = True
            raise self.error(self._member, f"the {self._kind()} is broken ({error})") from None
        ended = inflater.eof
        if not given and not self._buffer and not ended:
            self._broken = True
            raise self.error(self._member, f"the file ends inside this {self._kind()}")
        self._raw = inflater.unused_data if ended else inflater.unconsumed_tail
        self._raw_offset += len(given) - len(self._raw)
        if ended:
            self._inflater = None
        return True

    def _kind(self) -> str:
        return "gzip member" if self._magic == GZIP_MAGIC else "frame of Zstandard"

    def _next_member(self) -> bool:
        while not (stripped := self._raw.lstrip(b"\0")):  # some writers pad with zeros
            self._raw_offset += len(self._raw)
            self._raw = self._stream.read(_PIECE)
            if not self._raw:
                return False
        self._raw_offset += len(self._raw) - len(stripped)
        self._raw = stripped
        while len(self._raw) < len(self._magic) and (more := self._stream.read(_PIECE)):
            self._raw += more
        self._member = self._raw_offset
        if not self._raw.startswith(self._magic):
            self._broken = True
            raise self.error(self._member, f"there is no {self._kind()} where one should begin")
        self._inflater = self._new_inflater()
        return True
