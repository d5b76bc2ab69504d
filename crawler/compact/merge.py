"""Merges the rows of several tables, by moment of publication, in bounded memory."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.storage.base import digest_stream
from crawler.tables.reader import open_table, read_table
from crawler.tables.succession_record import Replaced, Rows, rows_of
from crawler.tables.table_file import Sized, write_table_file


def merge(
    storage: Storage,
    entries: list[Entry],
    path: Path,
    *,
    site: str,
    run_id: str,
    without: Mapping[str, AbstractSet[int]],
) -> tuple[list[Replaced], Rows]:
    """Write one table of all rows but those in `without`: numbers from 1 by the table's key.

    Returns the replaced tables with their digests, and count and digest of the rows that were left out.
    Raises ArchiveError.
    """
    found, left_out = [], Rows()
    with (
        TemporaryDirectory(prefix="warraq-compact-") as folder,
        closing(sqlite3.connect(Path(folder) / "rows.sqlite")) as data,
    ):
        data.execute("CREATE TABLE rows (moment TEXT, id TEXT, fetched TEXT, bytes INTEGER, row BLOB)")
        for entry in entries:
            with storage.open(entry.key) as stream:
                size, sha256 = digest_stream(stream)
            held = Rows()
            with open_table(storage, entry) as table:
                if unknown := table.unknown():
                    raise ArchiveError(
                        f"{entry.key} has the column {unknown[0]}, which this version of Warraq does not "
                        "know and would lose; compact with the version that wrote it, or a newer one."
                    )
                for number, row in enumerate(table.rows(), 1):
                    held += (here := rows_of([row]))
                    if number in without.get(entry.key, ()):
                        left_out += here
                        continue
                    data.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", _packed(row))
            found.append(Replaced(entry.key, size, sha256, held))
        write_table_file(path, _sorted(data), site=site, run_id=run_id)
    return found, left_out


def check_merged(storage: Storage, entry: Entry, wanted: Rows) -> None:
    """Raise ArchiveError unless a table holds exactly these rows."""
    if rows_of(read_table(storage, entry)) != wanted:
        raise ArchiveError(f"{entry.key} does not hold the rows that it was made of; nothing was replaced.")


def _packed(row: dict[str, Any]) -> tuple[str, str, str, int, bytes]:
    line = json.dumps(row, ensure_ascii=False).encode()
    published = row["published"]
    moment = datetime.fromisoformat(published).astimezone(UTC).isoformat() if published else ""
    return moment, row["id"], row["fetched_at"], len(line), zlib.compress(line, 1)


def _sorted(data: sqlite3.Connection) -> Iterator[Sized]:
    for number, size in data.execute("SELECT rowid, bytes FROM rows ORDER BY moment, id, fetched, rowid"):
        packed = data.execute("SELECT row FROM rows WHERE rowid = ?", (number,)).fetchone()[0]
        yield json.loads(zlib.decompress(packed)), size
