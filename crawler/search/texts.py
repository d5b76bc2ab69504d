"""Packs the texts that snippets are cut from, with a dictionary trained on texts of the archive."""

import sys
from collections.abc import Mapping, Sequence

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MOST = 16 << 20  # bytes of one text, unpacked
_LEVEL = 3
_DICTIONARY = 64 << 10  # bytes; a larger one saves little more


class Packer:
    """Packs texts with one dictionary, or with none."""

    def __init__(self, dictionary: bytes | None) -> None:
        self._dictionary = zstd.ZstdDict(dictionary).as_digested_dict if dictionary else None

    def packed(self, text: str) -> bytes:
        """Return a text compressed."""
        data = text.encode("utf-8", "replace")[:_MOST]
        return zstd.compress(data, _LEVEL, zstd_dict=self._dictionary)


def trained(texts: Sequence[str]) -> tuple[int, bytes] | None:
    """Train a dictionary; return its number and content, or None where the texts are too few or too equal."""
    try:
        found = zstd.train_dict([text.encode("utf-8", "replace") for text in texts], _DICTIONARY)
    except (zstd.ZstdError, ValueError):
        return None
    return found.dict_id, found.dict_content


def unpacked(data: bytes, dictionaries: Mapping[int, bytes]) -> str:
    """Return the text in bytes that a Packer made; `dictionaries` are all of this index, by their numbers.

    Raises ValueError where the bytes are damaged.
    """
    try:
        number = zstd.get_frame_info(data).dictionary_id
        dictionary = zstd.ZstdDict(dictionaries[number]) if number else None
        reader = zstd.ZstdDecompressor(zstd_dict=dictionary)
        return reader.decompress(data, _MOST).decode("utf-8", "replace")
    except (zstd.ZstdError, KeyError) as error:
        raise ValueError(f"a text in the index is damaged: {error}") from error
