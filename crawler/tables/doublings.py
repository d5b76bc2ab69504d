"""Find the rows of tables that store a version of an article again, in bounded memory.

Such rows come from two machines that stored the same pages, as they could before version 0.2.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

from crawler.archive.sorted_lines import SortedLines
from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.tables.reader import read_table
from crawler.tables.versions import Row, doubled, row_of

_COLUMNS = (
    "id", "canonical_url", "title", "subtitle", "authors", "text_sha256", "fetched_at", "previous_id",
    "version_id", "previous_version_id", "partial", "image_digests",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubled:
    """A row that stores a version again."""

    key: str  # of its table
    number: int  # of the row in the table, from 1
    id: str
    first: str  # key of the table that stores the version first


def find_doubled(storage: Storage, entries: Iterable[Entry], folder: Path) -> Iterator[Doubled]:
    """Yield the doubled rows of these tables. Lines wait for their order in `folder`.

    A table that cannot be read is passed over. Raises OSError.
    """
    found = list(entries)
    keys = [entry.key for entry in found]
    with SortedLines(folder=folder) as lines:
        for place, entry in enumerate(found):
            try:
                for number, row in enumerate(read_table(storage, entry, _COLUMNS), 1):
                    lines.add(_line(row, place, number))
            except (ArchiveError, ValueError):
                continue
        split = (line.decode("ascii", "backslashreplace").rstrip("\n").split("\t") for line in lines)
        for _, group in groupby(split, lambda fields: fields[0]):
            yield from _of_article(list(group), keys)


def _of_article(fields: list[list[str]], keys: list[str]) -> Iterator[Doubled]:
    rows = [Row(version, identity, before) for *_, version, identity, before in fields]
    first: dict[tuple[str, str], str] = {}
    again = set(doubled(rows))
    for place, (row, (_, _, table, number, *_)) in enumerate(zip(rows, fields, strict=True)):
        key = keys[int(table)]
        if place in again:
            yield Doubled(key, int(number), row.id, first[row.version, row.before])
        else:
            first[row.version, row.before] = key


def _line(row: dict[str, object], place: int, number: int) -> bytes:
    """Return a line that sorts by article and moment of the fetch."""
    article = blake2b(str(row["canonical_url"]).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    moment = datetime.fromisoformat(str(row["fetched_at"])).astimezone(UTC).isoformat()
    version = row_of(row)
    names = [_name(each) for each in (version.version, version.id, version.before)]
    return "\t".join([article, moment, f"{place:09}", f"{number:012}", *names]).encode("ascii") + b"\n"


def _name(text: str) -> str:
    """Return an id as it is, and a hash of anything else that stands in its place."""
    if len(text) <= 64 and text.isascii() and text.isalnum():  # noqa: PLR2004
        return text
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if text else ""
