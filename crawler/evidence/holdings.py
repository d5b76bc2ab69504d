"""Lists the records in a WACZ with the lines of the archive's own indexes that name them."""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from crawler.archive.cdxj_index import MAX_LINE, IndexLine, indexes, parse_line
from crawler.archive.names import warc_key
from crawler.errors import ArchiveError
from crawler.storage import Storage

_INDEX = "indexes/index.cdx.gz"
_EXTRACT = "-extract.warc.gz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One capture in the WACZ."""

    file: str  # archive/… in the WACZ
    line: IndexLine  # its place there
    index: str  # key of the index in the archive
    origin: IndexLine  # its place in the archive
    text: str  # the line of that index, without its end

    @property
    def warc(self) -> str:
        """The key of the archive's WARC file."""
        return warc_key(self.index)

    def row(self) -> str:
        """The row of records.txt."""
        return f"{self.file} {self.line.offset} {self.line.length} {self.index} {self.text}"


def holdings(storage: Storage, wacz: Path, site: str) -> list[Held]:
    """List the captures of a WACZ that was made of this archive, by file and place. Raises ArchiveError."""
    keys = {warc_key(key).rpartition("/")[2]: key for key in indexes(storage, site)}
    found: dict[str, list[IndexLine]] = defaultdict(list)
    for line in _lines(wacz):
        found[line.filename].append(line)
    held = []
    for filename, lines in sorted(found.items()):
        index = keys[filename.replace(_EXTRACT, ".warc.gz") if filename not in keys else filename]
        origins = _origins(storage, index, {_identity(line) for line in lines})
        for line in sorted(lines, key=lambda each: each.offset):
            origin, text = origins[_identity(line)]
            held.append(Held(file=f"archive/{filename}", line=line, index=index, origin=origin, text=text))
    return held


def holdings_of_redacted(wacz: Path) -> list[str]:
    """Return the rows of records.txt for a WACZ whose indexes in the archive are left out."""
    lines = sorted(_lines(wacz), key=lambda line: (line.filename, line.offset))
    return [f"archive/{line.filename} {line.offset} {line.length} - {line.text()}" for line in lines]


def _identity(line: IndexLine) -> tuple[str, str, str, str | None, int]:
    return line.key, line.timestamp, line.url, line.digest, line.length


def _lines(wacz: Path) -> Iterator[IndexLine]:
    with ZipFile(wacz) as bundle, bundle.open(_INDEX) as packed, gzip.open(packed) as lines:
        while data := lines.readline(MAX_LINE):
            text = data.decode("ascii")
            filename = text.rpartition('"filename": "')[2].partition('"')[0]
            yield parse_line(text, filename)


def _origins(
    storage: Storage, index: str, wanted: set[tuple[str, str, str, str | None, int]]
) -> Mapping[tuple[str, str, str, str | None, int], tuple[IndexLine, str]]:
    """Find lines of an index of the archive."""
    filename = warc_key(index).rpartition("/")[2]
    found = {}
    with storage.open(index) as stream:
        while data := stream.readline(MAX_LINE):
            text = data.decode("ascii").rstrip("\n")
            line = parse_line(text, filename)
            if _identity(line) in wanted:
                found[_identity(line)] = line, text
    if found.keys() != wanted:
        raise ArchiveError(f"{index} in {storage.address} has changed while it was read.")
    return found
