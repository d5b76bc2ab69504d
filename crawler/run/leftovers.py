"""Entry of a killed run's files into the ledger, so that nothing is fetched or stored twice."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from crawler.archive.message import status_code
from crawler.archive.names import FileOwner, RunId
from crawler.archive.originals import Original
from crawler.archive.records import WarcReader, WarcRecord
from crawler.errors import ArchiveError
from crawler.items import RecordPointer
from crawler.ledger.checkpoint import open_ledger, write_checkpoint
from crawler.ledger.entries import Recheck
from crawler.run.journal import leftovers, rows
from crawler.storage import Storage

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def enter_leftovers(folder: Path, site: str, storage: Storage, recheck: Recheck) -> None:
    """Enter the articles and records in a run's folder into the ledger. Its WARC files must be repaired.

    Also writes a copy of the ledger into the folder, to be delivered. Raises ArchiveError.
    """
    ledger = open_ledger(folder.parent, storage, site)
    try:
        journals = folder / "journal" / site
        articles = (row.record for journal in leftovers(journals) for row in rows(journal))
        ledger.enter_leftovers(articles, _originals(folder), recheck)
        write_checkpoint(ledger, folder, site)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"The ledger of {site} cannot take in what lies in {folder}: {error}.") from error
    finally:
        ledger.close()


def drop_rows_without_record(folder: Path, site: str, storage: Storage) -> int:
    """Remove from the journals the articles whose WARC record is lost; return how many.

    After a power cut a journal may be on the disk and the end of the WARC file not: the kernel writes files
    in any order. The pages are fetched again. Raises ArchiveError, OSError.
    """
    dropped = 0
    delivered = cache(lambda place: frozenset(storage.list_names(place)))
    for journal in leftovers(folder / "journal" / site):
        kept = journal.with_name(f"{journal.name}.kept")
        lost = 0
        with kept.open("wb") as file:
            for row in rows(journal):
                if _has_record(folder, row.record, delivered):
                    file.write(_line(journal, row.offset, row.size))
                else:
                    lost += 1
            file.flush()
            os.fsync(file.fileno())
        if lost:
            kept.replace(journal)
            dropped += lost
        else:
            kept.unlink()
    return dropped


def _line(journal: Path, offset: int, size: int) -> bytes:
    with journal.open("rb") as file:
        file.seek(offset)
        return file.read(size)


def _has_record(folder: Path, record: dict[str, Any], delivered: Callable[[str], AbstractSet[str]]) -> bool:
    key: str | None = record["warc_file"]
    owner = FileOwner.parse(key) if key else None
    if not key or owner is None or not owner.is_of(RunId.of(folder.name)):
        return True  # of an older run, which had forced it to the disk
    if (folder / key).exists():
        return bool(record["warc_offset"] + record["warc_length"] <= (folder / key).stat().st_size)
    place, _, name = key.rpartition("/")
    return name in delivered(f"{place}/")  # a file that is nowhere was lost whole


def _originals(folder: Path) -> Iterator[Original]:
    for path in sorted((folder / "warc").rglob("*.warc.gz")):
        key = path.relative_to(folder).as_posix()
        with path.open("rb") as stream:
            reader = WarcReader(stream, name=path.name)
            for record in reader:
                original = _original(record, reader, key)
                if original is not None:
                    yield original


def _original(record: WarcRecord, reader: WarcReader, key: str) -> Original | None:
    headers = record.headers
    digest, date = headers.get("warc-payload-digest", ""), record.date
    if record.kind != "response" or not _DIGEST.fullmatch(digest) or "warc-truncated" in headers or not date:
        return None
    if status_code(record.block.read()) != HTTPStatus.OK:
        return None
    record.block.skip()
    return Original(
        digest=digest,
        uri=record.uri,
        date=date.astimezone(UTC),
        pointer=RecordPointer(
            warc_file=key,
            warc_offset=record.offset,
            warc_length=reader.length(record),
            warc_record_id=headers["warc-record-id"],
            payload_digest=digest,
        ),
    )
