"""The progress of the reextraction of one site: a SQLite file that survives a kill at any moment.

It holds the earlier articles, the outcome of each page, and the progress in each WARC file. Memory holds one
page, for an archive of any size.
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
_FAST = 1  # zlib level: three times smaller, in a fraction of the time for a page
DUPLICATE = "duplicate"  # reason for a page whose article is in the generation already


class Outcome(NamedTuple):
    """The earlier article of a page and the new one."""

    warc: str
    offset: int
    url: str
    before: dict[str, Any] | None  # the article's row
    after: dict[str, Any] | None
    reason: str | None  # why there is no new article


class Workbook:
    """The workbook of one site, for one process at a time: a second one gets an ArchiveError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ArchiveError(
                f"Another process is reextracting this site (it uses {path.parent}); wait for its end."
            ) from None
        self._data = sqlite3.connect(path)
        self._data.execute("PRAGMA journal_mode = WAL")
        self._data.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last pages only
        self._data.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._data.rollback()  # what must stay is committed already
        self.commit()
        self._data.close()
        os.close(self._lock)

    def commit(self) -> None:
        self._data.commit()

    def fact(self, name: str, value: str) -> str:
        """Return the value of a name; the first call sets it."""
        self._data.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
        return str(self._data.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])

    def has_fact(self, name: str) -> bool:
        return self._data.execute("SELECT 1 FROM facts WHERE name = ?", (name,)).fetchone() is not None

    # --- the earlier articles -------------------------------------------------------------------------------

    def remember(self, rows: Iterable[dict[str, Any]]) -> None:
        """Keep the earlier articles, by their WARC records."""
        values = (
            (row["warc_file"], row["warc_offset"], row["id"], row.get("previous_id"), _pack(row))
            for row in rows
            if row["warc_file"]
        )
        self._data.executemany("INSERT OR REPLACE INTO before VALUES (?, ?, ?, ?, ?)", values)

    def hold(self, rows: Iterable[dict[str, Any]]) -> None:
        """Keep the records and ids of articles that the new generation has already."""
        values = ((row["warc_file"], row["warc_offset"], row["id"]) for row in rows)
        self._data.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", values)

    def held(self) -> Iterator[str]:
        """Yield the ids of the articles that the new generation has already."""
        return (each for (each,) in self._data.execute("SELECT id FROM held"))

    def before(self, warc: str, offset: int) -> dict[str, Any] | None:
        found = self._data.execute(
            "SELECT row FROM before WHERE warc = ? AND offset = ?", (warc, offset)
        ).fetchone()
        return _unpack(found[0]) if found else None

    def take(self, names: Iterable[bytes], *, unless: Iterable[bytes]) -> bool:
        """Take names unless one of the other names is taken; return whether they were taken."""
        if any(
            self._data.execute("SELECT 1 FROM taken WHERE what = ?", (name,)).fetchone() for name in unless
        ):
            return False
        self._data.executemany("INSERT OR IGNORE INTO taken VALUES (?)", ((name,) for name in names))
        return True

    # --- the reading ----------------------------------------------------------------------------------

    def plan(self, warcs: Iterable[tuple[str, int]]) -> None:
        """Add WARC files to read, with their sizes in bytes."""
        self._data.executemany("INSERT OR IGNORE INTO warcs (key, size) VALUES (?, ?)", warcs)

    def unread(self) -> list[tuple[str, int, int]]:
        """Return key, size, and offset of the last page (-1: none) of each unfinished WARC file."""
        return list(self._data.execute("SELECT key, size, reached FROM warcs WHERE NOT done ORDER BY key"))

    def warcs(self) -> dict[str, int]:
        return dict(self._data.execute("SELECT key, size FROM warcs ORDER BY key"))

    def keep(self, warc: str, offset: int, url: str, outcome: Article | Rejection) -> None:
        """Keep the outcome of a page. Raises ArchiveError for an article that fits into no row."""
        if isinstance(outcome, Rejection):
            values: tuple[Any, ...] = (outcome.reason, None, None, None, None, None)
        else:
            line, published = line_of(outcome), outcome.published
            values = (
                None,
                zlib.compress(line, _FAST),
                outcome.id,
                month_of(published.isoformat() if published else None),
                published.astimezone(UTC).isoformat() if published else "",  # in UTC, so that it sorts
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
        """Return a sentence for each damaged WARC file."""
        found = self._data.execute("SELECT problem FROM warcs WHERE problem IS NOT NULL ORDER BY key")
        return [sentence for (sentence,) in found]

    # --- the new generation ----------------------------------------------------------------------------

    def articles(self) -> Iterator[tuple[int, bool, dict[str, Any]]]:
        """Yield each new article: number, whether its page had one before, row. Those come first."""
        found = self._data.execute(
            "SELECT p.rowid, b.warc IS NOT NULL FROM pages p LEFT JOIN before b USING (warc, offset) "
            "WHERE p.row IS NOT NULL ORDER BY b.warc IS NULL, p.warc, p.offset"
        )
        for (
            number,
            was_article,
        ) in found:  # rows one by one: sorted rows would be written to the disk again
            row = self._data.execute("SELECT row FROM pages WHERE rowid = ?", (number,)).fetchone()[0]
            yield number, bool(was_article), _unpack(row)

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
        """Yield the rows of a month by moment of publication, each with its size as JSON.

        A version names the version before it by the new id of that version.
        """
        found = self._data.execute(
            "SELECT p.row, p.bytes, b.previous, p.warc, p.offset FROM pages p "
            "LEFT JOIN before b USING (warc, offset) "
            "WHERE p.kept AND p.month = ? ORDER BY p.moment, p.id, p.warc, p.offset",
            (month,),
        )
        for packed, size, previous, warc, offset in found:
            row = _unpack(packed)
            replaced, version = self._now(previous, warc, offset) if previous else (None, None)
            same = version == row["version_id"] if version else replaced == row["id"]
            if same:  # the other rules find no difference between the two
                replaced, version = None, None
            yield row | {"previous_id": replaced, "previous_version_id": version}, size

    def _now(self, before: str, warc: str, offset: int) -> tuple[str | None, str | None]:
        """Return the new id of the last version with this old id in front of a record.

        Also its new version_id, where it was read again.
        """
        found = self._data.execute(
            "SELECT coalesce(h.id, p.id), p.row FROM before b LEFT JOIN held h USING (warc, offset) "
            "LEFT JOIN pages p ON p.warc = b.warc AND p.offset = b.offset AND p.kept "
            "WHERE b.id = ? AND (b.warc, b.offset) < (?, ?) AND coalesce(h.id, p.id) IS NOT NULL "
            "ORDER BY b.warc DESC, b.offset DESC LIMIT 1",
            (before, warc, offset),
        ).fetchone()
        if found is None:
            return None, None
        return str(found[0]), _unpack(found[1])["version_id"] if found[1] else None

    def outcomes(self) -> Iterator[Outcome]:
        """Yield every page with an earlier or a new article, in the order of the WARC files."""
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
        """Return the number of pages without an article for each reason, the most frequent first."""
        found = self._data.execute(
            "SELECT reason, count(*) FROM pages WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return dict(found.fetchall())

    def unmet(self) -> int:
        """Return the number of earlier articles whose record is in no WARC file that was read."""
        return int(
            self._data.execute(
                "SELECT count(*) FROM before b JOIN warcs w ON w.key = b.warc "
                "LEFT JOIN pages p ON p.warc = b.warc AND p.offset = b.offset WHERE p.rowid IS NULL"
            ).fetchone()[0]
        )

    def count(self) -> int:
        """Return the number of pages that were read."""
        return int(self._data.execute("SELECT count(*) FROM pages").fetchone()[0])


def _pack(row: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(row, ensure_ascii=False).encode(), _FAST)


def _unpack(data: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(zlib.decompress(data))
    return row
