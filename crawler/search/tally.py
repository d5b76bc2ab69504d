"""Counts what changes in the catalogue between two commits: words, outlets, articles by day."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from crawler.search.lexicon import folded_of, is_marked


class Tally:
    """The changes since the last `write`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._days: Counter[tuple[str, str, str]] = Counter()
        self._versions: Counter[str] = Counter()
        self._outlets: dict[str, tuple[str, str | None, str]] = {}

    def version(self, site: str, change: int) -> None:
        """Count a version of an article more, or less."""
        self._versions[site] += change

    def article(self, site: str, published: str | None, language: str | None, change: int) -> None:
        """Count a current version more, or less, on its day of publication."""
        self._days[site, published[:10] if published else "", language or ""] += change

    def outlet(self, row: Mapping[str, Any]) -> None:
        """Note the name and country of an outlet, as the row that was fetched last has them."""
        known = self._outlets.get(row["site"])
        if known is None or known[2] <= row["fetched_at"]:
            self._outlets[row["site"]] = row["outlet"], row["country"], row["fetched_at"]

    def write(self, words: Iterable[tuple[str, str, str]]) -> None:
        """Write the changes into the catalogue, with form, term and spelling of new words."""
        database, listed = self._database, sorted(words)
        database.executemany(
            "INSERT OR IGNORE INTO words VALUES (?, ?, nullif(?, ?))",
            ((form, term, written, folded_of(term)) for form, term, written in listed),
        )
        database.executemany(
            "INSERT OR IGNORE INTO variants VALUES (?, ?)",
            ((folded_of(term), term) for _, term, _ in listed if is_marked(term)),
        )
        database.executemany(
            "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET articles = articles + "
            "excluded.articles",
            ((*day, change) for day, change in self._days.items() if change),
        )
        database.executemany(
            "INSERT INTO sites VALUES (?, ?, ?, 0, ?) ON CONFLICT DO UPDATE SET outlet = excluded.outlet, "
            "country = excluded.country, fetched = excluded.fetched WHERE excluded.fetched >= fetched",
            ((site, *facts) for site, facts in self._outlets.items()),
        )
        database.executemany(
            "UPDATE sites SET versions = versions + ? WHERE site = ?",
            ((change, site) for site, change in self._versions.items()),
        )
        self._days.clear()
        self._versions.clear()
        self._outlets.clear()
