"""Find the article pages of a WARC file: the pages that a list named as articles. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crawler.archive.records import WarcReader, WarcRecord
from crawler.archive.responses import ArchivedResponse, response_in

_OK = 200
_FROM_A_LIST = re.compile(r"LR*")  # a link of a list, then redirects
_MAX_NOTES = 1_000_000  # bytes of a metadata record


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A successful response, and how its address was found."""

    response: ArchivedResponse
    via: str  # the kind of the list, or the address that redirected to it; empty: unknown


def article_captures(stream: BinaryIO, *, name: str) -> Iterator[Capture]:
    """Yield every successful response of a WARC file that a list led to, in order; one body is in memory.

    A response without the metadata record about its discovery is among them: reading it once too often is
    better than losing it. Revisits have no body; the record that they refer to is read in its own file.
    Offsets count from the start of the stream. Raises WarcFormatError for a damaged file, and what the
    stream raises.
    """
    reader = WarcReader(stream, name=name)
    waiting: ArchivedResponse | None = None
    for record in reader:
        if record.kind == "metadata" and waiting is not None and _belongs(record, waiting):
            notes = _notes(record)
            if _FROM_A_LIST.fullmatch(notes.get("hopsFromSeed", "")):
                yield Capture(response=waiting, via=notes.get("via", ""))
            waiting = None
        elif record.kind == "response":
            if waiting is not None:
                yield Capture(response=waiting, via="")
            response = response_in(record, reader)
            waiting = response if response is not None and response.http_status == _OK else None
    if waiting is not None:
        yield Capture(response=waiting, via="")


def _belongs(record: WarcRecord, response: ArchivedResponse) -> bool:
    return record.headers.get("warc-concurrent-to") == response.headers.get("warc-record-id")


def _notes(record: WarcRecord) -> dict[str, str]:
    """Return the fields of a metadata record; of equal names the first counts."""
    data = b""
    while len(data) < _MAX_NOTES and (piece := record.block.read()):
        data += piece
    lines = (line.partition(":") for line in data.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in reversed(list(lines)) if colon}
