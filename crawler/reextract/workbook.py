"""What a reextraction of one site has done so far: a SQLite file that outlives a kill at any moment.

It holds what the articles were before, what came of each page that was read, and how far each WARC file was
read. Memory stays bounded by a page, whatever the size of the archive.
"""

import fcntl
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from crawler.archive.names import month_of
from crawler.errors import ArchiveError
from crawler.items import Article, Rejection
from crawler.run.journal import line_of

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS warcs (
    key TEXT PRIMARY KEY, size INTEGER NOT NULL, reached INTEGER NOT NULL DEFAULT -1,
    done INTEGER NOT NULL DEFAULT 0, problem TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS before (
    warc TEXT NOT NULL, offset INTEGER NOT NULL, id TEXT NOT NULL, previous TEXT, row BLOB NOT NULL,
    PRIMARY KEY (warc, offset)
);
CREATE INDEX IF NOT EXISTS before_ids ON before (id);
CREATE TABLE IF NOT EXISTS held (
    warc TEXT NOT NULL, offset INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (warc, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (
    warc TEXT NOT NULL, offset INTEGER NOT NULL, url TEXT NOT NULL, reason TEXT, row BLOB,
    id TEXT, month TEXT, moment TEXT, bytes INTEGER, kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (warc, offset)
);
CREATE TABLE IF NOT EXISTS taken (what BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_QUICK = 1  # of zlib: three times smaller, at no cost beside reading a page
DUPLICATE = "duplicate"  # the reason of a page whose article the generation has already


class Outcome(NamedTuple):
    """What one page was and is."""

    warc: str
    offset: int
    url: str
    before: dict[str, Any] | None  # the article's row
    after: dict[str, Any] | None
    reason: str | None  # why there is none now


class Workbook:
    """One site's work in one file, for one process at a time. Raises ArchiveError where another holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ArchiveError(
                f"Another process is reading these articles again (it holds {path.parent}); wait for it."
            ) from None
        self._data = sqlite3.connect(path)
        self._data.execute("PRAGMA journal_mode = WAL")
        self._data.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last pages, no more
        self._data.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._data.rollback()  # whoever wanted to keep a part has committed it
        self.commit()
        self._data.close()
        os.close(self._lock)

    def commit(self) -> None:
        self._data.commit()

    def fact(self, name: str, value: str) -> str:
        """The value under a name, kept by the first who asks."""
        self._data.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
        return str(self._data.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])

    def has_fact(self, name: str) -> bool:
        return self._data.execute("SELECT 1 FROM facts WHERE name = ?", (name,)).fetchone() is not None

    # --- what there was --------------------------------------------------------------------------------

    def remember(self, rows: Iterable[dict[str, Any]]) -> None:
        """Articles of the generation before, by the records that they were read from."""
        values = (
            (row["warc_file"], row["warc_offset"], row["id"], row.get("previous_id"), _pack(row))
            for row in rows
            if row["warc_file"]
        )
        self._data.executemany("INSERT OR REPLACE INTO before VALUES (?, ?, ?, ?, ?)", values)

    def hold(self, rows: Iterable[dict[str, Any]]) -> None:
        """Articles that the new generation has already: their records and ids."""
        values = ((row["warc_file"], row["warc_offset"], row["id"]) for row in rows)
        self._data.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", values)

    def held(self) -> Iterator[str]:
        """The ids of those."""
        return (each for (each,) in self._data.execute("SELECT id FROM held"))

    def before(self, warc: str, offset: int) -> dict[str, Any] | None:
        found = self._data.execute(
            "SELECT row FROM before WHERE warc = ? AND offset = ?", (warc, offset)
        ).fetchone()
        return _unpack(found[0]) if found else None

    def take(self, names: Iterable[bytes], *, unless: Iterable[bytes]) -> bool:
        """Take names, unless somebody has one of the others; whether they were taken."""
        if any(
            self._data.execute("SELECT 1 FROM taken WHERE what = ?", (name,)).fetchone() for name in unless
        ):
            return False
        self._data.executemany("INSERT OR IGNORE INTO taken VALUES (?)", ((name,) for name in names))
        return True

    # --- what is read ----------------------------------------------------------------------------------

    def plan(self, warcs: Iterable[tuple[str, int]]) -> None:
        """WARC files to read, with their bytes."""
        self._data.executemany("INSERT OR IGNORE INTO warcs (key, size) VALUES (?, ?)", warcs)

    def unread(self) -> list[tuple[str, int, int]]:
        """Key, bytes, and offset of the last page that is in here (-1: none) of each file to read on."""
        return list(self._data.execute("SELECT key, size, reached FROM warcs WHERE NOT done ORDER BY key"))

    def warcs(self) -> dict[str, int]:
        return dict(self._data.execute("SELECT key, size FROM warcs ORDER BY key"))

    def keep(self, warc: str, offset: int, url: str, outcome: Article | Rejection) -> None:
        """What came of a page. Raises ArchiveError for an article that fits no row."""
        if isinstance(outcome, Rejection):
            values: tuple[Any, ...] = (outcome.reason, None, None, None, None, None)
        else:
            line, published = line_of(outcome), outcome.published
            values = (
                None,
                zlib.compress(line, _QUICK),
                outcome.id,
                month_of(published.isoformat() if published else None),
                published.astimezone(UTC).isoformat() if published else "",  # sorts whatever the zone
                len(line),
            )
        self._data.execute(
            "INSERT OR REPLACE INTO pages (warc, offset, url, reason, row, id, month, moment, bytes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (warc, offset, url, *values),
        )
        self._data.execute("UPDATE warcs SET reached = ? WHERE key = ?", (offset, warc))

    def close_warc(self, warc: str, problem: str | None = None) -> None:
        self._data.execute("UPDATE warcs SET done = 1, problem = ? WHERE key = ?", (problem, warc))
        self.commit()

    def problems(self) -> list[str]:
        """Of WARC files that break off, a sentence each."""
        found = self._data.execute("SELECT problem FROM warcs WHERE problem IS NOT NULL ORDER BY key")
        return [sentence for (sentence,) in found]

    # --- what is made of it ----------------------------------------------------------------------------

    def articles(self) -> Iterator[tuple[int, bool, dict[str, Any]]]:
        """Every article that was read: number, whether it was one before, row. Those that were come first."""
        found = self._data.execute(
            "SELECT p.rowid, b.warc IS NOT NULL FROM pages p LEFT JOIN before b USING (warc, offset) "
            "WHERE p.row IS NOT NULL ORDER BY b.warc IS NULL, p.warc, p.offset"
        )
        for (
            number,
            was_one,
        ) in found:  # rows one by one: sorting them would lay each of them on the disk again
            row = self._data.execute("SELECT row FROM pages WHERE rowid = ?", (number,)).fetchone()[0]
            yield number, bool(was_one), _unpack(row)

    def choose(self, number: int, *, kept: bool) -> None:
        self._data.execute(
            "UPDATE pages SET kept = ?, reason = ? WHERE rowid = ?",
            (int(kept), None if kept else DUPLICATE, number),
        )

    def months(self) -> list[str]:
        return [
            month for (month,) in self._data.execute("SELECT DISTINCT month FROM pages WHERE kept ORDER BY 1")
        ]

    def kept(self, month: str) -> Iterator[tuple[dict[str, Any], int]]:
        """The rows of a month by moment of publication, with their bytes of JSON.

        A version that replaced another names it by the id that it has now.
        """
        found = self._data.execute(
            "SELECT p.row, p.bytes, b.previous FROM pages p LEFT JOIN before b USING (warc, offset) "
            "WHERE p.kept AND p.month = ? ORDER BY p.moment, p.id, p.warc, p.offset",
            (month,),
        )
        for packed, size, previous in found:
            row = _unpack(packed)
            replaced = self._id_now(previous) if previous else None
            yield row | {"previous_id": None if replaced == row["id"] else replaced}, size

    def _id_now(self, before: str) -> str | None:
        found = self._data.execute(
            "SELECT coalesce(h.id, p.id) FROM before b LEFT JOIN held h USING (warc, offset) "
            "LEFT JOIN pages p ON p.warc = b.warc AND p.offset = b.offset AND p.kept "
            "WHERE b.id = ? AND coalesce(h.id, p.id) IS NOT NULL ORDER BY b.warc, b.offset LIMIT 1",
            (before,),
        ).fetchone()
        return str(found[0]) if found else None

    def outcomes(self) -> Iterator[Outcome]:
        """Every page that is or was an article, in the order of the WARC files."""
        found = self._data.execute(
            "SELECT p.warc, p.offset, p.url, b.row, CASE WHEN p.kept THEN p.row END, p.reason "
            "FROM pages p LEFT JOIN before b USING (warc, offset) WHERE p.kept OR b.row IS NOT NULL "
            "ORDER BY p.warc, p.offset"
        )
        for warc, offset, url, before, after, reason in found:
            yield Outcome(
                warc,
                offset,
                url,
                _unpack(before) if before else None,
                _unpack(after) if after else None,
                reason,
            )

    def reasons(self) -> dict[str, int]:
        """Pages without an article, by reason, the most frequent first."""
        found = self._data.execute(
            "SELECT reason, count(*) FROM pages WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return dict(found.fetchall())

    def unmet(self) -> int:
        """Articles from before whose record is in no WARC file that was read."""
        return int(
            self._data.execute(
                "SELECT count(*) FROM before b JOIN warcs w ON w.key = b.warc "
                "LEFT JOIN pages p ON p.warc = b.warc AND p.offset = b.offset WHERE p.rowid IS NULL"
            ).fetchone()[0]
        )

    def count(self) -> int:
        """Pages that were read."""
        return int(self._data.execute("SELECT count(*) FROM pages").fetchone()[0])


def _pack(row: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(row, ensure_ascii=False).encode(), _QUICK)


def _unpack(data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(zlib.decompress(data))
    return row
