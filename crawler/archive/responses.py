"""Reads the HTTP responses in a WARC or ARC file, with bodies decoded as in a browser.

Revisits are passed over: their payload is in the record that they refer to, so each payload of an archive
comes once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.chunked import ChunkError, Dechunker
from crawler.archive.content_coding import ContentCodingError, undo_codings
from crawler.archive.members import WarcFormatError
from crawler.archive.message import (
    head_is_whole,
    header_fields,
    split_head,
    split_interim,
    status_code,
    transfer_coding_of,
)
from crawler.archive.records import Block, WarcReader, WarcRecord

MAX_PAYLOAD = 64_000_000  # bytes of one body, before and after its content coding is undone
_MAX_HEAD = 1_000_000  # bytes of an HTTP message
_HEX = re.compile(rb"[0-9a-fA-F]{0,15}\r?")  # the beginning of a chunk size, cut off


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedResponse:
    """One response record, its body decoded."""

    offset: int  # of its gzip member in the file
    length: int  # of that member; 0 where several records share one
    headers: Mapping[str, str]  # of the record, by lower-case name
    uri: str
    date: datetime | None  # aware
    http_status: int
    http_headers: tuple[tuple[str, str], ...]  # lower-case names in order; undecodable bytes as Latin-1
    payload: bytes  # chunk framing and content coding undone; empty where `problem` says why
    problem: str | None = None  # why there is no payload: broken framing, unknown coding, too large

    def http_header(self, name: str) -> str | None:
        """Return the first value of a field; None where it is missing."""
        return next((value for key, value in self.http_headers if key == name.lower()), None)


def read_responses(
    source: Path | BinaryIO,
    *,
    name: str | None = None,
    max_payload: int = MAX_PAYLOAD,
    on_damage: Callable[[WarcFormatError], None] | None = None,
) -> Iterator[ArchivedResponse]:
    """Yield the HTTP responses of a WARC or ARC file in order; records of other kinds are passed over.

    `name` stands in messages; a path's own name by default. `on_damage` gets the error of each broken record,
    and reading goes on behind it. One body at a time is in memory. Raises WarcFormatError where the file is
    no WARC file or (without `on_damage`) is broken, and OSError.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield from read_responses(
                stream, name=name or source.name, max_payload=max_payload, on_damage=on_damage
            )
        return
    reader = WarcReader(source, name=name or "WARC", on_damage=on_damage)
    for record in reader:
        try:
            response = response_in(record, reader, max_payload=max_payload)
        except WarcFormatError as error:
            reader.pass_over(error)
            continue
        if response is not None:
            yield response


def response_in(
    record: WarcRecord, reader: WarcReader, *, max_payload: int = MAX_PAYLOAD
) -> ArchivedResponse | None:
    """Read a record of this reader to its end and return it as an HTTP response; None where it is none."""
    if record.kind != "response" or not record.uri.lower().startswith(("http:", "https:")):
        return None
    head, body = _split(record.block)
    status = status_code(head)
    if status is None:
        return None  # a server that did not speak HTTP
    fields = tuple((key.decode("latin-1"), _text(value)) for key, value in header_fields(head))
    encoding = dict(reversed(fields)).get("content-encoding", "")
    payload, problem = _payload(body, transfer_coding_of(head).decode("latin-1"), encoding, max_payload)
    record.block.skip()
    return _response(record, reader.length(record), status, fields, payload, problem)


def _response(
    record: WarcRecord,
    length: int,
    status: int,
    fields: tuple[tuple[str, str], ...],
    payload: bytes,
    problem: str | None,
) -> ArchivedResponse:
    return ArchivedResponse(
        offset=record.offset,
        length=length,
        headers=record.headers,
        uri=record.uri,
        date=record.date,
        http_status=status,
        http_headers=fields,
        payload=payload,
        problem=problem,
    )


def _split(block: Block) -> tuple[bytes, Iterator[bytes]]:
    """Return the head of the final response, and the body in pieces."""
    data = b""
    while len(data) < _MAX_HEAD and (piece := block.read()):
        data += piece
        _, final = split_interim(data)
        head, body = split_head(final)
        if head_is_whole(final):
            return head, _pieces(body, block)
    return split_interim(data)[1], iter(())


def _pieces(first: bytes, block: Block) -> Iterator[bytes]:
    yield first
    while piece := block.read():
        yield piece


def _payload(pieces: Iterator[bytes], coding: str, encoding: str, most: int) -> tuple[bytes, str | None]:
    body = bytearray()
    if coding not in {"", "chunked"}:
        return b"", f"the transfer coding {coding[:40]!r} is unknown"
    try:
        for piece in _dechunked(pieces) if coding == "chunked" else pieces:
            body += piece
            if len(body) > most:
                return b"", f"the body is larger than {most} bytes"
        return undo_codings(bytes(body), encoding, most=most), None
    except (ChunkError, ContentCodingError) as error:
        return b"", str(error)


def _dechunked(pieces: Iterator[bytes]) -> Iterator[bytes | memoryview]:
    """Undo the chunk framing. Some archives keep the header and hold the body without framing: it stays."""
    first = b""
    for piece in pieces:
        first += piece
        if b"\n" in first or len(first) > _MAX_HEAD:
            break
    dechunker = Dechunker()
    unframed = b"\n" not in first and not _HEX.fullmatch(first)
    try:
        data = list(dechunker.feed(first[: first.find(b"\n") + 1]))
    except ChunkError:
        unframed = True
    if unframed:
        yield first
        yield from pieces
        return
    yield from data
    yield from dechunker.feed(first[first.find(b"\n") + 1 :])
    for piece in pieces:
        yield from dechunker.feed(piece)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
