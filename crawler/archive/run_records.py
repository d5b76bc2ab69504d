"""The WARC records that tell of a run and not of one exchange. Pure: nothing is written here."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.archive.draft import FIELDS_TYPE, Draft, draft_record, sha256, warc_fields
from crawler.items import RecordPointer

CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_TEXT = "text/plain;charset=utf-8"


def run_uri(run_id: str, *parts: str) -> str:
    """`urn:warraq:<run>` of a run, `urn:warraq:<run>:settings` of something that it left."""
    return ":".join(("urn:warraq", run_id, *parts))


def draft_warcinfo(filename: str, *, run_id: str, info: Mapping[str, str], date: datetime) -> Draft:
    """The record that says who crawled, with what and how; `info` adds to the fields and replaces them."""
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
    """Something that the run made itself: its settings, its log. The payload is the block (§6.4.1)."""
    fields = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", uri)]
    return draft_record("resource", date, fields, content_type, data, payload_digest=sha256(data))


def draft_conversion(
    pointer: RecordPointer, uri: str, text: str, *, date: datetime, warcinfo_id: str
) -> Draft:
    """The text that was read in a response, as Common Crawl's WET files hold it. The payload is the block."""
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
    """The manifest of IIPC's guidelines: the run's WARC files with the ids of their warcinfo records."""
    fields = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", run_uri(run_id, "manifest"))]
    told = [("isPartOf", run_id), *(("warcinfo", f"{record_id} {name}") for name, record_id in files)]
    return draft_record("metadata", date, fields, FIELDS_TYPE, warc_fields(told))
