"""Reads the bytes of a WARC file, gzip members or plain, in constant memory; knows where each begins."""

import zlib
from typing import BinaryIO

from crawler.errors import ArchiveError

_PIECE = 65_536  # bytes read and bytes inflated at once
_GZIP = b"\x1f\x8b"


class WarcFormatError(ArchiveError):
    """A file is no WARC file, or is broken at a place that the message names."""

    def __init__(self, name: str, offset: int, what: str) -> None:
        super().__init__(f"{name}, byte {offset}: {what}.")
        self.offset = offset


class MemberReader:
    """A forward-only reader of what the members of a file hold, one after the other.

    `name` stands in error messages. Reading raises WarcFormatError where a member is broken or torn.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._raw = stream.read(_PIECE)
        self._raw_offset = 0  # in the file, of the first byte of _raw
        self._zipped = self._raw.startswith(_GZIP)
        self._inflater: zlib._Decompress | None = None
        self._member = 0  # where the member of the buffered bytes begins
        self._buffer = b""
        self._taken = 0  # of the buffer

    def error(self, offset: int, what: str) -> WarcFormatError:
        return WarcFormatError(self._name, offset, what)

    def position(self) -> int:
        """Where in the file the next byte is found: its member's start, or its own place in a plain file."""
        if not self._fill():
            return self._raw_offset
        return self._member if self._zipped else self._member + self._taken

    def peek(self) -> bytes:
        """The next byte, or nothing at the end."""
        return self._buffer[self._taken : self._taken + 1] if self._fill() else b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes, never over the end of a member; nothing only at the end of the file."""
        if not self._fill():
            return b""
        data = self._buffer[self._taken : self._taken + size]
        self._taken += len(data)
        return data

    def readline(self, most: int) -> bytes:
        """Up to and with the next line feed, the end of the file, or `most` bytes."""
        line = b""
        while len(line) < most and self._fill():
            end = self._buffer.find(b"\n", self._taken, self._taken + most - len(line)) + 1
            line += self.read(end - self._taken if end else most - len(line))
            if end:
                break
        return line

    def skip_blank_lines(self) -> int:
        """Passes over line ends without going on to the next member; where in the file the next one begins.

        That is the start of the current member, where that one goes on.
        """
        while True:
            if self._taken < len(self._buffer):
                if self._buffer[self._taken] not in b"\r\n":
                    return self.position()
                self._taken += 1
            elif not self._go_on():
                return self._raw_offset

    def _fill(self) -> bool:
        while self._taken == len(self._buffer):
            if not (self._inflate() if self._zipped else self._copy()):
                return False
        return True

    def _go_on(self) -> bool:
        """More of the current member; False at its end."""
        if self._zipped:
            return self._inflater is not None and self._inflate()
        return self._copy()

    def _copy(self) -> bool:
        self._member = self._raw_offset
        self._buffer, self._taken, self._raw = self._raw, 0, b""
        self._raw_offset += len(self._buffer)
        self._raw = self._stream.read(_PIECE)
        return bool(self._buffer)

    def _inflate(self) -> bool:
        if self._inflater is None and not self._next_member():
            return False
        assert self._inflater is not None  # noqa: S101  # mypy cannot see it
        given = self._raw or self._stream.read(_PIECE)
        try:
            self._buffer, self._taken = self._inflater.decompress(given, _PIECE), 0
        except zlib.error as error:
            raise self.error(self._member, f"the gzip member is broken ({error})") from None
        ended = self._inflater.eof
        if not given and not self._buffer and not ended:
            raise self.error(self._member, "the file ends inside this gzip member")
        self._raw = self._inflater.unused_data if ended else self._inflater.unconsumed_tail
        self._raw_offset += len(given) - len(self._raw)
        if ended:
            self._inflater = None
        return True

    def _next_member(self) -> bool:
        while not (stripped := self._raw.lstrip(b"\0")):  # some writers pad with zeros
            self._raw_offset += len(self._raw)
            self._raw = self._stream.read(_PIECE)
            if not self._raw:
                return False
        self._raw_offset += len(self._raw) - len(stripped)
        self._raw = stripped if len(stripped) > 1 else stripped + self._stream.read(_PIECE)
        self._member = self._raw_offset
        if not self._raw.startswith(_GZIP):
            raise self.error(self._member, "there is no gzip member where one should begin")
        self._inflater = zlib.decompressobj(wbits=31)
        return True
