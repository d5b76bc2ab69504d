"""The SQLite file beside the index: one row for each stored version of an article, and what runs reported."""

import sqlite3
from hashlib import blake2b
from pathlib import Path

FORMAT = 2  # a change makes every index anew

_SCHEMA = """
CREATE TABLE updates (number INTEGER PRIMARY KEY);
-- searched: whether the engine has committed the rows of this table
CREATE TABLE tables (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    searched INTEGER NOT NULL DEFAULT 0, fault TEXT);
CREATE TABLE sites (site TEXT PRIMARY KEY, outlet TEXT NOT NULL, country TEXT, versions INTEGER NOT NULL,
    fetched TEXT NOT NULL) WITHOUT ROWID;
-- newest versions by day of publication in the outlet's zone; '' where it is unknown
CREATE TABLE days (site TEXT, day TEXT, language TEXT, articles INTEGER NOT NULL,
    PRIMARY KEY (site, day, language)) WITHOUT ROWID;
-- address: digest of the canonical URL; moment: published, in seconds since 1970;
-- origin: digest of the record and the moment that a row names
CREATE TABLE articles (row INTEGER PRIMARY KEY, version BLOB NOT NULL, id BLOB NOT NULL,
    address BLOB NOT NULL,
    origin BLOB NOT NULL, url TEXT NOT NULL, site TEXT NOT NULL, published TEXT, precision TEXT,
    moment INTEGER, fetched TEXT NOT NULL, title TEXT NOT NULL, section TEXT, authors TEXT, language TEXT,
    words INTEGER NOT NULL, changed TEXT, partial TEXT, source INTEGER NOT NULL,
    position INTEGER NOT NULL, newest INTEGER NOT NULL);
CREATE INDEX articles_version ON articles (version);
CREATE INDEX articles_id ON articles (id);
CREATE INDEX articles_address ON articles (address);
CREATE INDEX articles_newest ON articles (moment) WHERE newest;
-- of the newest versions, for snippets
CREATE TABLE texts (row INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE dictionaries (number INTEGER PRIMARY KEY, content BLOB NOT NULL);
-- rows that the engine has still to forget
CREATE TABLE doomed (row INTEGER PRIMARY KEY);
-- written: as the first article wrote it, where that is not the term
CREATE TABLE words (form TEXT, term TEXT, written TEXT, PRIMARY KEY (form, term)) WITHOUT ROWID;
-- terms whose folded word is a term of another form as well
CREATE TABLE variants (folded TEXT, term TEXT, PRIMARY KEY (folded, term)) WITHOUT ROWID;
CREATE TABLE runs (run_id TEXT PRIMARY KEY, site TEXT NOT NULL, began TEXT NOT NULL, ended TEXT,
    warc_bytes INTEGER NOT NULL, records INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE gone (address BLOB, seen TEXT, url TEXT NOT NULL, site TEXT NOT NULL, reason TEXT NOT NULL,
    run_id TEXT NOT NULL, PRIMARY KEY (address, seen)) WITHOUT ROWID;
"""
_PAGE = 16_384  # bytes: packed texts leave less room unused than on smaller pages
_BUSY = 60.0  # seconds that a reader waits for another process's commit


def create(path: Path) -> None:
    """Make an empty catalogue. Raises sqlite3.Error."""
    database = sqlite3.connect(path, timeout=_BUSY)
    try:
        database.execute(f"PRAGMA page_size = {_PAGE}")
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
    finally:
        database.close()


def is_made(path: Path) -> bool:
    """Tell whether a catalogue has its tables. Raises sqlite3.DatabaseError where it is damaged."""
    return _has(path, "SELECT count(*) FROM sqlite_master WHERE name = 'gone'")


def is_complete(path: Path) -> bool:
    """Tell whether an update of a catalogue ever came to its end. Raises sqlite3.DatabaseError."""
    return path.exists() and is_made(path) and _has(path, "SELECT count(*) FROM updates")


def _has(path: Path, sql: str) -> bool:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY)
    try:
        return bool(database.execute(sql).fetchone()[0])
    finally:
        database.close()


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a catalogue that exists. Raises sqlite3.Error, also where it is damaged or of another kind."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY)
    try:
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("SELECT count(*) FROM updates").fetchone()
        database.execute("SELECT count(*) FROM tables").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a catalogue that is never written through this connection. Raises sqlite3.Error."""
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY, check_same_thread=False
    )
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA query_only = ON")
    return database


def address_key(canonical: str) -> bytes:
    """Return the key of an address in the catalogue."""
    return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def id_key(text: str) -> bytes:
    """Return the key of an id of an article or a version. Raises ValueError where it is no such id."""
    key = bytes.fromhex(text)
    if len(key) != 16 or len(text) != 32:  # noqa: PLR2004 - Article.id
        raise ValueError(f"{text[:40]!r} is no id")
    return key
