"""Entry of a killed run's files into the ledger, so that nothing is fetched or stored twice."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC
from functools import cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

from crawler.archive.message import status_code
from crawler.archive.names import FileOwner, RunId
from crawler.archive.originals import Original
from crawler.archive.records import WarcReader, WarcRecord
from crawler.errors import ArchiveError
from crawler.items import RecordPointer
from crawler.ledger.checkpoint import Copies, Written
from crawler.ledger.entries import Recheck
from crawler.run.journal import Row, leftovers, rows
from crawler.storage import Storage

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def enter_leftovers(folder: Path, copies: Copies, recheck: Recheck) -> tuple[int, Written]:
    """Enter the articles and records in a run's folder into the ledger. Its WARC files must be repaired.

    Articles that another run stores in the same version leave the journals: another machine crawled while
    this run was stopped, or before it was delivered. Their records stay. Returns the number of them, and the
    copy of what changed in the ledger, which is in the folder to be delivered. Raises ArchiveError.
    """
    ledger = copies.open()
    journals = leftovers(folder / "journal" / copies.site)
    try:
        articles = (row.record for journal in journals for row in rows(journal))
        doubled = ledger.enter_leftovers(folder.name, articles, _originals(folder), recheck)
        _drop_places(journals, frozenset(doubled))
        return len(doubled), copies.write(ledger, folder, folder.name)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(
            f"The ledger of {copies.site} cannot take in what lies in {folder}: {error}."
        ) from error
    finally:
        ledger.close()


def drop_rows_without_record(folder: Path, site: str, storage: Storage) -> int:
    """Remove from the journals the articles whose WARC record is lost; return how many.

    After a power cut a journal may be on the disk and the end of the WARC file not: the kernel writes files
    in any order. The pages are fetched again. Raises ArchiveError, OSError.
    """
    delivered = cache(lambda place: frozenset(storage.list_names(place)))
    return sum(
        _keep_rows(journal, lambda row: _has_record(folder, row.record, delivered))
        for journal in leftovers(folder / "journal" / site)
    )


def _drop_places(journals: Iterable[Path], dropped: AbstractSet[int]) -> None:
    """Remove rows by their places, counted from 0 through all journals. Raises ArchiveError, OSError."""
    places = count()
    for journal in journals if dropped else ():
        _keep_rows(journal, lambda _: next(places) not in dropped)


def _keep_rows(journal: Path, wanted: Callable[[Row], bool]) -> int:
    """Rewrite a journal with the wanted rows; return how many others it had. Raises ArchiveError, OSError."""
    kept, dropped = journal.with_name(f"{journal.name}.kept"), 0
    with kept.open("wb") as file:
        for row in rows(journal):
            if wanted(row):
                file.write(_line(journal, row.offset, row.size))
            else:
                dropped += 1
        file.flush()
        os.fsync(file.fileno())
    if dropped:
        kept.replace(journal)
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
