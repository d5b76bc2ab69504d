"""Read the stories of an archive, as `scrapy stories` wrote them."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.stories.tables import FORMAT, PICTURE, SUMMARY, TABLES

_MAX_BYTES = 1 << 30  # of a table
_MAX_SUMMARY = 1 << 20


@dataclass(frozen=True, slots=True)
class Story:
    """One story with its articles, the first captured first; rows have the columns of docs/stories.md."""

    id: str
    facts: dict[str, Any]  # the row of the table `stories`
    articles: list[dict[str, Any]]  # rows of the table `articles`


class Stories:
    """The stories of an archive, read once and kept in memory: about 1 KB for each article of a story."""

    def __init__(
        self, summary: dict[str, Any], stories: list[dict[str, Any]], articles: list[dict[str, Any]]
    ) -> None:
        self.summary = summary
        self._stories = {row["story"]: row for row in stories}
        self._articles: dict[str, list[dict[str, Any]]] = {}
        self._of: dict[str, str] = {}
        for row in articles:
            self._articles.setdefault(row["story"], []).append(row)
            self._of |= dict.fromkeys(row["ids"], row["story"])
        self._of |= {
            each: row["story"] for row in stories for each in (row["merged"] or []) if each not in self._of
        }

    @classmethod
    def read(cls, storage: Storage) -> Self | None:
        """Return the stories of an archive; None where `scrapy stories` never ran. Raises ArchiveError."""
        summary = read_summary(storage)
        if summary is None:
            return None
        return cls(summary, read_rows(storage, "stories"), read_rows(storage, "articles"))

    def of(self, article_id: str) -> Story | None:
        """Return the story of an article, by the id of any of its versions; None where it is alone."""
        story = self._of.get(article_id)
        return None if story is None else self.get(story)

    def get(self, story: str) -> Story | None:
        """Return a story by its id, or by one that was merged into it."""
        story = story if story in self._stories else self._of.get(story, "")
        facts = self._stories.get(story)
        return None if facts is None else Story(story, facts, self._articles.get(story, []))

    def newest(self, count: int) -> Iterator[Story]:
        """Yield the stories that this archive saw last, the newest first."""
        rows = sorted(
            self._stories.values(), key=lambda row: (row["first_captured"], row["story"]), reverse=True
        )
        for row in rows[:count]:
            yield Story(row["story"], row, self._articles.get(row["story"], []))


def stories_of(storage: Storage, article_id: str) -> Story | None:
    """Return the story of one article; None where it is alone or `scrapy stories` never ran.

    Reads the tables for each call: keep `Stories.read(storage)` for several. Raises ArchiveError.
    """
    stories = Stories.read(storage)
    return None if stories is None else stories.of(article_id)


def read_summary(storage: Storage) -> dict[str, Any] | None:
    """Return the summary of the tables, or None where there are none. Raises ArchiveError."""
    if SUMMARY not in {entry.key for entry in storage.list(SUMMARY)}:
        return None
    with storage.open(SUMMARY) as stream:
        data = stream.read(_MAX_SUMMARY)
    try:
        summary = json.loads(data)
    except ValueError as error:
        raise ArchiveError(
            f"{SUMMARY} in {storage.address} is damaged; call scrapy stories again."
        ) from error
    if not isinstance(summary, dict) or summary.get("format") != FORMAT:
        raise ArchiveError(
            f"{SUMMARY} in {storage.address} is of another version of Warraq; call scrapy stories again."
        )
    return summary


def read_rows(storage: Storage, table: str) -> list[dict[str, Any]]:
    """Return the rows of one of the tables. Raises ArchiveError."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    key = f"stories/{table}.parquet"
    with storage.open(key) as stream:
        data = stream.read(_MAX_BYTES)
    try:
        found = pq.read_table(io.BytesIO(data), columns=list(TABLES[table]))
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ArchiveError(f"{key} in {storage.address} is damaged; call scrapy stories again.") from error
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def read_picture(storage: Storage) -> bytes | None:
    """Return the wire graph as SVG, or None where there is none. Raises ArchiveError."""
    if PICTURE not in {entry.key for entry in storage.list(PICTURE)}:
        return None
    with storage.open(PICTURE) as stream:
        return stream.read(_MAX_BYTES)
