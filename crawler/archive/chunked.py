"""Undoes the chunked transfer coding (RFC 9112 §7.1), piece by piece, without copying the data."""

from collections.abc import Iterator

_MAX_LINE = 16_384  # a chunk-size line with its extensions, or one trailer line
_MAX_TRAILERS = 256
_MAX_HEX_DIGITS = 15  # keeps a size below 2**60


class ChunkError(ValueError):
    """Broken framing: a line that is no chunk size, or a chunk that does not end where its size says."""


class Dechunker:
    """Takes the framed bytes in pieces of any size and yields the data in them.

    LF alone is accepted for CRLF, as in browsers. Only an unfinished line is kept between two pieces.
    """

    def __init__(self) -> None:
        self.finished = False  # the last chunk and the trailers were seen
        self.excess = b""  # of the piece fed last: what follows the end of the message
        self._line = bytearray()
        self._left = 0  # data bytes of the current chunk still to come
        self._state = self._size
        self._trailers = 0

    def feed(self, data: bytes | memoryview) -> Iterator[memoryview]:
        """Yield the data in the next piece of the stream; bytes after the end of the message are ignored.

        Raises ChunkError.
        """
        view = memoryview(data)
        while view and not self.finished:
            if self._left:
                piece, view = view[: self._left], view[self._left :]
                self._left -= len(piece)
                yield piece
                continue
            line, view = self._take_line(view)
            if line is not None:
                self._state(line)
        if self.finished:
            self.excess = bytes(view)

    def _take_line(self, view: memoryview) -> tuple[bytes | None, memoryview]:
        room = _MAX_LINE - len(self._line)
        piece = bytes(view[: room + 1])
        end = piece.find(b"\n")
        if end < 0:
            if len(piece) > room:
                raise ChunkError(f"a line of the chunk framing is longer than {_MAX_LINE} bytes")
            self._line += piece
            return None, view[len(piece) :]
        line = bytes(self._line) + piece[:end]
        self._line.clear()
        return line.removesuffix(b"\r"), view[end + 1 :]

    def _size(self, line: bytes) -> None:
        digits = line.partition(b";")[0].strip(b" \t")
        if (
            not digits
            or len(digits.lstrip(b"0")) > _MAX_HEX_DIGITS
            or digits.strip(b"0123456789abcdefABCDEF")
        ):
            raise ChunkError(f"{line[:40]!r} is no chunk size")
        self._left = int(digits, 16)
        self._state = self._data_end if self._left else self._trailer

    def _data_end(self, line: bytes) -> None:
        if line:
            raise ChunkError(f"a chunk is followed by {line[:40]!r} and not by the end of the line")
        self._state = self._size

    def _trailer(self, line: bytes) -> None:
        self._trailers += 1
        self.finished = not line
        if self._trailers > _MAX_TRAILERS:
            raise ChunkError(f"more than {_MAX_TRAILERS} trailer lines")
