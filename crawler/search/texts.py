"""Packs the texts that snippets are cut from."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MOST = 16 << 20  # bytes of one text, unpacked


def packed(text: str) -> bytes:
    """Return a text compressed."""
    return zstd.compress(text.encode("utf-8", "replace"), 3)


def unpacked(data: bytes) -> str:
    """Return the text in bytes that `packed` made. Raises ValueError where they are damaged."""
    try:
        return zstd.ZstdDecompressor().decompress(data, _MOST).decode("utf-8", "replace")
    except zstd.ZstdError as error:
        raise ValueError(f"a text in the index is damaged: {error}") from error
