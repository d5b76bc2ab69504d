"""Reads a WARC file with two other people's readers, and takes bodies apart without the code under test."""

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator


@dataclass(frozen=True)
class Record:
    kind: str
    fields: list[tuple[str, str]]
    block: bytes
    offset: int
    length: int

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def value(self, name: str) -> str | None:
        values = self.values(name)
        assert len(values) <= 1, f"{name} stands more than once"
        return values[0] if values else None

    @property
    def path(self) -> str:
        """Of the target address, with its query."""
        return re.sub(r"^https?://[^/]*", "", self.value("WARC-Target-URI") or "")


def read_warc(path: Path) -> list[Record]:
    """Every record with its block untouched, as warcio sees them; fastwarc must agree, also on digests."""
    records = []
    with path.open("rb") as stream:
        iterator = ArchiveIterator(stream, no_record_parse=True)
        for record in iterator:
            block = record.raw_stream.read()
            offset = iterator.get_record_offset()
            fields = list(record.rec_headers.headers)
            records.append(Record(record.rec_type, fields, block, offset, iterator.get_record_length()))
    with path.open("rb") as stream:
        assert all(record.verify_block_digest() for record in FastIterator(stream, parse_http=False))
    with path.open("rb") as stream:
        fast = [(r.record_id, r.stream_pos, r.reader.read()) for r in FastIterator(stream, parse_http=False)]
    assert [(r.value("WARC-Record-ID"), r.offset, r.block) for r in records] == fast
    return records


def one_member(path: Path, offset: int, length: int) -> bytes:
    """What one ranged read and one gunzip give; fails where that is not exactly one gzip member."""
    with path.open("rb") as stream:
        stream.seek(offset)
        inflater = zlib.decompressobj(wbits=31)
        data = inflater.decompress(stream.read(length))
    assert inflater.eof
    assert not inflater.unused_data
    return data


def whole_gzip(path: Path) -> bytes:
    """The whole file inflated, as `gzip -t` does; raises where it is torn."""
    return gzip.decompress(path.read_bytes())


def entity_body(block: bytes) -> bytes:
    """A test's own way to the entity body: framing undone, content coding kept."""
    head, body = re.split(rb"\r?\n\r?\n", block.lstrip(), maxsplit=1)
    if not re.search(rb"(?im)^transfer-encoding:.*chunked", head):
        return body
    out = b""
    while line := re.match(rb"\s*([0-9A-Fa-f]+)[^\n]*\n", body):
        size = int(line[1], 16)
        out += body[line.end() : line.end() + size]
        body = body[line.end() + size :]
        if not size:
            break
    return out
