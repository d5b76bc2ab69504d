"""Finds the archived page that a user names: by its address in any spelling, or by the id of an article."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawler.archive.cdxj_index import IndexLine, indexes, read_index
from crawler.archive.names import FileOwner, warc_key
from crawler.archive.records import WarcReader
from crawler.archive.surt import surt_key
from crawler.errors import ArchiveError, InvalidUrlError, UsageError
from crawler.storage import Storage
from crawler.tables.reader import newest_first, read_table
from crawler.urls import ascii_url, canonical_url

_ID = re.compile(r"[0-9a-f]{32}")
_NAMES = ("id", "version_id", "url", "canonical_url", "fetched_at")
_BATCH = 4_096  # rows of a few short columns
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_OK = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One archived page: the response record that holds it, and its article where it has one."""

    url: str
    site: str
    moment: datetime  # aware, UTC: when it was requested
    warc_file: str  # key of the WARC file
    warc_offset: int
    warc_length: int
    record_id: str
    row: dict[str, Any] | None = None  # of the article, with all columns

    @property
    def digest(self) -> str | None:
        """The digest of the page's bytes as the article's row has it."""
        return self.row["payload_digest"] if self.row else None


def find_subject(storage: Storage, name: str) -> Subject:
    """Find the newest capture of an address, or the version of an article with this id.

    Raises UsageError where `name` is neither an address nor an id, ArchiveError where the archive does not
    hold it.
    """
    row = find_article(storage, name)
    if row is not None:
        return _of_row(storage, row)
    found = None if _ID.fullmatch(name) else _find_capture(storage, ascii_url(name))
    if found is None:
        raise ArchiveError(f"The archive {storage.address} does not hold {name}.")
    return found


def find_article(storage: Storage, name: str) -> dict[str, Any] | None:
    """Return the newest row of an article with all columns, by address, `id` or `version_id`.

    Raises UsageError where `name` is neither an address nor an id, and ArchiveError.
    """
    wanted = _wanted(name)
    best: tuple[str, str] | None = None
    place = None
    for entry in newest_first(storage):
        for number, row in enumerate(read_table(storage, entry, _NAMES, batch=_BATCH)):
            is_newer = best is None or (row["fetched_at"], row["version_id"] or "") > best
            if is_newer and wanted & _names_of(row):
                best = row["fetched_at"], row["version_id"] or ""
                place = entry, number
    if place is None:
        return None
    for number, row in enumerate(read_table(storage, place[0])):
        if number == place[1]:
            return row
    raise ArchiveError(f"{place[0].key} in {storage.address} has changed while it was read.")


def _wanted(name: str) -> frozenset[str]:
    if _ID.fullmatch(name):
        return frozenset({name})
    try:
        return frozenset({canonical_url(name), ascii_url(name)})
    except InvalidUrlError:
        raise UsageError(
            f"{name!r} is neither an address (http…) nor the id of an article (32 hex digits)."
        ) from None


def _names_of(row: dict[str, Any]) -> frozenset[str]:
    return frozenset(row[name] for name in ("id", "version_id", "url", "canonical_url") if row[name])


def _of_row(storage: Storage, row: dict[str, Any]) -> Subject:
    if not row["warc_file"] or row["warc_offset"] is None or not row["warc_length"]:
        raise ArchiveError(f"The article {row['id']} in {storage.address} names no record of a WARC file.")
    return Subject(
        url=row["url"],
        site=row["site"],
        moment=datetime.fromisoformat(row["fetched_at"]).astimezone(UTC),
        warc_file=row["warc_file"],
        warc_offset=row["warc_offset"],
        warc_length=row["warc_length"],
        record_id=row["warc_record_id"],
        row=row,
    )


def _find_capture(storage: Storage, url: str) -> Subject | None:
    key = surt_key(url)
    best: tuple[str, str, IndexLine] | None = None
    for index, line in _pages(storage):
        if line.key == key and (best is None or line.timestamp >= best[0]):
            best = line.timestamp, warc_key(index), line
    if best is None:
        return None
    _, warc, line = best
    owner = FileOwner.parse(warc)
    with storage.open(warc, line.offset, line.length) as stream:
        record = next(iter(WarcReader(stream, name=warc)))
        return Subject(
            url=record.uri,
            site=owner.site if owner else "",
            moment=record.date or datetime.strptime(line.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC),
            warc_file=warc,
            warc_offset=line.offset,
            warc_length=line.length,
            record_id=record.headers.get("warc-record-id", ""),
        )


def _pages(storage: Storage) -> Iterator[tuple[str, IndexLine]]:
    for index in indexes(storage):
        for line in read_index(storage, index):
            if line.status == _OK and line.mime.lower() in _PAGES:
                yield index, line
