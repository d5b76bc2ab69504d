"""Reads the catalogue: versions of articles, takedowns, outlets, days. May be used by several threads."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crawler.errors import ArchiveError, InvalidUrlError
from crawler.search.catalogue_schema import address_key, id_key, open_to_read
from crawler.search.catalogue_values import Gone, Outlet, Totals, Version
from crawler.search.engine import DamagedError
from crawler.storage import Entry, Storage
from crawler.tables.reader import open_table
from crawler.urls import canonical_url

_VERSION = """SELECT lower(hex(version)) AS version_id, lower(hex(id)) AS id, url,
    site, published, precision, fetched, title, section, authors,
    language, words, changed, partial, newest, key,
    position FROM articles JOIN tables ON number = source"""
# Of each address: when it was first found gone after its newest version was fetched; or when it was last
# found gone, if it was fetched again since.
_GONE = """(SELECT gone.address, coalesce(min(CASE WHEN seen > fetched OR fetched IS NULL THEN seen END),
    max(seen)) AS seen, max(seen) < fetched AS returned, fetched
    FROM gone LEFT JOIN articles ON articles.address = gone.address AND newest
    WHERE :site IS NULL OR gone.site = :site GROUP BY gone.address)"""
_ADDRESS = "(SELECT address FROM articles WHERE version = :key)"
_MOST = 10_000  # rows of one answer


class Catalogue:
    """The versions of the articles of an archive. Methods raise ArchiveError where the file is damaged."""

    def __init__(self, path: Path, storage: Storage, renew: Callable[[], object] | None = None) -> None:
        """`renew` brings the catalogue up to date: it is called once where a table is no longer there."""
        self._path = path
        self._storage = storage
        self._renew = renew

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that cannot write."""
        try:
            with closing(open_to_read(self._path)) as database:
                yield database
        except sqlite3.Error as error:
            raise DamagedError(
                f"The index in {self._path.parent} cannot be read ({error}); remove that folder, and it is "
                "made again."
            ) from error

    def version(self, article_id: str) -> Version | None:
        """Return the version with this `version_id`, or the current one with this `id`."""
        try:
            key = id_key(article_id)
        except ValueError:
            return None
        with self.reading() as database:
            row = database.execute(
                f"{_VERSION} WHERE version = :key OR id = :key "
                "ORDER BY version = :key DESC, newest DESC, fetched DESC, row DESC",
                {"key": key},
            ).fetchone()
        return None if row is None else _version(row)

    def article(self, article_id: str) -> dict[str, Any] | None:
        """Read one version from its Parquet file, with all columns, by its `version_id` or `id`.

        None: there is none.

        Raises ArchiveError where the file is damaged.
        """
        found = self.version(article_id)
        if found is None:
            return None
        try:
            return self._row(found)
        except ArchiveError:
            if self._renew is None:
                raise
            self._renew()  # a compaction may have moved the row meanwhile
            moved = self.version(found.version_id)
            if moved is None or (moved.table, moved.position) == (found.table, found.position):
                raise
            return self._row(moved)

    def _row(self, version: Version) -> dict[str, Any]:
        with self.reading() as database:
            size = database.execute("SELECT size FROM tables WHERE key = ?", (version.table,)).fetchone()[0]
        with open_table(self._storage, Entry(version.table, size)) as table:
            row = table.row(version.position)
            if row["id"] != version.id:
                raise ValueError(f"row {version.position} is another article than the index knows")
        return row

    def versions(self, url: str) -> list[Version]:
        """List the stored versions of an address, the oldest first; any spelling of the address will do."""
        try:
            key = address_key(canonical_url(url))
        except InvalidUrlError:
            return []
        with self.reading() as database:
            rows = database.execute(
                f"{_VERSION} WHERE address = ? ORDER BY fetched, row LIMIT {_MOST}", (key,)
            ).fetchall()
        return [_version(row) for row in rows]

    def history(self, version_id: str) -> list[Version]:
        """List the stored versions of the article that this version is one of, the oldest first."""
        with self.reading() as database:
            rows = database.execute(
                f"{_VERSION} WHERE address = {_ADDRESS} ORDER BY fetched, row LIMIT {_MOST}",
                {"key": id_key(version_id)},
            ).fetchall()
        return [_version(row) for row in rows]

    def takedown(self, version_id: str) -> Gone | None:
        """Return when the article of this version was taken away; None where it was not."""
        with self.reading() as database:
            row = database.execute(
                f"SELECT gone.*, fetched, returned FROM {_GONE} AS g "  # noqa: S608 - words of this module
                "JOIN gone ON gone.address = g.address AND gone.seen = g.seen "
                f"WHERE g.address = {_ADDRESS}",
                {"site": None, "key": id_key(version_id)},
            ).fetchone()
            return None if row is None else _gone(database, row)

    def newest(self, limit: int, *, site: str | None = None, offset: int = 0) -> list[Version]:
        """List the articles that were published last, the newest first."""
        with self.reading() as database:
            rows = database.execute(
                f"{_VERSION} WHERE newest AND moment IS NOT NULL AND (:site IS NULL OR site = :site) "
                "ORDER BY moment DESC LIMIT :limit OFFSET :offset",
                {"site": site, "limit": min(limit, _MOST), "offset": offset},
            ).fetchall()
        return [_version(row) for row in rows]

    def gone(self, *, site: str | None = None, limit: int = _MOST, offset: int = 0) -> list[Gone]:
        """List the articles that their sites took away, those found gone last first."""
        with self.reading() as database:
            rows = database.execute(
                f"SELECT gone.*, fetched, returned FROM {_GONE} AS g "  # noqa: S608 - words of this module
                "JOIN gone ON gone.address = g.address AND gone.seen = g.seen "
                "ORDER BY gone.seen DESC, gone.address LIMIT :limit OFFSET :offset",
                {"site": site, "limit": min(limit, _MOST), "offset": offset},
            ).fetchall()
            return [_gone(database, row) for row in rows]

    def outlets(self) -> list[Outlet]:
        """List the sites with articles, by name."""
        with self.reading() as database:
            rows = database.execute(
                "SELECT sites.*, (SELECT max(run_id) FROM runs WHERE runs.site = sites.site) AS last_run "
                "FROM sites WHERE versions > 0 ORDER BY site"
            ).fetchall()
            counted = database.execute(
                "SELECT site, sum(articles) AS articles, min(nullif(day, '')) AS first_day, "
                "max(nullif(day, '')) AS last_day, sum((day = '') * articles) AS undated "
                "FROM days WHERE articles > 0 GROUP BY site"
            ).fetchall()
            spoken = database.execute(
                "SELECT site, language FROM days WHERE language != '' AND articles > 0 "
                "GROUP BY site, language ORDER BY sum(articles) DESC, language"
            ).fetchall()
        numbers = {row["site"]: row for row in counted}
        return [
            _outlet(row, numbers[row["site"]], tuple(lang for site, lang in spoken if site == row["site"]))
            for row in rows
            if row["site"] in numbers
        ]

    def days(self, site: str | None = None) -> dict[str, int]:
        """Count the articles of a site, or of all, by day of publication in the outlet's zone."""
        with self.reading() as database:
            rows = database.execute(
                "SELECT day, sum(articles) FROM days WHERE (:site IS NULL OR site = :site) AND day != '' "
                "GROUP BY day HAVING sum(articles) > 0 ORDER BY day",
                {"site": site},
            ).fetchall()
        return {row[0]: row[1] for row in rows}

    def totals(self) -> Totals:
        """Count what the archive holds."""
        with self.reading() as database:
            articles, outlets, days, undated = database.execute(
                "SELECT coalesce(sum(articles), 0), count(DISTINCT site), count(DISTINCT nullif(day, '')), "
                "coalesce(sum((day = '') * articles), 0) FROM days WHERE articles > 0"
            ).fetchone()
            versions, fetched = database.execute(
                "SELECT coalesce(sum(versions), 0), max(fetched) FROM sites WHERE versions > 0"
            ).fetchone()
            runs, warc_bytes, last_run = database.execute(
                "SELECT count(*), coalesce(sum(warc_bytes), 0), max(run_id) FROM runs"
            ).fetchone()
            [table_bytes] = database.execute("SELECT coalesce(sum(size), 0) FROM tables").fetchone()
            [gone] = database.execute(
                f"SELECT count(*) FROM {_GONE} WHERE NOT coalesce(returned, 0)",  # noqa: S608
                {"site": None},
            ).fetchone()
        return Totals(
            articles=articles, versions=versions, outlets=outlets, days=days, undated=undated, gone=gone,
            runs=runs, warc_bytes=warc_bytes, table_bytes=table_bytes, last_run=last_run,
            last_fetched=fetched,
        )  # fmt: skip


