"""Reads the CDXJ indexes of an archive, line by line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

from crawler.archive.cdxj import REVISIT
from crawler.archive.names import is_merged, warc_key
from crawler.errors import ArchiveError
from crawler.storage import Storage

MAX_LINE = 1_000_000  # bytes; an address has at most some ten thousand
_DIGITS = 14  # of a time stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexLine:
    """One line of an index: a capture and its place in a WARC file."""

    key: str  # surt
    timestamp: str  # yyyymmddHHMMSS, UTC
    url: str  # ASCII
    mime: str  # as served, without parameters; empty where the server sent none; REVISIT for a revisit
    status: int | None  # None of a 304's revisit and of what is no HTTP: a run's own records
    digest: str | None
    offset: int  # bytes
    length: int
    filename: str  # of the WARC file, without folders

    @property
    def is_revisit(self) -> bool:
        """Tell whether the payload is in another record."""
        return self.mime == REVISIT

    def text(self) -> str:
        """Return the line without its end, in the spelling of `crawler.archive.cdxj`."""
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": str(self.status or ""),
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        values = json.dumps({name: value for name, value in fields.items() if value})
        return f"{self.key} {self.timestamp} {values}"

    def moved(self, *, offset: int, filename: str) -> Self:
        """Return the line of the same capture in another file."""
        return replace(self, offset=offset, filename=filename)


def indexes(storage: Storage, site: str | None = None) -> list[str]:
    """List the keys of the indexes of a site, or of all sites, in order.

    Raises ArchiveError, also where the archive has no such site or no index.
    """
    known = [name.removesuffix("/") for name in storage.list_names("cdxj/") if name.endswith("/")]
    if not known:
        raise ArchiveError(f"The archive {storage.address} holds no pages (there is no index in its cdxj/).")
    if site is not None and site not in known:
        raise ArchiveError(f"The archive {storage.address} has no site {site!r}; it has {', '.join(known)}.")
    prefix = "cdxj/" if site is None else f"cdxj/{site}/"
    keys = (entry.key for entry in storage.list(prefix))
    return [key for key in keys if key.endswith(".cdxj") and not is_merged(key)]


def sizes_of(storage: Storage, keys: Iterable[str], site: str | None = None) -> dict[str, int]:
    """Map the key of each WARC file that has one of these indexes to its size in bytes."""
    wanted = {warc_key(key) for key in keys}
    entries = storage.list("warc/" if site is None else f"warc/{site}/")
    return {entry.key: entry.size for entry in entries if entry.key in wanted}


def without_index(storage: Storage, site: str | None = None) -> list[str]:
    """List the keys of WARC files whose index is missing: no command here finds their records."""
    folder = "" if site is None else f"{site}/"
    there = {warc_key(entry.key) for entry in storage.list(f"cdxj/{folder}")}
    warcs = (entry.key for entry in storage.list(f"warc/{folder}"))
    return [key for key in warcs if key.endswith(".warc.gz") and key not in there]


def read_index(storage: Storage, key: str) -> Iterator[IndexLine]:
    """Yield the lines of one index in order. Raises ArchiveError where it is broken or unreadable."""
    filename = warc_key(key).rpartition("/")[2]
    with storage.open(key) as stream:
        number = 0
        while data := stream.readline(MAX_LINE):
            number += 1
            try:
                line = parse_line(data.decode("ascii"), filename)
            except ValueError as error:
                raise ArchiveError(
                    f"{key} in {storage.address}, line {number}: {error}; scrapy verify names the damage."
                ) from error
            yield line


def parse_line(text: str, filename: str) -> IndexLine:
    """Parse one line of the index of a WARC file. Raises ValueError for any other text."""
    key, _, rest = text.partition(" ")
    timestamp, _, values = rest.partition(" ")
    if not key or len(timestamp) != _DIGITS or not timestamp.isdigit():
        raise ValueError("there is no key with a time stamp of 14 digits")
    try:
        fields = json.loads(values)
    except RecursionError:
        raise ValueError("its third part is nested too deep") from None
    if not isinstance(fields, dict):
        raise ValueError("its third part is no JSON object")  # noqa: TRY004 - a fault of the text, not of types
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if texts.get("filename") != filename:
        raise ValueError(f"it is of another file, {str(texts.get('filename'))[:200]!r}")
    try:
        line = IndexLine(
            key=key,
            timestamp=timestamp,
            url=texts["url"],
            mime=texts.get("mime", ""),
            status=int(texts["status"]) if "status" in texts or _needs_status(texts) else None,
            digest=texts.get("digest"),
            offset=int(texts["offset"]),
            length=int(texts["length"]),
            filename=filename,
        )
    except KeyError as error:
        raise ValueError(f"it has no {error}") from None
    if line.offset < 0 or line.length < 1:
        raise ValueError(f"no record can lie at {line.offset} with {line.length} bytes")
    return line


def _needs_status(texts: Mapping[str, str]) -> bool:
    return texts.get("mime") != REVISIT and texts["url"].lower().startswith(("http:", "https:"))
