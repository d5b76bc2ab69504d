"""The WARC records of one exchange, and the warcinfo that opens a file. Pure: nothing is written here."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from crawler.archive.chunked import ChunkError
from crawler.archive.exchange import Exchange
from crawler.archive.message import payload_pieces, redact, split_head, split_interim, status_code

WARC_VERSION = "WARC/1.1"
CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_FIELDS_TYPE = "application/warc-fields"
_LONGEST_VALUE = 2_000  # characters of one warc-fields value


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A record that is ready to be written: every field but Content-Length, and the block."""

    kind: str  # warcinfo, request, response or metadata
    record_id: str  # <urn:uuid:…>
    date: datetime
    uri: str | None
    fields: tuple[tuple[str, str], ...]
    block: bytes
    payload_digest: str | None = None


def warc_date(moment: datetime) -> str:
    """UTC with microseconds, as WARC 1.1 §5.4 allows."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def draft_warcinfo(filename: str, *, run_id: str, info: Mapping[str, str], date: datetime) -> Draft:
    """The record that says who crawled, with what and how; `info` adds to the fields and replaces them."""
    fields = {
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "isPartOf": run_id,
        "redacted-request-headers": "authorization, cookie, cookie2, proxy-authorization",
        **info,
    }
    return _draft("warcinfo", date, [("WARC-Filename", filename)], _FIELDS_TYPE, _warc_fields(fields.items()))


def draft_event(exchange: Exchange, *, warcinfo_id: str) -> list[Draft]:
    """Response, request and metadata of one exchange, in this order, those that there are.

    They share one WARC-Date, and the later ones name the first by WARC-Concurrent-To. What the exchange
    supersedes is an event of its own and not among them.
    """
    interim, final = split_interim(exchange.response)
    common = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", exchange.uri)]
    wire = [*common, *_circumstances(exchange)]
    event = []
    if final:
        event.append(_draft_response(exchange, final, wire))
    if exchange.request:
        event.append(_draft_request(exchange, [*wire, *_concurrent_to(event[:1])]))
    notes = _notes(exchange, interim)
    event.append(
        _draft(
            "metadata",
            exchange.started,
            [*common, *_concurrent_to(event[:1])],
            _FIELDS_TYPE,
            _warc_fields(notes),
        )
    )
    return event


def _circumstances(exchange: Exchange) -> list[tuple[str, str]]:
    named = (
        ("WARC-IP-Address", exchange.ip),
        ("WARC-Protocol", exchange.protocol),
        ("WARC-Protocol", exchange.tls_version),
        ("WARC-Cipher-Suite", exchange.tls_cipher),
    )
    return [(name, value) for name, value in named if value]


def _concurrent_to(drafts: Iterable[Draft]) -> list[tuple[str, str]]:
    return [("WARC-Concurrent-To", draft.record_id) for draft in drafts]


def _draft_response(exchange: Exchange, block: bytes, fields: list[tuple[str, str]]) -> Draft:
    if exchange.truncated:
        fields = [*fields, ("WARC-Truncated", exchange.truncated)]
    spoken = status_code(block) is not None
    content_type = "application/http; msgtype=response" if spoken else "application/octet-stream"
    digest = payload_digest(block, method=exchange.method)
    return _draft("response", exchange.started, fields, content_type, block, digest)


def _draft_request(exchange: Exchange, fields: list[tuple[str, str]]) -> Draft:
    block, dropped = redact(exchange.request)
    if dropped:
        fields = [*fields, ("Warraq-Redacted-Headers", ", ".join(dropped))]
    body = split_head(block)[1]
    digest = sha256(body) if body else None
    return _draft("request", exchange.started, fields, "application/http; msgtype=request", block, digest)


def payload_digest(block: bytes, *, method: str) -> str | None:
    """SHA-256 over the entity body of a response, chunk framing undone and content coding kept.

    None where there is no such body, or where its framing is broken so that nobody can tell what it is.
    """
    pieces = payload_pieces(block, method=method)
    if pieces is None:
        return None
    digest = hashlib.sha256()
    try:
        for piece in pieces:
            digest.update(piece)
    except ChunkError:
        return None
    return f"sha256:{digest.hexdigest()}"


def _notes(exchange: Exchange, interim: list[bytes]) -> list[tuple[str, str]]:
    hop = dict(exchange.hop)
    notes = [("via", hop.pop("via", "")), ("hopsFromSeed", hop.pop("hops", ""))]
    notes += [("fetchTimeMs", str(exchange.duration // timedelta(milliseconds=1)))]
    notes += sorted(hop.items())
    notes += [("interim", answer.split(b"\n")[0].decode("latin-1")) for answer in interim]
    notes += [("excess-bytes", str(exchange.excess or ""))]
    notes += [("superseded", str(len(exchange.superseded) or ""))]
    notes += [("error", exchange.error or "")]
    return [(name, value) for name, value in notes if value]


def _warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """One line a field; a value's line breaks and controls become spaces, so no value can pose as a field."""
    lines = []
    for name, value in fields:
        line = "".join(c if c.isprintable() else " " for c in value[:_LONGEST_VALUE])
        lines.append(f"{name}: {' '.join(line.split())}\r\n")
    return "".join(lines).encode("utf-8", "replace")


def _draft(
    kind: str,
    date: datetime,
    fields: list[tuple[str, str]],
    content_type: str,
    block: bytes,
    payload: str | None = None,
) -> Draft:
    record_id = f"<urn:uuid:{uuid4()}>"
    digests = [("WARC-Block-Digest", sha256(block))]
    if payload:
        digests.append(("WARC-Payload-Digest", payload))
    head = [("WARC-Type", kind), ("WARC-Record-ID", record_id), ("WARC-Date", warc_date(date))]
    return Draft(
        kind=kind,
        record_id=record_id,
        date=date,
        uri=dict(fields).get("WARC-Target-URI"),
        fields=(*head, *fields, *digests, ("Content-Type", content_type)),
        block=block,
        payload_digest=payload,
    )
