"""Drafts the WARC records that describe a run, not an exchange; writes nothing. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.archive.draft import FIELDS_TYPE, Draft, draft_record, sha256, warc_fields
from crawler.items import RecordPointer

CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_TEXT = "text/plain;charset=utf-8"


def run_uri(run_id: str, *parts: str) -> str:
    """Return `urn:warraq:<run>`, or `urn:warraq:<run>:settings` for a part of the run."""
    return ":".join(("urn:warraq", run_id, *parts))


def draft_warcinfo(filename: str, *, run_id: str, info: Mapping[str, str], date: datetime) -> Draft:
    """Draft the record that says who crawled, and how; `info` adds fields or replaces them."""
    fields = {
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "isPartOf": run_id,
        "redacted-request-headers": "authorization, cookie, cookie2, proxy-authorization",
        **info,
    }
    block = warc_fields(fields.items())
    return draft_record("warcinfo", date, [("WARC-Filename", filename)], FIELDS_TYPE, block)


def draft_resource(uri: str, content_type: str, data: bytes, *, date: datetime, warcinfo_id: str) -> Draft:
    """Draft the record of something that the run made: settings, a log. The payload is the block (§6.4.1)."""
    fields = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", uri)]
    return draft_record("resource", date, fields, content_type, data, payload_digest=sha256(data))


def draft_conversion(
    pointer: RecordPointer, uri: str, text: str, *, date: datetime, warcinfo_id: str
) -> Draft:
    """Draft the record of a response's text, as in Common Crawl's WET files. The payload is the block."""
    fields = [
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Target-URI", uri),
        ("WARC-Refers-To", pointer.warc_record_id),
    ]
    block = text.encode("utf-8", "replace")
    return draft_record("conversion", date, fields, _TEXT, block, payload_digest=sha256(block))


def draft_closing(
    run_id: str, files: Iterable[tuple[str, str]], *, date: datetime, warcinfo_id: str
) -> Draft:
    """Draft the manifest of IIPC's guidelines: the WARC files with the ids of their warcinfo records."""
    fields = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", run_uri(run_id, "manifest"))]
    lines = [("isPartOf", run_id), *(("warcinfo", f"{record_id} {name}") for name, record_id in files)]
    return draft_record("metadata", date, fields, FIELDS_TYPE, warc_fields(lines))
