"""Reads a search out of the parameters of an address, and writes addresses of related searches. Pure.

Parameters: q, site, country, section, author, month, language (these six may be repeated), from, to, undated,
sort, exact, page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from crawler.errors import UsageError
from crawler.search.query import MAX_LETTERS, MAX_OFFSET, Query, sort_of

PAGE = 20  # results on a page
FACETS = ("site", "country", "section", "author", "month", "language")
_FIELDS = {
    "site": "sites",
    "country": "countries",
    "section": "sections",
    "author": "authors",
    "month": "months",
    "language": "languages",
}
_SORTS = ("relevance", "newest", "oldest")
MOST_PARAMETERS = 200

Pairs = Sequence[tuple[str, str]]


class AskedError(UsageError):
    """A search that cannot be made. `name` is that of a sentence in words.json."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The search of an address."""

    query: Query
    page: int  # from 1
    pairs: tuple[tuple[str, str], ...]  # the known parameters that are set, without the page

    @property
    def active(self) -> list[tuple[str, str]]:
        """The filters that are set."""
        return [pair for pair in self.pairs if pair[0] not in {"q", "sort", "exact"}]

    def address(self, path: str, *, without: Iterable[tuple[str, str]] = (), **changes: str | None) -> str:
        """Return the address of the same search on another page or with changes; None removes a name."""
        dropped = set(without)
        kept = [pair for pair in self.pairs if pair not in dropped and pair[0] not in changes]
        added = [(name, value) for name, value in changes.items() if value]
        return address(path, [*kept, *added])

    def toggled(self, path: str, name: str, value: str) -> str:
        """Return the address with a filter added, or removed where it is set."""
        pair = (name, value)
        if pair in self.pairs:
            return self.address(path, without=[pair])
        return address(path, [*self.pairs, pair])


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query."""
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def read_search(pairs: Pairs, *, limit: int = PAGE) -> Asked:
    """Read a search. Raises AskedError, and UsageError for what only the query knows to be wrong."""
    if len(pairs) > MOST_PARAMETERS:
        raise AskedError("too-many-parameters", most=MOST_PARAMETERS)
    known = [(name, value.strip()) for name, value in pairs if name in {*_FIELDS, *_SINGLE}]
    kept = tuple(dict.fromkeys(pair for pair in known if pair[1]))
    single = {name: value for name, value in kept if name in _SINGLE}
    words = single.get("q", "")
    if len(words) > MAX_LETTERS:
        raise AskedError("query-too-long", letters=f"{len(words):,}", most=f"{MAX_LETTERS:,}")
    page = _page(single.get("page"))
    if page * limit > MAX_OFFSET:
        raise AskedError("too-deep", most=f"{MAX_OFFSET:,}")
    since, until = _day(single.get("from")), _day(single.get("to"))
    if since and until and since > until:
        raise AskedError("days-reversed")
    sort = single.get("sort") if single.get("sort") in _SORTS else None
    query = Query(
        words=words,
        sort=sort_of(sort or ("relevance" if words else "newest")),
        since=since,
        until=until,
        undated=single.get("undated") == "1",
        variants=single.get("exact") != "1",
        limit=limit,
        offset=(page - 1) * limit,
        **{field: tuple(value for name, value in kept if name == facet) for facet, field in _FIELDS.items()},
    )
    return Asked(query=query, page=page, pairs=tuple(pair for pair in kept if pair[0] != "page"))


_SINGLE = ("q", "from", "to", "undated", "sort", "exact", "page")


def _page(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdecimal():
        return 1
    return max(int(text[:9]), 1)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AskedError("bad-day", day=text[:40]) from None
