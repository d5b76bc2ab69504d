"""Responses of servers, well-formed and malformed. Each one stands for something that happens on the web."""

import gzip

from tests.servers.raw import Answer

PAGE = ("<!doctype html><meta charset=utf-8><title>خبر</title><p>" + "نصٌّ عربيٌّ قصير. " * 300).encode()
GZIPPED = gzip.compress(PAGE, mtime=0)
BIG = bytes(range(256)) * 4_000

ODD_FIELDS = (
    b"sErVeR: weird/1.0\r\nX-Dup: one\r\ncontent-TYPE:text/html;charset=utf-8\r\nx-dup:  two  \r\n"
    b"Set-Cookie: a=1; path=/\r\nX-Folded: first\r\n  second\r\n\tthird\r\nSet-Cookie: b=2; path=/\r\n"
    b'ETag:"abc"\r\nContent-Disposition: inline; filename="\xd8\xae\xd8\xa8\xd8\xb1.html"\r\n'
    b"X-1256: \xcf\xe3\xd4\xde\r\n"
)


def chunked(
    data: bytes, sizes: tuple[int, ...] = (7, 100, 33), extension: bytes = b"", trailer: bytes = b""
) -> bytes:
    out, start, turn = b"", 0, 0
    while start < len(data):
        piece = data[start : start + sizes[turn % len(sizes)]]
        out += b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
        start, turn = start + len(piece), turn + 1
    return out + b"0\r\n" + trailer + b"\r\n"


def sized(body: bytes, *fields: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"%s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, lines, len(body), body)


HTML = b"Content-Type: text/html; charset=utf-8"
SCRIPT: dict[str, Answer] = {
    "/odd": Answer(
        b"HTTP/1.1 200 Yalla OK\r\n" + ODD_FIELDS + b"Content-Length:  %d\r\n\r\n" % len(PAGE),
        PAGE[:10],
        PAGE[10:],
    ),
    "/chunked-gzip": Answer(
        b"HTTP/1.1 200 OK\r\n" + ODD_FIELDS + b"Content-Encoding: gzip\r\nTRANSFER-encoding: Chunked\r\n\r\n",
        chunked(GZIPPED, extension=b";ext=1", trailer=b"X-Trailer: bye\r\n"),
    ),
    "/no-colon": Answer(b"HTTP/1.1 200 OK\r\nthis line has no colon\r\nContent-Length: 2\r\n\r\nok"),
    "/line-feeds": Answer(b"HTTP/1.1 200 OK\nServer: lf\nContent-Type: text/html\nContent-Length: 2\n\nok"),
    "/crooked-head": Answer(
        b"\r\n\nHTTP/1.1  200  OK\r\n folded\r\nContent-Type : text/html\r\nX Y: 1\r\n: no name\r\n",
        b"\xd8\xae: 1\r\nTransfer-Encoding: identity\r\nContent-Length : %d\r\n\r\n" % len(PAGE),
        PAGE,
    ),
    "/crooked-length": Answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: +%d\r\n\r\n" % len(PAGE), PAGE, close=True
    ),
    "/crooked-chunks": Answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, Chunked, chunked\r\n\r\n",
        b"  %x \t;ext\r\n%s\n%x\n%s\r\n0 \n\n" % (1000, PAGE[:1000], len(PAGE) - 1000, PAGE[1000:]),
    ),
    "/http-1.0": Answer(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", PAGE, close=True),
    "/no-reason": Answer(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
    "/early-hints": Answer(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + sized(b"ok", HTML),
    ),
    "/short-body": Answer(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50000\r\n\r\n",
        PAGE[:1000],
        close=True,
    ),
    "/lossy": Answer(sized(PAGE, HTML)[:900], close=True),
    "/short-chunk": Answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n10\r\n012",
        close=True,
    ),
    "/short-head": Answer(b"HTTP/1.1 200 OK\r\nContent-Ty", close=True),
    "/excess": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokGARBAGE-AFTER-THE-END", close=True),
    "/moved": Answer(
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: /arrived?from=\xd8\xae\xd8\xa8\xd8\xb1\r\n"
        b"Content-Length: 5\r\n\r\nmoved"
    ),
    "/arrived?from=%D8%AE%D8%A8%D8%B1": Answer(sized(PAGE, HTML)),
    "/204": Answer(b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n"),
    "/304": Answer(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n'),
    "/503": Answer(sized(b"busy", status=b"HTTP/1.1 503 Busy")),
    "/head": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nX-Y: z\r\n\r\n"),
    "/empty": Answer(sized(b"", b"X-Y: z")),
    "/form": Answer(sized(b"thanks", HTML)),
    "/too-big": Answer(sized(BIG)),
    "/too-big-chunked": Answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(BIG, (65_536,))
    ),
    "/hangs": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"part", hang=True),
    "/silent": Answer(hang=True),
    "/hangs-up": Answer(close=True),
    "/no-http": Answer(b"NOT HTTP AT ALL\r\n\r\n", close=True),
    "/keeps": Answer(sized(b"kept", HTML)),
    "/stale": Answer(sized(b"at last", HTML), reused=Answer(close=True)),
    "/stopped": Answer(sized(BIG[:300_000], HTML)),
    "/robots.txt": Answer(sized(b"User-agent: *\nAllow: /\n", b"Content-Type: text/plain")),
}
