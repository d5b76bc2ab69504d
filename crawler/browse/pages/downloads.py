"""Files to keep: the record of an article as the archive holds it, and the articles of a search.

Everything is sent as an attachment, so that no browser shows a page of a site on this origin.
"""

import threading
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from starlette.responses import Response, StreamingResponse

from crawler.browse.asked import read_search
from crawler.browse.exporting import found_rows
from crawler.browse.pages.article import found_of
from crawler.browse.view import PageError, View
from crawler.export.writers import FORMATS
from crawler.items import further_pages_of
from crawler.storage.base import CHUNK

LARGEST_RECORD = 1 << 31  # bytes
_IN_MEMORY = 4 << 20  # bytes of a record; a larger one is copied to the disk
_GZIP = b"\x1f\x8b"
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "txt": "text/plain; charset=utf-8",
}
_ONE_AT_A_TIME = threading.Lock()  # an export reads much; a second reader is asked to wait


def record(view: View) -> Response:
    """Send the record of an article, or of one of its further pages: a gzip member of the WARC file."""
    version, row = found_of(view)
    number = view.request.path_params.get("number", 1)
    pointer: dict[str, Any] | None = row if number == 1 else _further(row).get(number)
    if pointer is None or pointer["warc_file"] is None or not pointer["warc_length"]:
        raise PageError(HTTPStatus.NOT_FOUND, "no-record")
    key, offset, length = pointer["warc_file"], pointer["warc_offset"], pointer["warc_length"]
    if not 0 < length <= LARGEST_RECORD or offset < 0 or not key.startswith("warc/"):
        raise PageError(HTTPStatus.NOT_FOUND, "no-record")
    file = _copied(view.room.storage.open(key, offset, length), length)
    name = version.version_id if number == 1 else f"{version.version_id}-{number}"
    headers = _attachment(f"{name}.warc.gz") | {"Content-Length": str(length)}
    return StreamingResponse(_pieces(file), media_type="application/gzip", headers=headers)


def _copied(stream: IO[bytes], length: int) -> IO[bytes]:
    """Copy a record, so that it is sent whole or not at all. Raises PageError where none begins there."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY, prefix="warraq-record-")  # noqa: SIM115 - closed when sent
    with closing(stream):
        for piece in _pieces(stream):
            file.write(piece)
    size = file.tell()
    file.seek(0)
    if size != length or file.read(len(_GZIP)) != _GZIP:
        file.close()
        raise PageError(HTTPStatus.NOT_FOUND, "no-record")
    file.seek(0)
    return file


def export(view: View) -> Response:
    """Send the articles of a search, in its order, in the format that the address ends with."""
    ending = view.request.path_params["ending"]
    if ending not in _TYPES:
        raise PageError(HTTPStatus.NOT_FOUND, "not-found")
    asked = read_search(view.pairs)
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise PageError(HTTPStatus.SERVICE_UNAVAILABLE, "export-busy")
    file = TemporaryFile(prefix="warraq-export-")  # noqa: SIM115 - closed when it was sent
    try:
        FORMATS["text" if ending == "txt" else ending](file, found_rows(view.room, asked.query))
        size = file.seek(0, 2)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    finally:
        _ONE_AT_A_TIME.release()
    headers = _attachment(f"warraq.{ending}") | {"Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type=_TYPES[ending], headers=headers)


def _further(row: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Return the further pages of an article by their number, from 2."""
    try:
        return dict(enumerate(further_pages_of(row), 2))
    except ValueError:
        return {}


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    with closing(stream):
        while piece := stream.read(CHUNK):
            yield piece
