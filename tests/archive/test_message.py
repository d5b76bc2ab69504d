"""Taking HTTP messages apart: heads, interim answers, framing, credentials."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta, timezone

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.chunked import ChunkError, Dechunker
from crawler.archive.content_coding import ContentCodingError, undo_codings
from crawler.archive.exchange import Exchange
from crawler.archive.message import header_fields, payload_pieces, redact, split_head, split_interim

DATA = "نصٌّ عربيّ. ".encode() * 50


@pytest.mark.parametrize(
    ("block", "head", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", b"body"),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody", b"HTTP/1.1 200 OK\nA: b\n\n", b"body"),
        (b"HTTP/1.1 200 OK\r\n\r\n\r\nbody", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\nbody"),
        (b"HTTP/1.1 200 OK\r\nA: b", b"HTTP/1.1 200 OK\r\nA: b", b""),
        (
            b"HTTP/1.1 200 OK\r\nA: b\r\n \r\nC: d\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nA: b\r\n \r\nC: d\r\n\r\n",
            b"",
        ),
        (b"", b"", b""),
    ],
)
def test_where_the_head_ends(block: bytes, head: bytes, body: bytes) -> None:
    assert split_head(block) == (head, body)


def test_fields() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-A :  one\r\nno colon\r\nx-a: two\r\n three\r\n\tfour \r\nE:\r\n\r\n"
    assert list(header_fields(head)) == [(b"x-a", b"one"), (b"x-a", b"two three four"), (b"e", b"")]


@pytest.mark.parametrize(
    ("response", "interim", "final"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", 0, b"HTTP/1.1 200 OK\r\n\r\n"),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\nA: b\n\nHTTP/1.1 200\r\n\r\n",
            2,
            b"HTTP/1.1 200\r\n\r\n",
        ),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", 1, b""),
        (b"HTTP/1.1 103 Early Hi", 0, b"HTTP/1.1 103 Early Hi"),
        (b"HTTP/1.1 1000 X\r\n\r\n", 0, b"HTTP/1.1 1000 X\r\n\r\n"),
    ],
)
def test_interim_answers(response: bytes, interim: int, final: bytes) -> None:
    found, rest = split_interim(response)
    assert (len(found), rest) == (interim, final)
    assert b"".join(found) + rest == response


@pytest.mark.parametrize(
    ("lines", "dropped"),
    [
        (b"Cookie: a=1\r\n", ["cookie"]),
        (b"COOKIE : a=1\r\n", ["cookie"]),
        (b"authorization: Basic x\r\n folded\r\n", ["authorization"]),
        (b"Proxy-Authorization: x\r\nCookie: y\r\n", ["proxy-authorization", "cookie"]),
        (b"", []),
    ],
)
def test_credentials_are_left_out(lines: bytes, dropped: list[str]) -> None:
    request = b"POST /Cookie: HTTP/1.1\r\nA: b\r\n%sX-Cookie: stays\r\n\r\nCookie: in the body stays"
    assert redact(request % lines) == (request % b"", dropped)


def frame(data: bytes, sizes: list[int], extension: bytes, trailer: bytes) -> bytes:
    out = b""
    for size in sizes:
        piece, data = data[:size], data[size:]
        if piece:
            out += b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
    if data:
        out += b"%X\r\n%s\r\n" % (len(data), data)
    return out + b"000\r\n" + trailer + b"\r\n"


@given(
    st.binary(max_size=500),
    st.lists(st.integers(1, 90), max_size=9),
    st.sampled_from([b"", b";a=b", b' ; q="x"']),
    st.sampled_from([b"", b"T: u\r\n", b"T: u\r\nV: w\r\n"]),
    st.integers(1, 60),
)
def test_framing_is_undone_however_it_is_cut(
    data: bytes, sizes: list[int], extension: bytes, trailer: bytes, step: int
) -> None:
    framed = frame(data, sizes, extension, trailer)
    dechunker = Dechunker()
    pieces = [framed[start : start + step] for start in range(0, len(framed), step)]
    assert b"".join(bytes(p) for piece in pieces for p in dechunker.feed(piece)) == data
    assert dechunker.finished


@given(st.binary(max_size=200))
def test_anything_is_framing_or_an_error(noise: bytes) -> None:
    try:
        assert sum(len(piece) for piece in Dechunker().feed(noise)) <= len(noise)
    except ChunkError as error:
        assert str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "framed",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"+1\r\na\r\n",
        b"\r\n",
        b"1\r\nab\r\n",
        b"f" * 16 + b"\r\n",
        b"1;" + b"x" * 20_000,
    ],
)
def test_broken_framing(framed: bytes) -> None:
    with pytest.raises(ChunkError):
        list(Dechunker().feed(framed))


@pytest.mark.parametrize(
    ("method", "head", "defined"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\n\r\n", True),
        ("HEAD", b"HTTP/1.1 200 OK\r\n\r\n", False),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", False),
        ("GET", b"HTTP/1.1 304 Not Modified\r\n\r\n", False),
        ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", False),
        ("GET", b"ICY 200 OK\r\n\r\n", False),
    ],
)
def test_where_a_payload_is_defined(method: str, head: bytes, *, defined: bool) -> None:
    assert (payload_pieces(head + b"x", method=method) is not None) == defined


RAW_DEFLATE = zlib.compressobj(wbits=-15)
CODED = (
    ("", DATA),
    ("identity", DATA),
    ("gzip", gzip.compress(DATA)),
    ("gzip", gzip.compress(DATA[:100]) + gzip.compress(DATA[100:])),
    ("GZIP", DATA),  # decoded already
    ("x-gzip", gzip.compress(DATA) + b"garbage"),
    ("deflate", zlib.compress(DATA)),
    ("deflate", RAW_DEFLATE.compress(DATA) + RAW_DEFLATE.flush()),
    ("br", brotli.compress(DATA)),
    ("zstd", zstd.compress(DATA)),
    ("gzip, br", brotli.compress(gzip.compress(DATA))),
)


@pytest.mark.parametrize(("coding", "body"), CODED, ids=range(len(CODED)))
def test_content_codings(coding: str, body: bytes) -> None:
    assert undo_codings(body, coding, most=len(DATA)) == DATA


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stays_small(coding: str) -> None:
    zeros = bytes(50_000_000)
    body = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": lambda data: brotli.compress(data, quality=1),
        "zstd": zstd.compress,
    }[coding](zeros)
    with pytest.raises(ContentCodingError, match="grows beyond 1000 bytes"):
        undo_codings(body, coding, most=1_000)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"\x1f\x8bxxxxxxxxxxxxxxxxx"),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"\xff" * 9),
        ("zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 40),
        ("compress", b"x"),
        ("gzip,gzip,gzip,gzip", b"x"),
    ],
)
def test_what_cannot_be_decoded(coding: str, body: bytes) -> None:
    with pytest.raises(ContentCodingError):
        undo_codings(body, coding, most=1_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_cut_off_gives_what_is_there(coding: str) -> None:
    noise = bytes((i * i * 7 + i // 3) % 256 for i in range(9_000))
    body = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}[
        coding
    ](noise)
    assert noise.startswith(undo_codings(body[: len(body) // 2], coding, most=10_000))


@pytest.mark.parametrize(
    ("uri", "started"),
    [
        ("http://example.com/خبر", datetime.now(UTC)),
        ("http://example.com/a b", datetime.now(UTC)),
        ("http://example.com/\r\nX: y", datetime.now(UTC)),
        ("http://example.com/", datetime.now(timezone(timedelta(hours=3)))),
        ("http://example.com/", datetime.now(UTC).replace(tzinfo=None)),
    ],
)
def test_an_exchange_that_no_record_could_tell(uri: str, started: datetime) -> None:
    with pytest.raises(ValueError, match="exchange"):
        Exchange(uri=uri, request=b"", response=b"", started=started, duration=timedelta())
