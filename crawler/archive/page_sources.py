"""Reads the pages in files: one of an HTML file, any number of a WARC, ARC or WACZ file.

One page at a time is in memory.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from lxml import html

from crawler.archive.compression import GZIP_MAGIC, LZ4_MAGIC, ZSTD_DICTIONARY_MAGIC, ZSTD_MAGIC
from crawler.archive.members import WarcFormatError
from crawler.archive.responses import ArchivedResponse, read_responses
from crawler.errors import ArchiveError, InvalidUrlError, UsageError
from crawler.items import Page, RecordPointer
from crawler.urls import ascii_url

MAX_HTML = 64_000_000  # bytes of one HTML file
_HEAD = 65_536  # bytes in which a page gives its own address
_READABLE = re.compile(r"\s*(text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_ARCHIVE_NAME = re.compile(r"\.w?arc(\.gz|\.zst|\.lz4)?\Z", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
_ARCHIVES = (GZIP_MAGIC, ZSTD_MAGIC, ZSTD_DICTIONARY_MAGIC, LZ4_MAGIC, b"WARC/", b"filedesc:")
_MAX_MAGIC = max(map(len, (*_ARCHIVES, _ZIP)))  # bytes


def pages_of(path: Path, url: str | None = None) -> Iterator[Page]:
    """Yield the pages that a file holds: an HTML file, or the successful HTML responses of an archive file.

    `url` is the address of an HTML file (else the one that the file itself gives). An archive file is a WARC
    or ARC file, plain or compressed, or a WACZ file. A broken record is passed over: the pages around it come
    first, then an ArchiveError counts such records. Raises ArchiveError, too, where the file cannot be read
    or is an HTML file without an address, and UsageError where its name promises an archive that it is not.
    """
    damage: list[WarcFormatError] = []
    try:
        with path.open("rb") as stream:
            begins = stream.read(_MAX_MAGIC)
            stream.seek(0)
            if begins.startswith(_ZIP):
                yield from _wacz_pages(stream, path, damage)
            elif path.name.lower().endswith(".wacz"):
                raise UsageError(f"{path} is no WACZ file: a WACZ file is a ZIP file, and this is none.")
            elif begins.startswith(_ARCHIVES):
                yield from _warc_pages(stream, _key(path), damage)
            elif _ARCHIVE_NAME.search(path.name):
                raise UsageError(f"{path} is no WARC file and no ARC file, although its name ends like one.")
            else:
                yield _html_page(stream, path, url)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error
    if damage:
        raise ArchiveError(
            f"{path}: {len(damage):,} damaged records were passed over; the first: {str(damage[0])[:300]}"
        )


def _html_page(stream: BinaryIO, path: Path, url: str | None) -> Page:
    body = stream.read(MAX_HTML + 1)
    if len(body) > MAX_HTML:
        raise ArchiveError(f"{path} is larger than {MAX_HTML:,} bytes; that is no page.")
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


def _wacz_pages(stream: BinaryIO, path: Path, damage: list[WarcFormatError]) -> Iterator[Page]:
    try:
        with zipfile.ZipFile(stream) as bundle:
            names = [name for name in bundle.namelist() if _ARCHIVE_NAME.search(name)]
            if not names:
                raise UsageError(f"{path} is a ZIP file without a WARC file in it; that is no WACZ.")
            for name in names:
                with bundle.open(name) as warc:
                    yield from _warc_pages(cast("BinaryIO", warc), name, damage)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:  # also: unknown method, encrypted
        raise ArchiveError(f"{path} is no whole ZIP file: {error}.") from error


def _key(path: Path) -> str:
    """Return the key of a WARC file that lies in an archive, else its name."""
    parts = path.resolve().parts
    start = len(parts) - 1 - parts[::-1].index("warc") if "warc" in parts else len(parts) - 1
    return "/".join(parts[start:])


def _warc_pages(stream: BinaryIO, name: str, damage: list[WarcFormatError]) -> Iterator[Page]:
    for response in read_responses(stream, name=name, on_damage=damage.append):
        content_type = response.http_header("content-type")
        if response.http_status == 200 and not response.problem and _READABLE.match(content_type or ""):  # noqa: PLR2004
            yield _archived_page(response, name, content_type)


def _archived_page(response: ArchivedResponse, name: str, content_type: str | None) -> Page:
    record_id = response.headers.get("warc-record-id", "")  # an ARC file has none
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
