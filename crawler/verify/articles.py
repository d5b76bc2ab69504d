"""Compares the rows of a Parquet file with their own digests and with the records they were read from."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from crawler.archive.manifest import ManifestFile
from crawler.errors import ArchiveError
from crawler.items import further_pages_of
from crawler.storage.base import CHUNK
from crawler.tables.reader import open_table_stream
from crawler.verify.faults import Code, Findings
from crawler.verify.pointers import PointerError, Pointers
from crawler.verify.promise import HashingReader, keep_promise

_MAX_GROUP = 512_000_000  # bytes of a row group, unpacked; ours have a thirtieth of that
_COLUMNS = (
    "id", "url", "canonical_url", "site", "title", "text", "text_sha256", "fetched_at", "rules_digest",
    "warc_file", "warc_offset", "warc_length", "warc_record_id", "payload_digest",
    "further_pages",
)  # fmt: skip

Reread = Callable[[Mapping[str, Any], Pointers], str | None]


def check_articles(
    stream: BinaryIO,
    findings: Findings,
    promised: ManifestFile | None,
    pointers: Pointers,
    reread: Reread | None = None,
) -> None:
    """Check every row: text and id against their digests, the pointer against the WARC file.

    `reread` reads the article again and returns a sentence on what differs, or None. Raises what the stream
    and the pointers raise.
    """
    reader = HashingReader(stream)
    with TemporaryFile() as copy:  # Parquet begins at its end
        shutil.copyfileobj(cast("BinaryIO", reader), copy, CHUNK)
        findings.counts["bytes"] += reader.size
        same = keep_promise(findings, promised, reader.size, reader.sha256)
        copy.seek(0)
        rows = 0
        for row in _rows(cast("BinaryIO", copy), findings):
            rows += 1
            _check_row(row, rows, findings, pointers, reread)
    findings.counts["articles"] += rows
    if same and promised is not None and promised.rows not in (None, rows):
        findings.fault(Code.COUNT, f"The manifest counts {promised.rows} articles; {rows} are here.")


def _rows(file: BinaryIO, findings: Findings) -> Iterator[dict[str, Any]]:
    try:
        with open_table_stream(file, "This file") as table:
            if table.misfits(_COLUMNS[:-1]):  # further_pages is younger than others
                findings.fault(Code.TABLE, "This Parquet file lacks columns of an article.")
            elif table.largest_group() > _MAX_GROUP:
                message = f"This Parquet file has row groups of more than {_MAX_GROUP:,} bytes."
                findings.fault(Code.TABLE, message)
            else:
                yield from table.rows(_COLUMNS)
    except ArchiveError as error:
        findings.fault(Code.TABLE, str(error))


def _check_row(
    row: dict[str, Any], number: int, findings: Findings, pointers: Pointers, reread: Reread | None
) -> None:
    row_name = f"Row {number} ({str(row['id'])[:32]})"
    digest = sha256(str(row["text"]).encode("utf-8", "surrogatepass")).hexdigest()
    if digest != row["text_sha256"]:
        findings.fault(Code.TEXT, f"{row_name}: the text is not the one that text_sha256 was made of.")
    if row["id"] != sha256(f"{row['canonical_url']}\n{row['text_sha256']}".encode()).hexdigest()[:32]:
        findings.fault(Code.TEXT, f"{row_name}: the id is not made of this address and this text.")
    folder = f"site={row['site']}/"  # below articles/ or that of another generation
    if not findings.file.partition("/")[2].startswith(folder):
        findings.fault(Code.TABLE, f"{row_name}: the article is of {row['site']}, and does not belong here.")
    try:
        pointers.check(row)
        for part in further_pages_of(row):
            pointers.check(part)
        other = reread(row, pointers) if reread else None
    except ValueError as error:
        findings.fault(Code.TABLE, f"{row_name}: {error}.")
        return
    except PointerError as error:
        findings.fault(Code.POINTER, f"{row_name}: the pointer is wrong, {error}.", cause=row["warc_file"])
        return
    if other:
        findings.fault(Code.REREAD, f"{row_name}: {other}")
