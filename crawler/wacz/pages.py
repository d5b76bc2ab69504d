"""Makes pages/pages.jsonl: the list of pages that a reader of a WACZ sees, with text to search."""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

COLUMNS = ("id", "url", "title", "text", "fetched_at", "warc_file", "warc_offset")
HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPage:
    """A page in the list that is no article: a page asked for by address, or a front page."""

    url: str
    timestamp: str  # yyyymmddHHMMSS
    warc: str  # key of its WARC file
    offset: int  # in that file

    @property
    def ts(self) -> str:
        return _iso(datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC))

    def is_listed_as(self, line: Mapping[str, Any]) -> bool:
        """Tell whether a line of the list is of this capture; an index has no fractions of a second."""
        return bool(line["url"] == self.url and line["ts"][:19] == self.ts[:19])


@dataclass(slots=True)
class Copied:
    """The captures in the bundle, by WARC file."""

    captures: dict[str, "array[int] | None"]  # offsets in the archive's own file, sorted; None: all of them

    def has(self, warc: str | None, offset: int | None) -> bool:
        if warc is None or offset is None or warc not in self.captures:
            return False
        offsets = self.captures[warc]
        if offsets is None:
            return True
        place = bisect_left(offsets, offset)
        return place < len(offsets) and offsets[place] == offset


def page_lines(
    rows: Iterable[Mapping[str, Any]], named: Iterable[NamedPage], copied: Copied
) -> Iterator[dict[str, Any]]:
    """Yield the header, each article whose capture is in the bundle once, then the other named pages."""
    yield HEADER
    listed: set[tuple[str, int]] = set()
    for row in rows:
        place = row["warc_file"], row["warc_offset"]
        if copied.has(*place) and place not in listed:
            listed.add(place)
            yield {
                "id": row["id"],
                "url": row["url"],
                "ts": _iso(datetime.fromisoformat(row["fetched_at"])),
                "title": row["title"],
                "text": row["text"],
            }
    for page in named:
        if (page.warc, page.offset) not in listed:
            yield {
                "id": uuid5(NAMESPACE_URL, f"{page.timestamp} {page.url}").hex,
                "url": page.url,
                "ts": page.ts,
                "title": page.url,
            }


def as_json(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
