"""Read the Arabic list of a wordfreq wheel: a gzipped msgpack of words in hundredths of a power of ten."""

import gzip
import hashlib
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MEMBER = "wordfreq/data/large_ar.msgpack.gz"
SHA256 = (
    "aa12410764f1946f21d986a920c289c22accb069d9b287d71b61657005516eec"  # of that member in wordfreq 3.1.1
)


def counts(wheel: Path) -> Iterator[tuple[str, float]]:
    """Yield each word with its uses in 10^9 words. Raises ValueError for a list of another release."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(_MEMBER)
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise ValueError(f"{_MEMBER} in {wheel} is not the one of wordfreq 3.1.1")
    levels, _ = _value(gzip.decompress(packed), 0)
    for level, words in enumerate(levels[1:]):  # the first names the format
        for word in words:
            yield word, 10 ** (9 - level / 100)


def _value(data: bytes, at: int) -> tuple[Any, int]:
    """Return the msgpack value at a position and the position behind it."""
    kind = data[at]
    if kind < 0x80:  # noqa: PLR2004 - the codes of the format
        return kind, at + 1
    if kind & 0xE0 == 0xA0:  # noqa: PLR2004
        return _text(data, at + 1, kind & 0x1F)
    if kind & 0xF0 == 0x80:  # noqa: PLR2004
        flat, at = _values(data, at + 1, 2 * (kind & 0x0F))
        return dict(zip(flat[::2], flat[1::2], strict=True)), at
    if kind & 0xF0 == 0x90:  # noqa: PLR2004
        return _values(data, at + 1, kind & 0x0F)
    width, read = {
        0xD9: (1, _text),
        0xDA: (2, _text),
        0xDB: (4, _text),
        0xDC: (2, _values),
        0xDD: (4, _values),
    }[kind]
    (count,) = struct.unpack_from({1: ">B", 2: ">H", 4: ">I"}[width], data, at + 1)
    return read(data, at + 1 + width, count)


def _text(data: bytes, at: int, length: int) -> tuple[str, int]:
    return data[at : at + length].decode(), at + length


def _values(data: bytes, at: int, count: int) -> tuple[list[Any], int]:
    found = []
    for _ in range(count):
        value, at = _value(data, at)
        found.append(value)
    return found, at
