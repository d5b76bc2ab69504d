"""Builds WARC records that are ready to be written, and spells their fields. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from crawler.archive.originals import Original

WARC_VERSION = "WARC/1.1"
FIELDS_TYPE = "application/warc-fields"
_MAX_VALUE = 2_000  # characters of one warc-fields value


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A record that is ready to be written: its block and all fields but Content-Length."""

    kind: str  # warcinfo, request, response, revisit, metadata, resource or conversion
    record_id: str  # <urn:uuid:…>
    date: datetime
    uri: str | None
    fields: tuple[tuple[str, str], ...]
    block: bytes
    content_type: str | None = None
    payload_digest: str | None = None
    original: Original | None = None  # what a revisit refers to
    can_be_original: bool = False  # later captures of the same payload may refer to it


def warc_date(moment: datetime) -> str:
    """Format a moment in UTC with microseconds, as WARC 1.1 §5.4 allows."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """Format fields as lines; line breaks and controls in a value become spaces, so it stays one field."""
    lines = []
    for name, value in fields:
        line = "".join(c if c.isprintable() else " " for c in value[:_MAX_VALUE])
        lines.append(f"{name}: {' '.join(line.split())}\r\n")
    return "".join(lines).encode("utf-8", "replace")


def draft_record(
    kind: str,
    date: datetime,
    fields: list[tuple[str, str]],
    content_type: str,
    block: bytes,
    *,
    payload_digest: str | None = None,
    original: Original | None = None,
    can_be_original: bool = False,
) -> Draft:
    """Draft a record with a new id and its block digest. An empty block has no type (WARC 1.1 §5.6)."""
    record_id = f"<urn:uuid:{uuid4()}>"
    tail = [("WARC-Block-Digest", sha256(block))]
    if payload_digest:
        tail.append(("WARC-Payload-Digest", payload_digest))
    if block:
        tail.append(("Content-Type", content_type))
    head = [("WARC-Type", kind), ("WARC-Record-ID", record_id), ("WARC-Date", warc_date(date))]
    return Draft(
        kind=kind,
        record_id=record_id,
        date=date,
        uri=dict(fields).get("WARC-Target-URI"),
        fields=(*head, *fields, *tail),
        block=block,
        content_type=content_type if block else None,
        payload_digest=payload_digest,
        original=original,
        can_be_original=can_be_original,
    )
