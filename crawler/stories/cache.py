"""The fingerprints of an archive's articles, kept on this machine so that each table is read once.

One SQLite file in the user's cache folder for each archive and version of the fingerprints. A table is read
in one transaction: after a kill the next call continues with the tables that are missing.
"""

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.arabic.search_forms import fold
from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.storage.derived import cache_folder
from crawler.stories import prints, stock
from crawler.tables.reader import read_table, tables

FORMAT = 1
COLUMNS = (
    *("id", "canonical_url", "site", "outlet", "country", "agency", "title", "published", "fetched_at"),
    *("text", "warc_file", "warc_offset"),
)  # fmt: skip
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (key TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL,
    site TEXT NOT NULL, outlet TEXT NOT NULL, country TEXT, agency TEXT, title TEXT NOT NULL,
    published TEXT, fetched_at TEXT NOT NULL, version TEXT NOT NULL, words INTEGER NOT NULL,
    unfit TEXT, digest BLOB NOT NULL, credits TEXT NOT NULL,
    prints BLOB NOT NULL, paragraphs BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS of_a_table ON articles (source);
CREATE INDEX IF NOT EXISTS of_an_address ON articles (url, version);
"""


@dataclass(frozen=True, slots=True)
class Caught:
    """How many tables were read, and how many the archive has."""

    read: int
    all: int


class Cache:
    """An open cache. Methods raise ArchiveError."""

    def __init__(self, data: sqlite3.Connection) -> None:
        self._data = data

    def catch_up(self, storage: Storage, shown: Callable[[int, int], None]) -> Caught:
        """Read the tables that are new, and forget those that are gone. `shown` gets (read, to be read)."""
        present = {entry.key: entry for entry in tables(storage)}
        known = dict(self._data.execute("SELECT key, size FROM tables"))
        for key, size in known.items():
            if key not in present or present[key].size != size:
                self._forget(key)
        missing = [entry for key, entry in present.items() if known.get(key) != entry.size]
        for done, entry in enumerate(missing):
            shown(done, len(missing))
            self._read(storage, entry)
        shown(len(missing), len(missing))
        return Caught(len(missing), len(present))

    def versions(self) -> Iterator[sqlite3.Row]:
        """Yield the versions of all articles without their fingerprints, by address, the newest last."""
        return iter(
            self._data.execute(
                "SELECT number, id, url, site, outlet, country, agency, title, published, fetched_at, words, "
                "unfit, digest, credits, length(prints) / 8 AS prints FROM articles ORDER BY url, version, id"
            )
        )

    def prints_of(self, number: int) -> "prints.Prints":
        """Return the fingerprints of one version."""
        row = self._data.execute(
            "SELECT prints, paragraphs, words FROM articles WHERE number = ?", (number,)
        ).fetchone()
        hashes, paragraphs = array("Q"), array("H")
        hashes.frombytes(row["prints"])
        paragraphs.frombytes(row["paragraphs"])
        return prints.Prints(hashes, paragraphs, row["words"])

    def bytes_of(self, number: int) -> bytes:
        """Return the hashes of one version, 8 bytes each in the order of this machine."""
        return bytes(
            self._data.execute("SELECT prints FROM articles WHERE number = ?", (number,)).fetchone()[0]
        )

    def sites(self) -> list[str]:
        """Return the sites that have articles, sorted."""
        return [site for (site,) in self._data.execute("SELECT DISTINCT site FROM articles ORDER BY site")]

    def _forget(self, key: str) -> None:
        with self._data:
            self._data.execute("DELETE FROM articles WHERE source = ?", (key,))
            self._data.execute("DELETE FROM tables WHERE key = ?", (key,))

    def _read(self, storage: Storage, entry: Entry) -> None:
        with self._data:
            self._data.execute("DELETE FROM articles WHERE source = ?", (entry.key,))
            self._data.executemany(
                "INSERT INTO articles (source, id, url, site, outlet, country, agency, title, published, "
                "fetched_at, version, words, unfit, digest, credits, prints, paragraphs) "
                "VALUES (:source, :id, :canonical_url, :site, :outlet, :country, :agency, :title, "
                ":published, :fetched_at, :version, :words, :unfit, :digest, :credits, :prints, "
                ":paragraphs)",
                (_row(entry.key, row) for row in read_table(storage, entry, COLUMNS)),
            )
            self._data.execute("INSERT INTO tables VALUES (?, ?)", (entry.key, entry.size))


def _row(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    text = row["text"] or ""
    found = prints.fingerprints(text)
    hashes, paragraphs = stock.without_stock(found.hashes, found.paragraphs)
    values = {name: row[name] for name in COLUMNS if name != "text"}
    return values | {
        "source": key,
        "version": f"{row['fetched_at']} {row['warc_file']} {row['warc_offset']}",
        "words": found.words,
        "unfit": stock.unfit(row["title"], text),
        "digest": hashlib.blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).digest(),
        "credits": json.dumps(stock.credited(text), ensure_ascii=False),
        "prints": hashes.tobytes(),
        "paragraphs": paragraphs.tobytes(),
    }


@contextmanager
def opened(storage: Storage, cache: Path | None = None) -> Iterator[Cache]:
    """Open the cache of an archive and hold it for this process. Raises ArchiveError."""
    archive = hashlib.sha256(storage.address.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    folder = (cache or cache_folder()) / archive
    version = hashlib.sha256(f"{FORMAT} {prints.VERSION} {stock.VERSION}".encode()).hexdigest()[:12]
    path = folder / f"stories-{version}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for other in folder.glob("stories-*.sqlite*"):
            if not other.name.startswith(path.name):
                other.unlink(missing_ok=True)
        data = sqlite3.connect(path, timeout=1)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(f"The fingerprints cannot be kept in {folder}: {error}.") from error
    try:
        data.row_factory = sqlite3.Row
        data.execute("PRAGMA journal_mode = WAL")
        data.execute("PRAGMA synchronous = NORMAL")
        data.executescript(_SCHEMA)
        yield Cache(data)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise ArchiveError(f"The fingerprints in {path} cannot be used: {error}.") from error
        raise ArchiveError(
            f"The fingerprints in {path} are damaged ({error}); remove the file, and call the command again."
        ) from error
    finally:
        data.close()
