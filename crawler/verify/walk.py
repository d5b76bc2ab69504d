"""Reads the gzip members of a WARC file to its last byte, and goes on behind a broken one.

Reads and hashes every byte once, forward, in constant memory. This is on purpose a second reader beside
`crawler.archive.records`: a fault in one of them cannot hide in both.
"""

import hashlib
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from crawler.verify.faults import Code

_CHUNK = 1 << 20  # bytes read at once
_SLICE = 1 << 14  # bytes inflated at once: deflate makes at most a thousandfold of them
_MAGIC = b"\x1f\x8b\x08"
_PROBE = 1_024  # bytes that show whether a record begins here
_RECORD = b"WARC/"


class BrokenMemberError(Exception):
    """A member cannot be read to its end."""

    def __init__(self, code: Code, offset: int, meaning: str) -> None:
        super().__init__(meaning)
        self.code = code
        self.offset = offset
        self.meaning = meaning


class Member:
    """One gzip member; read its pieces once, in order, before the next member."""

    def __init__(self, walk: "MemberWalk") -> None:
        self._walk = walk
        self.offset = walk.position
        self.length = 0  # bytes of the file, once all pieces are read

    def pieces(self) -> Iterator[bytes]:
        """Yield what the member holds. Raises BrokenMemberError."""
        inflater = zlib.decompressobj(wbits=31)
        while not inflater.eof:
            try:
                data = self._walk.inflate(inflater)
            except zlib.error as error:
                what = str(error).rpartition(": ")[2] or str(error)
                raise BrokenMemberError(
                    Code.MEMBER,
                    self.offset,
                    f"The gzip member is damaged ({what}): its record cannot be trusted.",
                ) from None
            if data is None:
                raise BrokenMemberError(
                    Code.TORN, self.offset, "The file ends inside this gzip member: its tail was cut off."
                )
            if data:
                yield data
        self.length = self._walk.position - self.offset


class MemberWalk:
    """The members of a file, one after the other. Reading raises what the stream raises."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._view = memoryview(b"")
        self._at = 0  # in the view, of the next byte
        self._base = 0  # in the file, of the view's first byte
        self._fed = 0  # in the file, where the last inflated slice began
        self._ended = False
        self._digest = hashlib.sha256()

    @property
    def position(self) -> int:
        """The place of the next byte in the file; at the end, the size of the file."""
        return self._base + self._at

    @property
    def sha256(self) -> str:
        """The hash of the bytes read so far, in lower-case hex."""
        return self._digest.hexdigest()

    def next_member(self) -> Member | None:
        """Return the next member; None at the end. Raises BrokenMemberError at other bytes: call `resume`."""
        if not self._look(len(_MAGIC)):
            return None
        if self._view[self._at : self._at + len(_MAGIC)] != _MAGIC:
            self._fed = self.position
            raise BrokenMemberError(
                Code.STRAY, self.position, "Here stand bytes that belong to no record; no gzip member begins."
            )
        return Member(self)

    def inflate(self, inflater: "zlib._Decompress") -> bytes | None:
        """Inflate the next slice of the file; None at its end. Raises zlib.error."""
        if not self._look(1):
            return None
        self._fed = self.position
        given = self._view[self._at : self._at + _SLICE]
        data = inflater.decompress(given)
        self._at += len(given) - len(inflater.unused_data)
        return data

    def resume(self) -> bool:
        """Go on behind a fault to the next member that holds a record; return False where there is none."""
        self._at = max(self._fed + 1 - self._base, 0)
        while self._look(_PROBE):
            window = bytes(self._view[self._at :])
            found = window.find(_MAGIC)
            while found >= 0 and (len(window) - found >= _PROBE or self._ended):
                if _holds_record(window[found : found + _PROBE]):
                    self._at += found
                    return True
                found = window.find(_MAGIC, found + 1)
            if found >= 0:
                self._at += found  # too near the end of the window to decide
            else:
                self._at += len(window) if self._ended else len(window) - len(_MAGIC) + 1
        return False

    def _look(self, count: int) -> int:
        """Return how many bytes are ahead in memory: at least `count`, unless the file ends."""
        while len(self._view) - self._at < count and not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            self._digest.update(chunk)
            self._base += self._at
            self._view, self._at = memoryview(bytes(self._view[self._at :]) + chunk), 0
        return max(len(self._view) - self._at, 0)


def _holds_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, len(_RECORD)) == _RECORD
    except zlib.error:
        return False
