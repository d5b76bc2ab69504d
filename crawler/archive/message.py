"""Parses HTTP/1 messages as bytes: the head, its fields, the payload, the credentials.

As tolerant as browsers (LF for CRLF, folded lines, lines without a colon). Changes no byte, except that
`redact` removes credentials.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.archive.chunked import ChunkError, Dechunker

_HEAD_END = re.compile(rb"[^\r\n]\r*\n\r?\n")  # blank lines before the start line end no head
_STATUS = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*HTTP/\d{1,3}(?:\.\d{1,3})?[ \t]+(\d{3})(?!\d)", re.IGNORECASE
)
_FIELD_LINE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+$")  # a line with its continuations
_BODILESS = frozenset({204, 304})
CREDENTIALS = frozenset({b"authorization", b"cookie", b"cookie2", b"proxy-authorization"})


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """Split a message behind the blank line that ends its head; an unfinished head is all head."""
    end = _HEAD_END.search(block)
    return (block[: end.end()], block[end.end() :]) if end else (block, b"")


def head_is_whole(block: bytes) -> bool:
    """Tell whether the bytes reach to the blank line behind the fields."""
    return _HEAD_END.search(block) is not None


def status_code(block: bytes) -> int | None:
    """Return the status of a response; None where the bytes do not begin with a status line."""
    found = _STATUS.match(block)
    return int(found[1]) if found else None


def header_fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (lower-case name, value) in order, folds joined by a space, lines without a colon left out."""
    for line in _field_lines(head.lstrip(b"\r\n"))[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            yield name.strip(b" \t").lower(), b" ".join(part.strip() for part in value.split(b"\n")).strip()


def split_interim(response: bytes) -> tuple[list[bytes], bytes]:
    """Split a response into its complete interim (1xx) responses and the rest."""
    interim = []
    while (code := status_code(response)) is not None and 100 <= code < 200:  # noqa: PLR2004
        end = _HEAD_END.search(response)
        if end is None:
            break
        interim.append(response[: end.end()])
        response = response[end.end() :]
    return interim, response


def payload_pieces(block: bytes, *, method: str) -> Iterator[memoryview] | None:
    """Yield the body of a response in pieces, without chunk framing and with its content coding.

    `method` is the request's. Returns None where HTTP defines no body (HEAD, 1xx, 204, 304), where the bytes
    are not a response with a complete head, and under a transfer coding other than chunked. The iterator
    raises ChunkError.
    """
    head, body = split_head(block)
    code = status_code(head)
    if not head_is_whole(head) or code is None or code < 200 or code in _BODILESS or method == "HEAD":  # noqa: PLR2004
        return None
    coding = transfer_coding_of(head)
    if coding == b"chunked":
        return Dechunker().feed(body)
    return iter((memoryview(body),)) if not coding else None


@dataclass(frozen=True, slots=True)
class Payload:
    """Digest and size of a payload."""

    digest: str  # sha256:<lower-case hex>
    size: int  # bytes


def payload_of(block: bytes, *, method: str) -> Payload | None:
    """Hash the payload of a response as WARC 1.1 defines it: without chunk framing, with content coding.

    Returns None where there is no body, or its framing is broken.
    """
    pieces = payload_pieces(block, method=method)
    if pieces is None:
        return None
    digest, size = hashlib.sha256(), 0
    try:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
    except ChunkError:
        return None
    return Payload(f"sha256:{digest.hexdigest()}", size)


def redact(request: bytes) -> tuple[bytes, list[str]]:
    """Return the request without the lines that carry credentials, and the lower-case names of these."""
    head, body = split_head(request)
    kept, dropped = [], []
    for number, line in enumerate(_field_lines(head)):
        name = line.partition(b":")[0].strip(b" \t").lower()
        if number and name in CREDENTIALS:
            dropped.append(name.decode("ascii"))
        else:
            kept.append(line)
    return b"".join(kept) + body, dropped


def _field_lines(head: bytes) -> list[bytes]:
    return _FIELD_LINE.findall(head)


def transfer_coding_of(head: bytes) -> bytes:
    """Return the transfer coding that the fields of a head name, as `transfer_coding`."""
    return transfer_coding(value for name, value in header_fields(head) if name == b"transfer-encoding")


def transfer_coding(values: Iterable[bytes]) -> bytes:
    """Return the transfer coding that Transfer-Encoding fields name, in lower case: mostly `chunked`.

    An empty value is no coding, and `identity`, which RFC 9112 removed, is none either. A coding that is
    named twice counts once, as in browsers. Several codings are returned with commas between them.
    """
    names = [name.strip().lower() for value in values for name in value.split(b",")]
    return b", ".join(name for name in dict.fromkeys(names) if name not in {b"", b"identity"})
