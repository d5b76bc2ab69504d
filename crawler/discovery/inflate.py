"""Read a body in pieces, decompress it if it is gzip, and stop at a bound. Pure."""

import zlib
from collections.abc import Iterator

MAX_BYTES = 100 * 2**20  # decompressed; the sitemap protocol allows 50 MiB
MAX_MEMBERS = 1_000  # gzip streams chained in one file
PIECE = 2**16  # bytes

_GZIP = b"\x1f\x8b"
_INPUT = 2**14  # bytes; small, because zlib copies the input that it does not use


class UnreadableError(Exception):
    """Raised when no further piece can be read; the argument is the slug of the reason."""


def pieces(body: bytes, limit: int = MAX_BYTES) -> Iterator[bytes]:
    """Yield the body in pieces of at most PIECE bytes; gzip is recognised by its first bytes, not by a name.

    Raises UnreadableError("too-big") and UnreadableError("broken-gzip") after the readable pieces.
    """
    left = limit
    for piece in filter(None, _unpacked(body) if body.startswith(_GZIP) else _cut(body, PIECE)):
        if len(piece) > left:
            raise UnreadableError("too-big")
        left -= len(piece)
        yield piece


def _cut(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _unpacked(body: bytes) -> Iterator[bytes]:
    stream, members = zlib.decompressobj(wbits=31), 1
    for piece in _cut(body, _INPUT):
        waiting = piece
        while waiting:
            if stream.eof:
                if not waiting.startswith(_GZIP[: len(waiting)]):
                    return  # padding behind the last member
                stream, members = zlib.decompressobj(wbits=31), members + 1
                if members > MAX_MEMBERS:
                    raise UnreadableError("too-big")
            try:
                yield stream.decompress(waiting, PIECE)
            except zlib.error as error:
                raise UnreadableError("broken-gzip") from error
            waiting = stream.unconsumed_tail or stream.unused_data
    # output that the stream still holds after its last input
    while not stream.eof:
        try:
            rest = stream.decompress(stream.unconsumed_tail, PIECE)
        except zlib.error as error:
            raise UnreadableError("broken-gzip") from error
        if not rest:
            raise UnreadableError("broken-gzip")
        yield rest
