"""The article pages of a WARC file: what was fetched because a list had named it as an article. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crawler.archive.records import WarcReader, WarcRecord
from crawler.archive.responses import ArchivedResponse, response_in

_OK = 200
_FROM_A_LIST = re.compile(r"LR*")  # a link of a list, and redirects on the way
_MOST_NOTES = 1_000_000  # bytes of a metadata record


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """One successful answer, and how its address was found."""

    response: ArchivedResponse
    via: str  # the kind of the list that named it, or the address that led there; empty where nobody says


def article_captures(stream: BinaryIO, *, name: str) -> Iterator[Capture]:
    """Every successful response of a WARC file that a list led to, in order; one body is in memory.

    A response without the metadata record that says how it was found is among them: better read once too
    often than lost. Revisits hold no page; the one that they name is read where it lies. Offsets count from
    where the stream began. Raises WarcFormatError where the file breaks off, and what the stream raises.
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
    """The fields of a metadata record, the first of each name."""
    data = b""
    while len(data) < _MOST_NOTES and (piece := record.block.read()):
        data += piece
    lines = (line.partition(":") for line in data.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in reversed(list(lines)) if colon}
