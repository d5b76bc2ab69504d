"""Undoes the chunked transfer coding (RFC 9112 §7.1), piece by piece, without copying the data."""

from collections.abc import Iterator

_LONGEST_LINE = 16_384  # a chunk-size line with its extensions, or one trailer line
_MOST_TRAILERS = 256
_MOST_HEX_DIGITS = 15  # keeps a size below 2**60


class ChunkError(ValueError):
    """The framing is broken: a size that is none, or data that does not end where it should."""


class Dechunker:
    """Takes the framed bytes in any cut, yields the data in them.

    LF alone is taken for CRLF, as browsers do. Nothing is buffered but an unfinished line.
    """

    def __init__(self) -> None:
        self.finished = False  # the last chunk and the trailers were seen
        self.excess = b""  # of the piece fed last: what follows the end of the message
        self._line = bytearray()
        self._left = 0  # data bytes of the current chunk still to come
        self._state = self._size
        self._trailers = 0

    def feed(self, data: bytes | memoryview) -> Iterator[memoryview]:
        """The data bytes in the next piece of the stream; what follows the end of the message is ignored.

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
        room = _LONGEST_LINE - len(self._line)
        piece = bytes(view[: room + 1])
        end = piece.find(b"\n")
        if end < 0:
            if len(piece) > room:
                raise ChunkError(f"a line of the chunk framing is longer than {_LONGEST_LINE} bytes")
            self._line += piece
            return None, view[len(piece) :]
        line = bytes(self._line) + piece[:end]
        self._line.clear()
        return line.removesuffix(b"\r"), view[end + 1 :]

    def _size(self, line: bytes) -> None:
        digits = line.partition(b";")[0].strip(b" \t")
        if (
            not digits
            or len(digits.lstrip(b"0")) > _MOST_HEX_DIGITS
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
        if self._trailers > _MOST_TRAILERS:
            raise ChunkError(f"more than {_MOST_TRAILERS} trailer lines")
