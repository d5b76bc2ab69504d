"""Reading WARC files: ours, other people's, and what is none."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.members import WarcFormatError
from crawler.archive.records import WarcReader
from crawler.archive.responses import ArchivedResponse, read_responses

squeeze = partial(gzip.compress, mtime=0)
PAGE = "<p>خبر</p>".encode() * 20


def record(block: bytes, *, kind: str = "response", version: str = "WARC/1.0", extra: str = "") -> bytes:
    head = (
        f"{version}\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <http://example.com/a>\r\n"
        f"WARC-Date: 2015-01-02T03:04:05Z\r\n{extra}Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes = PAGE, fields: bytes = b"", status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return status + b"\r\nContent-Type: text/html\r\n" + fields + b"\r\n" + body


def read(data: bytes, **options: Any) -> list[ArchivedResponse]:
    return list(read_responses(io.BytesIO(data), name="x.warc.gz", **options))


THREE = [record(b"software: wget\r\n", kind="warcinfo"), record(answer()), record(answer(b"second"))]
WRAPPINGS = {
    "plain": b"".join(THREE),
    "a member a record": b"".join(squeeze(each) for each in THREE),
    "one member": squeeze(b"".join(THREE)),
    "members and padding": b"".join(squeeze(each) + bytes(700) for each in THREE),
    "no blank lines": b"".join(each.removesuffix(b"\r\n\r\n") for each in THREE),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrappings(wrapping: str) -> None:
    first, second = read(WRAPPINGS[wrapping])
    assert (first.payload, second.payload) == (PAGE, b"second")
    assert first.uri == "http://example.com/a"
    assert first.date is not None
    assert first.date.isoformat() == "2015-01-02T03:04:05+00:00"
    assert first.http_header("Content-Type") == "text/html"


def test_other_peoples_heads() -> None:
    head = b"WARC/0.18\nwarc-type:response\nWarc-Target-Uri: http://example.com/\n  a\nno colon\n"
    body = b"HTTP/1.0 200 OK\nA: b\n\nbody"
    (response,) = read(head + b"WARC-Date: yesterday\ncontent-length: %d\n\n%s\n\n" % (len(body), body))
    assert (response.uri, response.date, response.payload) == ("http://example.com/ a", None, b"body")


def test_offsets_lead_to_members() -> None:
    data = WRAPPINGS["a member a record"]
    for response in read(data):
        member = data[response.offset : response.offset + response.length]
        assert gzip.decompress(member).startswith(b"WARC/1.0\r\nWARC-Type: response")


def test_offsets_in_a_plain_file() -> None:
    data = WRAPPINGS["plain"]
    for response, whole in zip(read(data), THREE[1:], strict=True):
        assert data[response.offset : response.offset + response.length] == whole


def test_records_that_share_a_member_have_no_length() -> None:
    assert [(r.offset, r.length) for r in read(WRAPPINGS["one member"])] == [(0, 0), (0, 0)]


BODIES: tuple[tuple[bytes, bytes, bytes, str | None], ...] = (
    (b"Transfer-Encoding: chunked\r\n", b"4;x=y\r\nabcd\r\n2\r\nef\r\n0\r\nT: u\r\n\r\n", b"abcdef", None),
    (b"transfer-encoding: CHUNKED\r\n", b"4\r\nabcd\r\n", b"abcd", None),  # cut off
    (
        b"Transfer-Encoding: chunked\r\n",
        b"<p>framing already undone</p>\n..",
        b"<p>framing already undone</p>\n..",
        None,
    ),
    (b"Transfer-Encoding: chunked\r\n", b"4\r\nabcdXX\r\n", b"", "a chunk is followed by"),
    (b"Transfer-Encoding: gzip, chunked\r\n", b"x", b"", "transfer coding 'gzip, chunked' is unknown"),
    (b"Content-Encoding: gzip\r\n", squeeze(PAGE), PAGE, None),
    (b"Content-Encoding: gzip\r\n", PAGE, PAGE, None),  # coding already undone
    (b"Content-Encoding: sdch\r\n", PAGE, b"", "'sdch' is unknown"),
    (b"Content-Encoding: gzip\r\n", squeeze(bytes(9_000_000)), b"", "grows beyond 1000000 bytes"),
    (b"", bytes(1_000_001), b"", "larger than 1000000 bytes"),
    (b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", squeeze(PAGE), PAGE, None),
)


@pytest.mark.parametrize(("fields", "body", "payload", "problem"), BODIES, ids=range(len(BODIES)))
def test_bodies(fields: bytes, body: bytes, payload: bytes, problem: str | None) -> None:
    data = squeeze(record(answer(body, fields))) + squeeze(record(answer()))
    broken, fine = read(data, max_payload=1_000_000)
    assert broken.payload == payload
    assert (problem or "") in (broken.problem or "")
    assert (broken.problem is None) == (problem is None)
    assert fine.payload == PAGE


def test_what_is_passed_over() -> None:
    others = [
        record(answer(), kind="request"),
        record(b"a: b\r\n", kind="metadata"),
        record(b"NOT HTTP AT ALL\r\n\r\n"),
        record(answer(), kind="revisit"),
        record(b""),
        record(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(status=b"HTTP/1.1 404 Gone\xff")),
    ]
    (only,) = read(b"".join(others))
    assert only.http_status == 404


BROKEN: tuple[tuple[bytes, str], ...] = (
    (b"", ""),
    (b"\x00" * 50, "byte 0: this is no WARC file"),
    (b"<html>", "byte 0: this is no WARC file, it reads b'<html>'"),
    (squeeze(b"<html>"), "byte 0: this is no WARC file"),
    (b"filedesc://x.arc 0.0.0.0 20100101000000 text/plain 99\n", "cut off, 0 of its 99 bytes"),
    (b"WARC/1.0\r\nWARC-Type: response\r\n", "byte 0: the head of the record is cut off"),
    (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "byte 0: the record does not say its Content-Length"),
    (b"WARC/1.0\r\nContent-Length: -1\r\n\r\n", "byte 0: the record does not say its Content-Length"),
    (b"WARC/1.0\r\nContent-Length: " + b"9" * 99 + b"\r\n\r\n", "does not say its Content-Length"),
    (b"WARC/1.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "does not say its Content-Length"),
    (b"WARC/1.0\r\nContent-Length: 99\r\n\r\nshort", "byte 0: the record is cut off, 5 of its 99 bytes"),
    (b"WARC/1.0\r\n" + b"A: b\r\n" * 2_000, "more than 1000 lines"),
    (b"WARC/1.0\r\nA: " + b"b" * 70_000, "cut off or endless"),
    (THREE[1] + b"garbage\r\n", f"byte {len(THREE[1])}: no record begins here"),
    (squeeze(THREE[1]) + b"garbage", "there is no gzip member where one should begin"),
    (squeeze(THREE[1])[:-3], "byte 0: the file ends inside this gzip member"),
    (squeeze(THREE[1])[:-8] + b"\0" * 8, "byte 0: the gzip member is broken"),
    (squeeze(THREE[1])[:10] + b"\xff" * 40, "byte 0: the gzip member is broken"),
)


@pytest.mark.parametrize(("data", "message"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_refused(data: bytes, message: str) -> None:
    if not message:
        assert read(data) == []
        return
    with pytest.raises(WarcFormatError) as raised:
        read(data)
    assert str(raised.value).startswith("x.warc.gz, byte ")
    assert message in str(raised.value)


def test_what_precedes_a_fault_is_read() -> None:
    data = squeeze(THREE[1]) + squeeze(THREE[2])[:-5]
    responses = read_responses(io.BytesIO(data), name="x")
    assert next(responses).payload == PAGE
    with pytest.raises(WarcFormatError):
        next(responses)


@given(st.binary(max_size=400), st.booleans())
def test_noise_is_refused_or_empty(noise: bytes, zipped: bool) -> None:  # noqa: FBT001
    data = squeeze(b"WARC/1.0\r\n" + noise) if zipped else noise
    try:
        for each in WarcReader(io.BytesIO(data), name="x"):
            assert each.offset >= 0
    except WarcFormatError as error:
        assert str(error).startswith("x, byte ")  # noqa: PT017


def test_memory_stays_constant(tmp_path: Path) -> None:
    path = tmp_path / "large.warc.gz"
    with path.open("wb") as stream:
        for _ in range(12):
            stream.write(squeeze(record(answer(bytes(8_000_000))), compresslevel=1))
    tracemalloc.start()
    try:
        seen = sum(1 for response in bounded(path) if response.problem)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == 12
    assert peak < 4_000_000


def bounded(path: Path) -> Iterator[ArchivedResponse]:
    return read_responses(path, max_payload=1_000_000)