def _version(row: sqlite3.Row) -> Version:
    return Version(
        version_id=row["version_id"], id=row["id"], url=row["url"], site=row["site"],
        published=row["published"], precision=row["precision"], fetched=row["fetched"], title=row["title"],
        section=_texts(row["section"]), authors=_texts(row["authors"]), language=row["language"],
        words=row["words"], changed=_texts(row["changed"]), partial=row["partial"],
        newest=bool(row["newest"]), table=row["key"], position=row["position"],
    )  # fmt: skip


def _texts(value: str | None) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value else ()


def _gone(database: sqlite3.Connection, row: sqlite3.Row) -> Gone:
    last = database.execute(
        f"{_VERSION} WHERE address = ? AND fetched <= ? ORDER BY fetched DESC, row DESC",
        (row["address"], row["seen"]),
    ).fetchone()
    return Gone(
        url=row["url"], site=row["site"], reason=row["reason"], first_gone=row["seen"],
        run_id=row["run_id"], last=None if last is None else _version(last),
        returned=row["fetched"] if row["returned"] else None,
    )  # fmt: skip


def _outlet(row: sqlite3.Row, counted: sqlite3.Row, languages: tuple[str, ...]) -> Outlet:
    return Outlet(
        site=row["site"], outlet=row["outlet"], country=row["country"], articles=counted["articles"],
        versions=row["versions"], undated=counted["undated"], first_day=counted["first_day"],
        last_day=counted["last_day"], languages=languages, last_fetched=row["fetched"],
        last_run=row["last_run"],
    )  # fmt: skip
