"""The values that a search returns. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Piece(NamedTuple):
    """A piece of a text in its original letters."""

    text: str
    marked: bool  # whether the query found it


class Count(NamedTuple):
    """A value and the number of articles that have it."""

    value: str
    articles: int


class Written(NamedTuple):
    """A spelling to which a word of the query was widened."""

    text: str  # as an article writes it
    articles: int  # of the whole index that hold it, in any letter forms


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One article that was found: its newest version."""

    id: str
    version_id: str
    url: str
    site: str
    outlet: str
    published: str | None  # RFC 3339 in the outlet's zone
    precision: str | None  # second, minute or day
    title: str
    score: float | None  # None where the order is not by relevance
    snippet: tuple[Piece, ...]
    title_pieces: tuple[Piece, ...]  # the title, with the words marked


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """The answer to a query: one page of hits, and counts over all that were found."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Count, ...]]  # site, country, section, author, month, language
    timeline: tuple[Count, ...]  # by day (yyyy-mm-dd) for up to four months, else by month (yyyy-mm)
    undated: int  # articles without a known date that match the words and the other filters
    widened: dict[str, tuple[Written, ...]]  # each word of the query -> the spellings it was widened to


@dataclass(frozen=True, slots=True)
class Step:
    """How far an update of the index has come."""

    done: int  # bytes of tables
    total: int
    articles: int  # read in this update
    waiting: bool = False  # another process is updating the index


Progress = Callable[[Step], None]


@dataclass(kw_only=True, slots=True)
class Update:
    """What one update of the index found."""

    tables: int = 0  # that were read
    articles: int = 0  # that were indexed
    removed: int = 0  # versions that the archive no longer holds
    busy: bool = False  # another process was updating the index: nothing was done
    problems: list[str] = field(default_factory=list)  # one sentence each; the rest was read

    @property
    def changed(self) -> bool:
        return bool(self.tables or self.removed)


def as_record(hit: Hit) -> dict[str, Any]:
    """Return a hit as a value for JSON."""
    return {
        "id": hit.id,
        "url": hit.url,
        "site": hit.site,
        "published": hit.published,
        "title": hit.title,
        "score": None if hit.score is None else round(hit.score, 3),
        "snippet": "".join(piece.text for piece in hit.snippet),
        "marks": _marks(hit.snippet),
    }


def _marks(pieces: tuple[Piece, ...]) -> list[list[int]]:
    """Return where the snippet is marked, as [start, end] in characters."""
    found, position = [], 0
    for piece in pieces:
        if piece.marked:
            found.append([position, position + len(piece.text)])
        position += len(piece.text)
    return found
