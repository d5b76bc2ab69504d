"""Composes the WARC records of one exchange; writes nothing. Pure."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote_from_bytes

from crawler.archive.draft import FIELDS_TYPE, Draft, draft_record, sha256, warc_date, warc_fields
from crawler.archive.exchange import Exchange
from crawler.archive.message import payload_of, redact, split_head, split_interim, status_code
from crawler.archive.originals import Original

SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_MIN_PAYLOAD = 256  # bytes; a revisit of a smaller payload would be larger than it
_RESPONSE, _REQUEST = "application/http; msgtype=response", "application/http; msgtype=request"
_UNQUOTED = "".join(map(chr, range(32, 127))).replace("%", "")  # not quoted in a response kept as text
_Fields = list[tuple[str, str]]
Find = Callable[[str], Original | None]


def draft_event(exchange: Exchange, *, warcinfo_id: str, find: Find | None = None) -> list[Draft]:
    """Draft the records of one exchange in this order: response or revisit, request, metadata.

    A record is left out where there is nothing to record. They have the same WARC-Date, and the later ones
    refer to the first by WARC-Concurrent-To. An exchange that this one supersedes is an event of its own and
    not part of the result. `find` returns the original of a payload digest; without it only a 304 becomes a
    revisit, of the original that the exchange names.
    """
    interim, final = split_interim(exchange.response)
    common = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", exchange.uri)]
    wire = [*common, *_circumstances(exchange)]
    event = [_draft_answer(exchange, final, wire, find)] if final else []
    if exchange.request:
        event.append(_draft_request(exchange, [*wire, *_concurrent_to(event[:1])]))
    notes = warc_fields(_notes(exchange, interim))
    if event and event[0].kind == "revisit" and not event[0].block:
        notes += b"not-modified-response: %s\r\n" % quote_from_bytes(final, safe=_UNQUOTED).encode("ascii")
    fields = [*common, *_concurrent_to(event[:1])]
    event.append(draft_record("metadata", exchange.started, fields, FIELDS_TYPE, notes))
    return event


def _circumstances(exchange: Exchange) -> _Fields:
    named = (
        ("WARC-IP-Address", exchange.ip),
        ("WARC-Protocol", exchange.protocol),
        ("WARC-Protocol", exchange.tls_version),
        ("WARC-Cipher-Suite", exchange.tls_cipher),
    )
    return [(name, value) for name, value in named if value]


def _concurrent_to(drafts: Iterable[Draft]) -> _Fields:
    return [("WARC-Concurrent-To", draft.record_id) for draft in drafts]


def _draft_answer(exchange: Exchange, block: bytes, fields: _Fields, find: Find | None) -> Draft:
    status = status_code(block)
    if status == HTTPStatus.NOT_MODIFIED and _is_of_its_original(exchange):
        return _draft_not_modified(exchange, fields)
    payload = payload_of(block, method=exchange.method)
    digest = payload.digest if payload else None
    whole = _is_whole(exchange) and status == HTTPStatus.OK
    shared = digest if payload and payload.size >= _MIN_PAYLOAD and whole else None
    original = find(shared) if find and shared else None
    if original is not None and shared == original.digest and _may_refer(exchange, original):
        return _draft_same_payload(exchange, split_head(block)[0], original, fields)
    if exchange.truncated:
        fields = [*fields, ("WARC-Truncated", exchange.truncated)]
    content_type = _RESPONSE if status is not None else "application/octet-stream"
    return draft_record(
        "response",
        exchange.started,
        fields,
        content_type,
        block,
        payload_digest=digest,
        can_be_original=shared is not None,
    )


def _is_whole(exchange: Exchange) -> bool:
    """Tell whether the response is certainly complete, so that revisits may refer to it."""
    return exchange.method == "GET" and not exchange.truncated and not exchange.error and not exchange.excess


def _may_refer(exchange: Exchange, original: Original) -> bool:
    """Tell whether a revisit may refer to the original: same address, or a requisite (Heritrix's hop E)."""
    return original.uri == exchange.uri or exchange.hop.get("hops", "").endswith("E")


def _is_of_its_original(exchange: Exchange) -> bool:
    """Tell whether a 304 answers for its original: a redirect takes the conditions to another address."""
    original = exchange.not_modified
    return original is not None and original.uri == exchange.uri and _is_whole(exchange)


def _draft_same_payload(exchange: Exchange, head: bytes, original: Original, fields: _Fields) -> Draft:
    fields = [*fields, *_refers_to(original, SAME_PAYLOAD), ("WARC-Truncated", "length")]
    return draft_record(
        "revisit",
        exchange.started,
        fields,
        _RESPONSE,
        head,
        payload_digest=original.digest,
        original=original,
    )


def _draft_not_modified(exchange: Exchange, fields: _Fields) -> Draft:
    """Draft the revisit of a 304 without a block, as WARC 1.1 §6.7.3 allows.

    Readers would show a 304 in the block instead of the original. Its bytes are in the metadata record.
    """
    original = exchange.not_modified
    assert original is not None  # noqa: S101  # mypy cannot see it
    return draft_record(
        "revisit",
        exchange.started,
        [*fields, *_refers_to(original, NOT_MODIFIED)],
        _RESPONSE,
        b"",
        payload_digest=original.digest,
        original=original,
    )


def _refers_to(original: Original, profile: str) -> _Fields:
    return [
        ("WARC-Profile", profile),
        ("WARC-Refers-To", original.pointer.warc_record_id),
        ("WARC-Refers-To-Target-URI", original.uri),
        ("WARC-Refers-To-Date", warc_date(original.date)),
    ]


def _draft_request(exchange: Exchange, fields: _Fields) -> Draft:
    block, dropped = redact(exchange.request)
    if dropped:
        fields = [*fields, ("Warraq-Redacted-Headers", ", ".join(dropped))]
    body = split_head(block)[1]
    digest = sha256(body) if body else None
    return draft_record("request", exchange.started, fields, _REQUEST, block, payload_digest=digest)


def _notes(exchange: Exchange, interim: list[bytes]) -> _Fields:
    hop = dict(exchange.hop)
    notes = [("via", hop.pop("via", "")), ("hopsFromSeed", hop.pop("hops", ""))]
    notes += [("fetchTimeMs", str(exchange.duration // timedelta(milliseconds=1)))]
    notes += sorted(hop.items())
    notes += [("interim", answer.split(b"\n")[0].decode("latin-1")) for answer in interim]
    notes += [("excess-bytes", str(exchange.excess or ""))]
    notes += [("superseded", str(len(exchange.superseded) or ""))]
    notes += [("error", exchange.error or "")]
    return [(name, value) for name, value in notes if value]
