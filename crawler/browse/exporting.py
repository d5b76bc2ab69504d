"""Reads the articles that a search found, in its order, out of the archive's tables."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crawler.browse.room import Room
from crawler.search.query import MAX_LIMIT, MAX_OFFSET, Query

_AT_ONCE = min(MAX_LIMIT, 500)  # articles in memory


def found_rows(room: Room, query: Query) -> Iterator[dict[str, Any]]:
    """Yield the whole rows of the articles of a search, all pages of it. Raises ArchiveError."""
    for offset in range(0, MAX_OFFSET, _AT_ONCE):
        found = room.index.search(replace(query, limit=_AT_ONCE, offset=offset))
        yield from _rows(room, [hit.version_id for hit in found.hits])
        if offset + _AT_ONCE >= found.total:
            return


def _rows(room: Room, ids: list[str]) -> Iterator[dict[str, Any]]:
    """Yield rows in the order of the ids; the rows of one table are read one after the other."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for each in ids:
        version = room.catalogue.version(each)
        if version is not None:
            by_table[version.table].append(each)
    rows = {
        each: row
        for _, members in sorted(by_table.items())
        for each in members
        if (row := room.catalogue.article(each)) is not None
    }
    yield from (rows[each] for each in ids if each in rows)
