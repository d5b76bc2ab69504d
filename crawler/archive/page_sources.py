"""Pages out of files: an HTML file is one page, a WARC or WACZ file is as many as it holds.

Streams: one page at a time is in memory. Pure but for the files it is given.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from lxml import html

from crawler.archive.responses import ArchivedResponse, read_responses
from crawler.errors import ArchiveError, InvalidUrlError
from crawler.items import Page, RecordPointer
from crawler.urls import ascii_url

MOST_HTML = 64_000_000  # bytes of one HTML file
_HEAD = 65_536  # bytes in which a page says its own address
_READABLE = re.compile(r"\s*(text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_GZIP, _ZIP, _WARC = b"\x1f\x8b", b"PK\x03\x04", b"WARC/"


def pages_of(path: Path, url: str | None = None) -> Iterator[Page]:
    """The pages that a file holds; `url` is the address of an HTML file (else the one that it says itself).

    Of WARC and WACZ files come the successful HTML responses. Raises ArchiveError where the file cannot be
    read, is broken, or is an HTML file whose address nobody knows.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(max(map(len, (_GZIP, _ZIP, _WARC))))
            stream.seek(0)
            if magic.startswith(_ZIP):
                yield from _wacz_pages(stream, path)
            elif magic.startswith((_GZIP, _WARC)):
                yield from _warc_pages(stream, _key(path))
            else:
                yield _html_page(stream, path, url)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error


def _html_page(stream: BinaryIO, path: Path, url: str | None) -> Page:
    body = stream.read(MOST_HTML + 1)
    if len(body) > MOST_HTML:
        raise ArchiveError(f"{path} is larger than {MOST_HTML:,} bytes; that is no page.")
    address = url or _own_address(body)
    if address is None:
        raise ArchiveError(f"{path} does not say its own address; give it with --url.")
    fetched_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)  # the page was served before it was saved
    return Page(url=address, body=body, http_status=200, content_type=None, fetched_at=fetched_at)


def _own_address(body: bytes) -> str | None:
    root = html.document_fromstring(body[:_HEAD] + b"<p>")
    for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"):
        for value in cast(list[str], root.xpath(path)):  # both select attributes
            try:
                return ascii_url(value.strip())
            except InvalidUrlError:
                continue
    return None


def _wacz_pages(stream: BinaryIO, path: Path) -> Iterator[Page]:
    try:
        with zipfile.ZipFile(stream) as bundle:
            names = [name for name in bundle.namelist() if name.endswith((".warc", ".warc.gz"))]
            if not names:
                raise ArchiveError(f"{path} is a ZIP file without a WARC file in it; that is no WACZ.")
            for name in names:
                with bundle.open(name) as warc:
                    yield from _warc_pages(warc, name)  # type: ignore[arg-type]  # a readable binary stream
    except zipfile.BadZipFile as error:
        raise ArchiveError(f"{path} is no whole ZIP file: {error}.") from error


def _key(path: Path) -> str:
    """A WARC file's key where it lies in an archive, else its name."""
    parts = path.resolve().parts
    start = len(parts) - 1 - parts[::-1].index("warc") if "warc" in parts else len(parts) - 1
    return "/".join(parts[start:])


def _warc_pages(stream: BinaryIO, name: str) -> Iterator[Page]:
    for response in read_responses(stream, name=name):
        content_type = response.http_header("content-type")
        if response.http_status == 200 and not response.problem and _READABLE.match(content_type or ""):  # noqa: PLR2004
            yield _archived_page(response, name, content_type)


def _archived_page(response: ArchivedResponse, name: str, content_type: str | None) -> Page:
    record_id = response.headers.get("warc-record-id", "")
    return Page(
        url=response.uri,
        body=response.payload,
        http_status=response.http_status,
        content_type=content_type,
        fetched_at=response.date or datetime.now(UTC),
        record=RecordPointer(
            warc_file=name,
            warc_offset=response.offset,
            warc_length=response.length,
            warc_record_id=record_id,
            payload_digest=response.headers.get("warc-payload-digest"),
        ),
    )
