"""Which run stores which version of an article, and which page which text, so that neither is stored again.

The callers have a transaction open.
"""

import sqlite3

from crawler.ledger.entries import StoredArticle
from crawler.ledger.schema import digest_key, key_of


def writer_of(run_id: str) -> int:
    """Return the key of a run that stores articles."""
    return key_of(run_id)


def enter_version(database: sqlite3.Connection, article: StoredArticle, writer: int) -> None:
    """Note that a run stores an article in this version; the first run that did so stays."""
    if article.version:
        key = _key(article.version, article.before)
        database.execute("INSERT OR IGNORE INTO versions VALUES (?, ?)", (key, writer))


def is_stored_by_another(database: sqlite3.Connection, article: StoredArticle, writer: int) -> bool:
    """Say whether another run stores an article in this version."""
    row = database.execute(
        "SELECT writer FROM versions WHERE key = ?", (_key(article.version, article.before),)
    ).fetchone()
    return row is not None and row[0] != writer


def is_stored(database: sqlite3.Connection, version: str, before: str) -> bool:
    """Say whether any run stores an article in this version behind this one."""
    key = _key(version, before)
    return database.execute("SELECT 1 FROM versions WHERE key = ?", (key,)).fetchone() is not None


def adopt_versions(database: sqlite3.Connection) -> None:
    """Merge the versions of the attached ledger `other`, the archive's copy.

    Where both name a run for a version, the archive's copy is right: only the run that held the site could
    write it, and a run that did not hold the site leaves out what the copy knows.
    """
    database.execute("INSERT OR REPLACE INTO versions SELECT key, writer FROM other.versions")


def has_text_elsewhere(database: sqlite3.Connection, text_sha256: str, page: int, article: int) -> bool:
    """Say whether another page, with an article of another address, has this text."""
    digest = bytes.fromhex(text_sha256)
    row = database.execute(
        "SELECT 1 FROM pages WHERE text_key = ? AND text = ? AND key != ? AND article != ?",
        (digest_key(digest), digest, page, article),
    ).fetchone()
    return row is not None


def _key(version: str, before: str) -> int:
    return key_of(f"{version} {before}")
