"""Writes rows of tables into the catalogue and the engine.

The catalogue is committed first, so that every row in the engine is in the catalogue. What the engine has not
committed then is marked (`tables.searched`, `doomed`): after a kill the next update does it again.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crawler.search.analysis import Day, published_day, values
from crawler.search.catalogue_schema import address_key, id_key
from crawler.search.documents import document_of
from crawler.search.engine import guarded, writer
from crawler.search.preparing import Prepared, Preparer
from crawler.search.tally import Tally
from crawler.storage import Entry
from crawler.tables.versions import row_of

if TYPE_CHECKING:
    import tantivy

_AT_ONCE = 20_000  # articles between two commits
# What is read of a table.
COLUMNS = (
    "id", "url", "canonical_url", "site", "outlet", "country", "language", "title", "subtitle", "authors",
    "published", "published_precision", "section", "text", "word_count", "fetched_at", "warc_file",
    "warc_offset", "text_sha256", "version_id", "previous_version_id", "previous_id", "changed", "partial",
    "image_digests",
)  # fmt: skip

_INSERT = """INSERT INTO articles (version, id, address, origin, url, site, published, precision, moment,
    fetched,
    title, section, authors, language, words, changed, partial, source, position, newest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class Intake:
    """One update of the index, by the process that holds the lock.

    Methods raise sqlite3.Error and DamagedError; then the index is to be made anew.
    """

    def __init__(self, database: sqlite3.Connection, files: "tantivy.Index") -> None:
        self._database = database
        self._files = files
        self._writer: tantivy.IndexWriter | None = None
        dictionary = database.execute("SELECT content FROM dictionaries").fetchone()
        self._preparer = Preparer(dictionary[0] if dictionary else None)
        self._tally = Tally(database)
        self._finished: list[int] = []  # numbers of tables that are read to their end
        self._waiting = 0  # articles since the last commit
        self.articles = 0  # that were indexed
        self.removed = 0  # versions
        rows = database.execute("SELECT number FROM tables WHERE NOT searched")
        self._again = {number for [number] in rows}  # tables of an update that was broken off

    def begin(self, entry: Entry) -> int:
        """Note a table that is read now; return its number."""
        known = self._database.execute(
            "SELECT number FROM tables WHERE key = ? AND size = ?", (entry.key, entry.size)
        ).fetchone()
        if known is not None:
            self._database.execute("UPDATE tables SET searched = 0, fault = NULL WHERE number = ?", known)
            return int(known[0])
        self._database.execute(
            "UPDATE tables SET key = key || '?' || number WHERE key = ?", (entry.key,)
        )  # another file of this name is there now: its rows go when the old ones are forgotten
        cursor = self._database.execute(
            "INSERT INTO tables (key, size) VALUES (?, ?)", (entry.key, entry.size)
        )
        return int(cursor.lastrowid or 0)

    def finish(self, number: int, fault: str | None = None) -> None:
        """Note that a table was read to its end, or as far as it can be read."""
        self._database.execute("UPDATE tables SET fault = ? WHERE number = ?", (fault, number))
        self._finished.append(number)

    def add(self, row: Mapping[str, Any], number: int, position: int) -> None:
        """Take in a row of a table. Raises ValueError where it is no row of an article."""
        version, origin = id_key(row_of(row).version), _origin(row)
        known = self._database.execute(
            "SELECT row, newest, source FROM articles WHERE version = ? AND origin = ?", (version, origin)
        ).fetchone()
        if known is None:
            self._add_new(row, version, origin, number, position)
            return
        place, newest, source = known
        self._database.execute(
            "UPDATE articles SET source = ?, position = ? WHERE row = ?", (number, position, place)
        )
        if newest and source in self._again:
            self._index(place, row, published_day(row))

    def _add_new(
        self, row: Mapping[str, Any], version: bytes, origin: bytes, number: int, position: int
    ) -> None:
        day, address, site = published_day(row), address_key(row["canonical_url"]), row["site"]
        older = self._database.execute(
            "SELECT row, fetched, site, published, language, partial IS NULL FROM articles "
            "WHERE address = ? AND newest",
            (address,),
        ).fetchone()
        newest = older is None or (older[5], older[1]) <= (row["partial"] is None, row["fetched_at"])
        cursor = self._database.execute(
            _INSERT,
            (
                version, id_key(row["id"]), address, origin, row["url"], site,
                row["published"] if day else None,
                row["published_precision"] if day else None,
                day.moment if day else None, row["fetched_at"], row["title"], _json(row["section"]),
                _json(row["authors"]), row["language"], row["word_count"], _json(row["changed"]),
                row["partial"], number, position, newest,
            ),
        )  # fmt: skip
        self._tally.version(site, 1)
        self._tally.outlet(row)
        if not newest:
            return
        if older is not None:
            self._database.execute("UPDATE articles SET newest = 0 WHERE row = ?", (older[0],))
            self._database.execute("DELETE FROM texts WHERE row = ?", (older[0],))
            self._database.execute("INSERT OR IGNORE INTO doomed VALUES (?)", (older[0],))
            self._tally.article(older[2], older[3], older[4], -1)
        self._tally.article(site, row["published"] if day else None, row["language"], 1)
        self._index(int(cursor.lastrowid or 0), row, day)

    def _index(self, place: int, row: Mapping[str, Any], day: Day | None) -> None:
        self.articles += 1
        self._waiting += 1
        columns = {name: row[name] for name in ("title", "subtitle", "text")}
        self._write(self._preparer.put((place, document_of(row, place, day)), columns))

    def _write(self, ready: Iterable[tuple[Any, Prepared]]) -> None:
        for (place, document), prepared in ready:
            document.add_text("text", prepared.terms.text)
            document.add_text("title", prepared.terms.title)
            self._database.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (place, prepared.text))
            sink = self._sink()
            if self._again:
                guarded(partial(sink.delete_documents_by_term, "row", place))
            guarded(partial(sink.add_document, document))

    def _sink(self) -> "tantivy.IndexWriter":
        if self._writer is None:
            self._writer = writer(self._files)
        return self._writer

    def forget(self, number: int) -> list[int]:
        """Drop the rows of a table that is no longer there; return rows that are the newest versions now."""
        rows = self._database.execute(
            "SELECT row, address, site, published, language, newest FROM articles WHERE source = ?", (number,)
        ).fetchall()
        self._database.execute("DELETE FROM tables WHERE number = ?", (number,))
        elected = []
        for row, address, site, published, language, newest in rows:
            self._database.execute("DELETE FROM articles WHERE row = ?", (row,))
            self._database.execute("DELETE FROM texts WHERE row = ?", (row,))
            self._tally.version(site, -1)
            self.removed += 1
            if newest:
                self._database.execute("INSERT OR IGNORE INTO doomed VALUES (?)", (row,))
                self._tally.article(site, published, language, -1)
                elected.append(address)
        return [place for address in elected if (place := self._elect(address)) is not None]

    def _elect(self, address: bytes) -> int | None:
        found = self._database.execute(
            "SELECT row, source, site, published, language FROM articles WHERE address = ? "
            "ORDER BY partial IS NULL DESC, fetched DESC, row DESC LIMIT 1",
            (address,),
        ).fetchone()
        if found is None:
            return None
        place, source, site, published, language = found
        self._database.execute("UPDATE articles SET newest = 1 WHERE row = ?", (place,))
        self._database.execute("UPDATE tables SET searched = 0 WHERE number = ?", (source,))
        self._finished.append(source)
        self._tally.article(site, published, language, 1)
        return int(place)

    def index_again(self, place: int, row: Mapping[str, Any]) -> None:
        """Index a version that became the newest of its address."""
        self._index(place, row, published_day(row))

    def commit_if_large(self) -> None:
        """Commit where many articles wait."""
        if self._waiting >= _AT_ONCE:
            self.commit()

    def commit(self) -> None:
        """Commit what was taken in so far."""
        self._write(self._preparer.finish())
        self._write_catalogue()
        doomed = [row for [row] in self._database.execute("SELECT row FROM doomed")]
        for row in doomed:
            guarded(partial(self._sink().delete_documents_by_term, "row", row))
        if self._writer is not None:
            guarded(self._writer.commit)
        self._database.executemany(
            "UPDATE tables SET searched = 1 WHERE number = ?", ((number,) for number in self._finished)
        )
        self._database.execute("DELETE FROM doomed")
        self._database.commit()
        self._finished.clear()
        self._waiting = 0

    def _write_catalogue(self) -> None:
        made = self._preparer.new_dictionary
        if made is not None:
            self._database.execute("INSERT OR IGNORE INTO dictionaries VALUES (?, ?)", made)
        self._database.execute("DELETE FROM texts WHERE row IN (SELECT row FROM doomed)")
        self._tally.write(self._preparer.words())
        self._database.commit()

    def close(self, *, merge: bool) -> None:
        """End the engine's writer; `merge` waits until it has merged its files."""
        self._preparer.close()
        sink, self._writer = self._writer, None
        if sink is not None and merge:
            guarded(sink.wait_merging_threads)


def _origin(row: Mapping[str, Any]) -> bytes:
    text = f"{row['warc_file']}\n{row['warc_offset']}\n{row['fetched_at']}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _json(given: Any) -> str | None:
    found = values(given)
    return json.dumps(found, ensure_ascii=False) if found else None
