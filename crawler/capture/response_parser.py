"""Twisted's parser of HTTP/1 responses, made to read the malformed ones that browsers show.

It recovers as RFC 9112 and WHATWG Fetch define. The archive keeps the bytes as they came; this module decides
only what the spider gets. Errors in browsers are errors here, too: no status line, Content-Length fields that
contradict each other, a transfer coding other than chunked, a chunk size that is not a number.
"""

import re
from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.web._newclient import HEADER, STATUS
from twisted.web.http import _DataLoss

from crawler.archive.chunked import Dechunker
from crawler.archive.message import transfer_coding

_STATUS_LINE = re.compile(
    rb"[ \t]*HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE | re.DOTALL
)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_BLANKS = b" \t"


class ChunkedBody:
    """Decode a chunked body for Twisted. Accepts blanks around chunk sizes and LF for CRLF.

    Raises ChunkError for broken framing; Twisted then ends the response as incomplete.
    """

    def __init__(self, deliver: Callable[[bytes], None], finish: Callable[[bytes], None]) -> None:
        self._deliver = deliver
        self._finish = finish
        self._dechunker = Dechunker()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        for piece in self._dechunker.feed(data):
            self._deliver(bytes(piece))
        if self._dechunker.finished:
            self._finish(self._dechunker.excess)

    def noMoreData(self) -> None:  # noqa: N802
        if not self._dechunker.finished:
            raise _DataLoss("The connection ended before the last chunk.")


class ResponseParser(_LenientHTTPClientParser):
    """Read a response that Twisted's parser refuses, from the same bytes.

    Replaces the class of a parser that Twisted made, so it has no state of its own.
    """

    _transferDecoders: Any = {b"chunked": ChunkedBody}  # noqa: N815, RUF012

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Skip blank lines before the status line and folded lines before the first field (RFC 9112, 2.2)."""
        if self.state == STATUS and not line.strip():
            return
        if self.state == HEADER and self._partialHeader is None and line.startswith((b" ", b"\t")):
            return
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        """Accept other blanks, no minor version and no blank behind the code in a status line."""
        if found := _STATUS_LINE.fullmatch(status):
            major, minor, code, phrase = found.groups()
            status = b"HTTP/%s.%s %s %s" % (major, minor or b"0", code, phrase)
        super().statusReceived(status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802
        """Remove blanks before the colon (RFC 9112, 5.1); ignore a field whose name is not a token."""
        name = name.rstrip(_BLANKS)
        if _TOKEN.fullmatch(name):
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Ignore fields that frame no body: `identity`, and a length that is not a number (Fetch, 2.2.2)."""
        fields = self.connHeaders
        if codings := fields.getRawHeaders(b"Transfer-Encoding"):
            fields.removeHeader(b"Transfer-Encoding")
            if coding := transfer_coding(codings):
                fields.addRawHeader(b"Transfer-Encoding", coding)
        lengths = {
            n.strip() for field in fields.getRawHeaders(b"Content-Length", ()) for n in field.split(b",")
        }
        if len(lengths) == 1 and not lengths.pop().isdigit():
            fields.removeHeader(b"Content-Length")  # the body ends with the connection
        super().allHeadersReceived()  # type: ignore[no-untyped-call]
