"""What a run writes of itself: settings, log, texts, the closing list; and the standard, field by field."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import recorder as module
from crawler.archive.originals import RecentOriginals
from crawler.archive.recorder import Recorder
from crawler.archive.run_records import run_uri
from crawler.errors import ArchiveError
from tests.archive.reading import Record, one_member, read_warc
from tests.archive.recording import RUN_ID, STARTED, exchange, recorder

SETTINGS = '{"ROBOTSTXT_OBEY":true,"اسم":"ورّاق"}'.encode()
BODY = b"<p>" + "خبر ".encode() * 100
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


def written(folder: Path, write: Callable[[Recorder], Awaitable[object]], **changes: Any) -> list[Record]:
    async def run() -> None:
        writing = recorder(folder, **changes)
        await write(writing)
        await writing.close()

    asyncio.run(run())
    return [record for path in sorted(folder.rglob("*.warc.gz")) for record in read_warc(path)]


def test_settings_are_a_resource(tmp_path: Path) -> None:
    pointers = []

    async def write(writing: Recorder) -> None:
        pointers.append(await writing.add_resource(run_uri(RUN_ID, "settings"), "application/json", SETTINGS))

    warcinfo, resource, _ = written(tmp_path, write)
    assert (resource.kind, resource.block) == ("resource", SETTINGS)
    assert resource.value("WARC-Target-URI") == f"urn:warraq:{RUN_ID}:settings"
    assert resource.value("Content-Type") == "application/json"
    assert resource.value("WARC-Warcinfo-ID") == warcinfo.value("WARC-Record-ID")
    digest = f"sha256:{hashlib.sha256(SETTINGS).hexdigest()}"
    assert resource.value("WARC-Payload-Digest") == resource.value("WARC-Block-Digest") == digest
    [pointer] = pointers
    member = one_member(tmp_path / pointer.warc_file, pointer.warc_offset, pointer.warc_length)
    assert pointer.warc_record_id.encode() in member
    assert pointer.payload_digest == digest


@pytest.mark.parametrize(("most", "sizes"), [(100, [23]), (10, [9, 9, 5]), (3, [3, 3, 3, 3, 3, 3, 3, 2])])
def test_a_log_is_cut_behind_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(module, "_MAX_PIECE", most)
    log = tmp_path / "log.txt"
    log.write_bytes(b"line one\nline two\nlast.")
    uri = run_uri(RUN_ID, "log")

    async def write(writing: Recorder) -> None:
        pointers = await writing.add_file(uri, "text/plain;charset=utf-8", log)
        assert len(pointers) == len(sizes)

    pieces = [record for record in written(tmp_path, write) if record.kind == "resource"]
    assert [len(piece.block) for piece in pieces] == sizes
    assert b"".join(piece.block for piece in pieces) == log.read_bytes()
    names = [uri, *(f"{uri}:{number}" for number in range(2, len(sizes) + 1))]
    assert [piece.value("WARC-Target-URI") for piece in pieces] == names


def test_a_text_refers_to_its_response(tmp_path: Path) -> None:
    text = "خبر اليوم\nسطر ثانٍ"

    async def write(writing: Recorder) -> None:
        recorded = await writing.record(exchange(1))
        assert recorded is not None
        await writing.add_conversion(recorded.pointer, "http://example.com/1", STARTED, text)

    _, response, _, _, conversion, _ = written(tmp_path, write)
    assert (conversion.kind, conversion.block.decode()) == ("conversion", text)
    assert conversion.value("WARC-Refers-To") == response.value("WARC-Record-ID")
    assert conversion.value("WARC-Target-URI") == response.value("WARC-Target-URI")
    assert conversion.value("WARC-Date") == "2026-11-21T22:55:01.123456Z"
    assert conversion.value("Content-Type") == "text/plain;charset=utf-8"
    assert conversion.value("WARC-Payload-Digest") == conversion.value("WARC-Block-Digest")


def test_the_last_file_names_the_warcinfo_records_of_all(tmp_path: Path) -> None:
    async def write(writing: Recorder) -> None:
        for number in range(3):
            await writing.record(exchange(number))

    records = written(tmp_path, write, max_bytes=1)
    infos = [record for record in records if record.kind == "warcinfo"]
    assert len(infos) == 4
    closing = records[-1]
    assert closing.kind == "metadata"
    assert closing.value("WARC-Target-URI") == f"urn:warraq:{RUN_ID}:manifest"
    named = [f"warcinfo: {info.value('WARC-Record-ID')} {info.value('WARC-Filename')}" for info in infos]
    assert closing.block.decode().splitlines() == [f"isPartOf: {RUN_ID}", *named]


def test_after_a_fault_nothing_of_the_run_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def run() -> ArchiveError | None:
        writing = recorder(tmp_path)
        await writing.record(exchange(1))
        with monkeypatch.context() as patch:
            patch.setattr("crawler.archive.warc_file.os.write", refuse)
            closed = await writing.close()
        assert [each.records for each in closed] == [4], "what was written before is whole"
        return writing.failure

    failure = asyncio.run(run())
    assert str(failure) == f"The spool {tmp_path} cannot be written: No space left on device."


# WARC 1.1: which fields a kind of record may have, beside those that all have.
EVERY = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length", "WARC-Block-Digest"}
WIRE = {"WARC-IP-Address", "WARC-Protocol", "WARC-Cipher-Suite"}
OF_A_RUN = {"WARC-Warcinfo-ID", "WARC-Target-URI"}
REFERS = {"WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Profile"}
PAYLOAD = {"WARC-Payload-Digest"}
ALLOWED = {
    "warcinfo": {"WARC-Filename"},
    "response": OF_A_RUN | WIRE | PAYLOAD | {"WARC-Truncated"},
    "request": OF_A_RUN | WIRE | PAYLOAD | {"WARC-Concurrent-To", "Warraq-Redacted-Headers"},
    "metadata": OF_A_RUN | {"WARC-Concurrent-To"},
    "revisit": OF_A_RUN | WIRE | PAYLOAD | REFERS | {"WARC-Truncated"},
    "resource": OF_A_RUN | PAYLOAD,
    "conversion": OF_A_RUN | PAYLOAD | {"WARC-Refers-To"},
}
REPEATABLE = {"WARC-Concurrent-To", "WARC-Protocol"}
ADDRESS = re.compile(r"(https?://[!-~]+|urn:[!-~]+)")


def test_every_field_of_every_kind_is_one_that_the_standard_allows(tmp_path: Path) -> None:
    known = RecentOriginals()

    async def write(writing: Recorder) -> None:
        tls: dict[str, Any] = {"ip": "192.0.2.1", "tls_version": "tls/1.3", "tls_cipher": "TLS_X"}
        again = {"uri": "https://example.com/%D8%AE", **tls}
        first = await writing.record(exchange(1, BODY, **again))
        assert first is not None
        await writing.record(exchange(2, BODY, **again))
        [original] = known.take()
        await writing.record(exchange(3, response=NOT_MODIFIED, not_modified=original, **again))
        await writing.record(
            exchange(4, truncated="length", request=b"GET / HTTP/1.1\r\nCookie: x\r\n\r\n", **tls)
        )
        await writing.record(exchange(5, request=b"POST / HTTP/1.1\r\n\r\nx=y", response=b""))
        await writing.add_resource(run_uri(RUN_ID, "settings"), "application/json", SETTINGS)
        await writing.add_conversion(
            first.pointer, "https://example.com/%D8%AE", STARTED + timedelta(1), "خبر"
        )

    records = written(tmp_path, write, originals=known)
    assert {record.kind for record in records} == ALLOWED.keys()
    warcinfo = records[0].value("WARC-Record-ID")
    ids = [record.value("WARC-Record-ID") for record in records]
    assert len(set(ids)) == len(ids)
    for record in records:
        names = [name for name, _ in record.fields]
        required = EVERY | ({"Content-Type"} if record.block else set())
        assert required <= set(names) <= required | ALLOWED[record.kind], record.kind
        assert {name for name in names if names.count(name) > 1} <= REPEATABLE
        assert re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", record.value("WARC-Record-ID") or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record.value("WARC-Date") or "")
        for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", record.value(name) or "sha256:" + "0" * 64)
        assert record.value("Content-Length") == str(len(record.block))
        if record.kind != "warcinfo":
            assert record.value("WARC-Warcinfo-ID") == warcinfo
            assert ADDRESS.fullmatch(record.value("WARC-Target-URI") or ""), "RFC 3986: ASCII"
