"""Decodes content codings (gzip, deflate, br, zstd) up to a limit, against decompression bombs."""

import sys
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # this and zstd come with Scrapy

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAX_CODINGS = 3
_PIECE = 65_536


class ContentCodingError(ValueError):
    """A body does not fit its content coding, or grows beyond the limit."""


def undo_codings(body: bytes, header: str, *, most: int) -> bytes:
    """Decode a body by its Content-Encoding header; at every step it may have at most `most` bytes.

    A truncated body gives the bytes that are there. A body that is not encoded, although the header says so,
    is returned as it is: some archives hold such bodies. Raises ContentCodingError.
    """
    codings = [coding for coding in (part.strip().lower() for part in header.split(",")) if coding]
    if len(codings) > _MAX_CODINGS:
        raise ContentCodingError(f"{len(codings)} content codings on top of each other")
    for coding in reversed(codings):
        decode = _DECODERS.get(coding)
        if decode is None:
            raise ContentCodingError(f"the content coding {coding[:40]!r} is unknown")
        body = decode(body, most)
        if len(body) > most:
            raise ContentCodingError(f"the body grows beyond {most} bytes")
    return body


def _gzip(body: bytes, most: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    out = bytearray()
    while body.startswith(b"\x1f\x8b") and len(out) <= most:
        inflater = zlib.decompressobj(wbits=31)
        out += _inflate(inflater, body, most - len(out))
        body = inflater.unused_data
    return bytes(out)


def _deflate(body: bytes, most: int) -> bytes:
    try:
        return _inflate(zlib.decompressobj(), body, most)
    except ContentCodingError:
        return _inflate(zlib.decompressobj(wbits=-15), body, most)  # many servers leave the zlib header out


def _inflate(inflater: "zlib._Decompress", body: bytes, most: int) -> bytes:
    try:
        return inflater.decompress(body, most + 1)
    except zlib.error as error:
        raise ContentCodingError(f"the compressed body is broken ({error})") from None


def _brotli(body: bytes, most: int) -> bytes:
    decoder, out = brotli.Decompressor(), bytearray()
    try:
        given = body
        while len(out) <= most:
            piece = decoder.process(given, output_buffer_limit=_PIECE)
            given = b""
            out += piece
            if decoder.is_finished() or (not piece and decoder.can_accept_more_data()):
                break
    except brotli.error as error:
        raise ContentCodingError(f"the compressed body is broken ({error})") from None
    return bytes(out)


def _zstd(body: bytes, most: int) -> bytes:
    if not body.startswith(b"\x28\xb5\x2f\xfd"):
        return body
    decoder = zstd.ZstdDecompressor()
    try:
        return decoder.decompress(body, max_length=most + 1)
    except zstd.ZstdError as error:
        raise ContentCodingError(f"the compressed body is broken ({error})") from None


def _identity(body: bytes, most: int) -> bytes:  # noqa: ARG001
    return body


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    "identity": _identity,
}
