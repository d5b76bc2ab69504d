"""Bring the stories of an archive up to date: fingerprints, pairs, groups, tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from crawler.errors import ArchiveError, UsageError
from crawler.storage import Storage
from crawler.stories import prints, stock
from crawler.stories.cache import opened
from crawler.stories.finding import find
from crawler.stories.members import members
from crawler.stories.rows import Rows
from crawler.stories.tables import write_tables
from crawler.stories.wire import picture, wire


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a call found."""

    tables_read: int  # that were new
    tables: int
    articles: int
    in_stories: int
    stories: int
    left_out: int


def update(
    storage: Storage,
    *,
    sites: tuple[str, ...] = (),
    since: str | None = None,
    shown: Callable[[int, int], None],
    cache: Path | None = None,
) -> Done:
    """Find the stories of an archive, and write the tables in `stories/`.

    `sites` and `since` (a day) limit the articles that are compared. `shown` gets the tables read and those
    to read. Raises ArchiveError; UsageError for a wrong day, or a site that the archive does not
    have.
    """
    if since is not None:
        _check_day(since)
    with opened(storage, cache) as data:
        caught = data.catch_up(storage, shown)
        if not caught.all:
            raise ArchiveError(f"The archive {storage.address} has no articles.")
        _check_sites(storage, sites, data.sites())
        of = members(data.versions(), sites=frozenset(sites), since=since)
        found = find(data, of)
        rows = Rows(found, data.prints_of)
        edges = wire(rows.sources())
        stories = found.grouped.stories
        done = Done(
            tables_read=caught.read,
            tables=caught.all,
            articles=len(of),
            in_stories=sum(map(len, stories.values())),
            stories=len(stories),
            left_out=sum(1 for _ in rows.left_out()),
        )
        write_tables(
            storage,
            {
                "stories": rows.stories,
                "articles": rows.articles,
                "pairs": rows.pairs,
                "wire": lambda: edges,
                "left_out": rows.left_out,
            },
            picture=picture(edges),
            summary={
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "method": f"{prints.VERSION} {stock.VERSION}",
                "sites": list(sites),
                "since": since,
                "articles": done.articles,
                "stories": done.stories,
                "in_stories": done.in_stories,
            },
        )
        return done


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--since {text!r} is no day; write it like 2026-01-31.") from None


def _check_sites(storage: Storage, sites: tuple[str, ...], known: list[str]) -> None:
    unknown = [site for site in sites if site not in known]
    if unknown:
        raise UsageError(
            f"The archive {storage.address} has no articles of {unknown[0]!r}; "
            f"it has those of {', '.join(known)}."
        )
