"""The compressions of archive files, one interface for all: gzip members and frames of Zstandard."""

import sys
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdDict, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdDict, ZstdError

__all__ = ["Decompressor", "ZstdDict", "ZstdError", "ZstdFrame", "read_dictionary"]

GZIP_MAGIC, ZSTD_MAGIC, LZ4_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"
ZSTD_DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"  # a skippable frame that holds the dictionary of the others
MAX_DICTIONARY = 16_000_000  # bytes, compressed or not


class Decompressor(Protocol):
    """What zlib and Zstandard have in common for one member."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class ZstdFrame:
    """One frame of Zstandard behind the interface of `zlib.decompressobj`."""

    def __init__(self, dictionary: "ZstdDict | None") -> None:
        self._frame = ZstdDecompressor(dictionary)

    @property
    def needs_input(self) -> bool:
        return self._frame.needs_input

    @property
    def unconsumed_tail(self) -> bytes:
        return b""  # the decompressor keeps what it did not use yet

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._frame.decompress(data, max_length)


def read_dictionary(content: bytes) -> ZstdDict:
    """Read the dictionary of a `.warc.zst` file, compressed or not. Raises ZstdError and ValueError."""
    if content.startswith(ZSTD_MAGIC):
        content = ZstdDecompressor().decompress(content, MAX_DICTIONARY)
    return ZstdDict(content)
