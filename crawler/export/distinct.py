"""One article of each story, or of each text: which one an export keeps."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.stories.reading import Stories

LONGEST, EARLIEST, EXACT = "longest", "earliest", "exact"
WAYS = (LONGEST, EARLIEST, EXACT)
LEFT_OUT = ("id", "canonical_url", "site", "outlet", "published", "word_count", "group", "kept_id")
Rank = tuple[Any, ...]


class Distinct:
    """Sees all rows of a selection, then says which of them are kept. Memory grows with the groups."""

    def __init__(self, way: str, prefer: tuple[str, ...], stories: Stories | None) -> None:
        """Take a way of WAYS, the sites that go before all others, and the stories (not for EXACT)."""
        self._way = way
        self._places = {site: place for place, site in enumerate(prefer)}
        self._stories = stories
        self._best: dict[bytes, tuple[Rank, str]] = {}

    @classmethod
    def of(cls, storage: Storage, way: str, prefer: tuple[str, ...]) -> "Distinct":
        """Return the choice for an archive. Raises ArchiveError where it needs stories and there are none."""
        if way == EXACT:
            return cls(way, prefer, None)
        stories = Stories.read(storage)
        if stories is None:
            raise ArchiveError(
                f"The archive {storage.address} has no tables of stories; call scrapy stories first, "
                "or use --distinct exact."
            )
        return cls(way, prefer, stories)

    def see(self, row: Mapping[str, Any]) -> None:
        """Take one row of the selection into account."""
        group, rank = _digest(self.group(row)), self._rank(row)
        known = self._best.get(group)
        if known is None or rank < known[0]:
            self._best[group] = (rank, row["id"])

    def kept(self, row: Mapping[str, Any]) -> str:
        """Return the id of the article that is kept of this row's group."""
        return self._best[_digest(self.group(row))][1]

    def keeps(self, row: Mapping[str, Any]) -> bool:
        """Return whether this row is the one that is kept."""
        return self._best[_digest(self.group(row))][0] == self._rank(row)

    def group(self, row: Mapping[str, Any]) -> str:
        """Return what the row is one of: a story, an article that is alone in its story, or a text."""
        if self._way == EXACT:
            return f"text {row['text_sha256']}"
        story = self._stories.of(row["id"]) if self._stories else None
        return f"article {row['canonical_url']}" if story is None else f"story {story.id}"

    def _rank(self, row: Mapping[str, Any]) -> Rank:
        """Return a value that is least for the row to keep, and different for any two rows."""
        moment = _instant(row["published"] or row["fetched_at"])
        by_way = (-row["word_count"],) if self._way == LONGEST else ()
        return (
            self._places.get(row["site"], len(self._places)),
            *by_way,
            moment,
            _instant(row["fetched_at"]),
            row["id"],
            f"{row['warc_file']} {row['warc_offset']}",
        )


def left_out(row: Mapping[str, Any], distinct: Distinct) -> dict[str, Any]:
    """Return the record of a row that is left out, with the columns LEFT_OUT."""
    return {name: row[name] for name in LEFT_OUT[:-2]} | {
        "group": distinct.group(row),
        "kept_id": distinct.kept(row),
    }


def _digest(group: str) -> bytes:
    return blake2b(group.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
