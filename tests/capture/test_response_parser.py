"""Responses that browsers show, fed to the parser of the capture whole and byte by byte."""

from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import HTTPClientParser, ParseError, Request
from twisted.web.http_headers import Headers

from crawler.archive.message import head_is_whole, payload_pieces, status_code
from crawler.capture.response_parser import ResponseParser

OK = b"HTTP/1.1 200 OK\r\n"
SIZED = b"Content-Length: 4\r\n\r\nbody"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


LOST = Failure(ConnectionDone())  # type: ignore[no-untyped-call]


class Body(Protocol):
    def __init__(self) -> None:
        self.data = b""
        self.end: type[BaseException] | None = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.data += data

    def connectionLost(self, reason: Failure = LOST) -> None:  # noqa: N802
        self.end = reason.type


class Parsed:
    """One response, fed in pieces of some bytes, then the end of the connection."""

    def __init__(self, raw: bytes, step: int) -> None:
        self.response: Any = None
        self.body = Body()
        self.rest: bytes | None = None
        request = Request(b"GET", b"/", Headers(), None, persistent=True)  # type: ignore[no-untyped-call]
        parser = HTTPClientParser(request, self.finished)  # type: ignore[no-untyped-call]
        parser.__class__ = ResponseParser
        parser.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        parser._responseDeferred.addCallbacks(self.begun, lambda _: None)
        for start in range(0, len(raw), step):
            parser.dataReceived(raw[start : start + step])  # type: ignore[no-untyped-call]
        if self.rest is None:
            parser.connectionLost(LOST)

    def begun(self, response: Any) -> None:
        self.response = response
        if response.length:
            response.deliverBody(self.body)

    def finished(self, rest: bytes) -> None:
        self.rest = rest


STATUS_LINES = [
    b"HTTP/1.1  200 OK",
    b"HTTP/1.1\t200\tOK",
    b"HTTP/1.1 200  Two  blanks",
    b"HTTP/1.1 200OK",
    b"HTTP/1.1 200",
    b"http/1.1 200 OK",
    b"HTTP/1 200 OK",
    b"HTTP/2 200",
    b"  HTTP/1.1 200 OK",
    b"\r\nHTTP/1.1 200 OK",
    b"\n\r\n \nHTTP/1.1 200 OK",
    b"\xef\xbb\xbfHTTP/1.1 200 OK",
]
FIELDS = [
    b"X-A : b\r\n",
    b"X-A\t: b\r\n",
    b"X Y: b\r\n",
    b"X(Y): b\r\n",
    b": b\r\n",
    b" : b\r\n",
    b"\0: b\r\n",
    b"\xd8\xae\xd8\xa8\xd8\xb1: b\r\n",
    b"no colon\r\n",
    b" folded before the first field\r\n",
    b"\tfolded: before the first field\r\n",
    b"X-A: b\r\n c\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Transfer-Encoding:\r\n",
    b"Transfer-Encoding : Identity\r\n",
    b"Content-Length: 4\r\n",  # twice
]
SIZED_RESPONSES = [line + b"\r\n" + SIZED for line in STATUS_LINES] + [OK + field + SIZED for field in FIELDS]
LENGTHS = [b"", b"+4", b"-4", b"four", b"4.0", b"0x4", b"4;", b"4 4", "\u0664".encode()]
CHUNKS = [
    b"4\r\nbody\r\n0\r\n\r\n",
    b"4  \r\nbody\r\n0  \r\n\r\n",
    b"  4\r\nbody\r\n\t0\r\n\r\n",
    b"4\nbody\n0\n\n",
    b"4\nbody\r\n0\r\n\n",
    b"000000000000000000004\r\nbody\r\n0000\r\n\r\n",
    b"2 ; a=b\r\nbo\r\n2;c\r\ndy\r\n0;d\r\nX-Trailer: e\r\n\r\n",
]
CODINGS = [
    b"chunked",
    b"Chunked",
    b"chunked, chunked",
    b"identity, chunked",
    b"chunked\r\nTransfer-Encoding: chunked",
]
CHUNKED_RESPONSES = [OK + CHUNKED + chunks for chunks in CHUNKS] + [
    OK + b"Transfer-Encoding: " + coding + b"\r\nContent-Length: 9\r\n\r\n" + CHUNKS[0] for coding in CODINGS
]


@pytest.mark.parametrize("step", [1, 10_000])
@pytest.mark.parametrize("raw", SIZED_RESPONSES + CHUNKED_RESPONSES)
def test_framed_responses(raw: bytes, step: int) -> None:
    parsed = Parsed(raw, step)
    assert (parsed.response.code, parsed.body.data, parsed.rest) == (200, b"body", b"")


@pytest.mark.parametrize("step", [1, 10_000])
@pytest.mark.parametrize("length", LENGTHS)
def test_with_a_wrong_length_the_body_ends_with_the_connection(length: bytes, step: int) -> None:
    parsed = Parsed(OK + b"Content-Length: " + length + b"\r\n\r\nthe whole body", step)
    assert (parsed.response.code, parsed.body.data) == (200, b"the whole body")


@pytest.mark.parametrize("raw", [*SIZED_RESPONSES, *CHUNKED_RESPONSES])
def test_the_archive_reads_the_same_body(raw: bytes) -> None:
    assert status_code(raw) == 200
    assert head_is_whole(raw)
    pieces = payload_pieces(raw, method="GET")
    assert pieces is not None
    assert b"".join(pieces) == b"body"


def test_names_lose_their_blanks_and_keep_their_values() -> None:
    parsed = Parsed(OK + b"Content-Type : text/html\r\nX Y: lost\r\nx-a:\t b \r\n c\r\n" + SIZED, 1)
    fields = dict(parsed.response.headers.getAllRawHeaders())
    assert fields == {b"Content-Type": [b"text/html"], b"X-A": [b"b  c"]}


def test_bytes_after_the_last_chunk_are_excess() -> None:
    assert Parsed(OK + CHUNKED + CHUNKS[1] + b"HTTP/1.1", 10_000).rest == b"HTTP/1.1"


@pytest.mark.parametrize(
    "raw",
    [
        b"NOT HTTP\r\n\r\n",
        b"HTTP/1.1 OK\r\n" + SIZED,
        OK + b"Content-Length: 4, 5\r\n\r\nbody",
        OK + b"Content-Length: 4\r\nContent-Length: four\r\n\r\nbody",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS[0],
    ],
)
def test_what_browsers_refuse_stays_an_error(raw: bytes) -> None:
    with pytest.raises((ParseError, ValueError, KeyError)):  # as Twisted words them
        Parsed(raw, 10_000)


@pytest.mark.parametrize("chunks", [b"x\r\nbody", b"0x4\r\nbody", b"4\r\nbodyX", b"-4\r\nbody", b"\r\nbody"])
def test_broken_chunks_are_an_error(chunks: bytes) -> None:
    with pytest.raises(ValueError, match="chunk"):
        Parsed(OK + CHUNKED + chunks + b"\r\n0\r\n\r\n", 10_000)
