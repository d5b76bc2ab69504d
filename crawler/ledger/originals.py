"""The records that hold payloads. Later captures of the same payload refer to them as revisits."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from crawler.archive.originals import Original
from crawler.items import RecordPointer
from crawler.ledger.schema import digest_bytes, digest_key, digest_text, open_to_read


def keep_originals(database: sqlite3.Connection, originals: Iterable[Original]) -> None:
    """Enter records that are safe on disk. Of several records with the same payload the first counts."""
    for original in originals:
        digest, pointer = digest_bytes(original.digest), original.pointer
        database.execute("INSERT OR IGNORE INTO files (name) VALUES (?)", (pointer.warc_file,))
        database.execute(
            "INSERT OR IGNORE INTO originals SELECT ?, ?, ?, ?, id, ?, ?, ? FROM files WHERE name = ?",
            (digest_key(digest), digest, original.uri, original.date.isoformat(), pointer.warc_offset,
             pointer.warc_length, pointer.warc_record_id, pointer.warc_file),
        )  # fmt: skip


def find_original(database: sqlite3.Connection, digest: str) -> Original | None:
    """Return the record that holds the payload with this digest (sha256:<hex>), None where there is none."""
    found = original_at(database, digest_key(digest_bytes(digest)))
    return found if found is not None and found.digest == digest else None


def original_at(database: sqlite3.Connection, key: int | None) -> Original | None:
    """Return the record with this key of the payload's digest, None where there is none."""
    row = database.execute(
        "SELECT digest, url, date, name, offset, length, record_id FROM originals "
        "JOIN files ON files.id = file WHERE key = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    digest, url, date, name, offset, length, record_id = row
    return Original(
        digest=digest_text(digest),
        uri=url,
        date=datetime.fromisoformat(date),
        pointer=RecordPointer(
            warc_file=name,
            warc_offset=offset,
            warc_length=length,
            warc_record_id=record_id,
            payload_digest=digest_text(digest),
        ),
    )


class OlderOriginals:
    """Find originals from the thread that writes WARC files, with a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._database = open_to_read(path)

    def __call__(self, digest: str) -> Original | None:
        return find_original(self._database, digest)

    def close(self) -> None:
        self._database.close()
