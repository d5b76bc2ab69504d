"""Turn a newspaper's reply into the bytes of an HTTP/1.1 response. Pure; equal replies give equal bytes."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from crawler.demo.exchange import PNG, Reply

_CHUNK = 1024  # bytes
_MIN_GZIP = 256  # bytes; shorter bodies are not compressed


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """Status, headers in order, and the body with its chunk framing."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def head(self, date: str, *, closing: bool) -> bytes:
        """Return status line and headers; only `date` differs between two starts of the server."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", f"Date: {date}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += ["Connection: close"] if closing else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def respond(reply: Reply, method: str, headers: Mapping[str, str]) -> Response:
    """Return the response to a GET or HEAD with these headers (names in lower case)."""
    validators = _validators(reply)
    fixed = {"Server": "warraq-demo", **validators, **reply.headers}
    if reply.status == HTTPStatus.OK and _unchanged(headers, validators):
        return Response(status=304, headers=tuple({**fixed, "Vary": "Accept-Encoding"}.items()), body=b"")
    body = reply.body
    if body or reply.status == HTTPStatus.OK:
        fixed["Content-Type"] = reply.content_type
    if reply.content_type != PNG and "gzip" not in reply.content_type:
        fixed["Vary"] = "Accept-Encoding"
        if len(body) >= _MIN_GZIP and accepts_gzip(headers.get("accept-encoding", "")):
            body = gzip.compress(body, mtime=0)
            fixed["Content-Encoding"] = "gzip"
    if reply.chunked:
        fixed["Transfer-Encoding"] = "chunked"
        body = b"".join(_chunks(body))
    else:
        fixed["Content-Length"] = str(len(body))
    return Response(status=reply.status, headers=tuple(fixed.items()), body=b"" if method == "HEAD" else body)


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding names gzip or * with a quality above zero."""
    qualities: dict[str, float] = {}
    for part in header.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            qualities[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            qualities[coding.strip()] = 0.0  # a quality that is not a number counts as zero
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def _validators(reply: Reply) -> dict[str, str]:
    """Return a weak ETag, because one covers all content codings, and the last modification."""
    if reply.status != HTTPStatus.OK:
        return {}
    values = {"ETag": f'W/"{hashlib.sha256(reply.body).hexdigest()[:16]}"'}
    if reply.modified:
        values["Last-Modified"] = format_datetime(reply.modified.astimezone(UTC), usegmt=True)
    return values


def _unchanged(headers: Mapping[str, str], validators: Mapping[str, str]) -> bool:
    """Return whether the request's conditions give 304: If-None-Match has precedence (RFC 9110, 13.2.2)."""
    if "if-none-match" in headers:
        tags = [tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")]
        return "*" in tags or validators["ETag"].removeprefix("W/") in tags
    since = _http_date(headers.get("if-modified-since", ""))
    changed = _http_date(validators.get("Last-Modified", ""))
    return since is not None and changed is not None and changed <= since


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        piece = body[start : start + _CHUNK]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"
