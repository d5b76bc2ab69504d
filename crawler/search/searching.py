"""Answers queries from an open index: hits, snippets, facets, timeline."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

from crawler.search.asking import Asking
from crawler.search.engine import FACETS, UNDATED, engine, guarded
from crawler.search.lexicon import Lexicon
from crawler.search.query import Query
from crawler.search.results import Count, Hit, Results, Written
from crawler.search.snippet import Marker, marked, snippet
from crawler.search.texts import unpacked

if TYPE_CHECKING:
    import tantivy

_SIZES = {"site": 300, "country": 60, "section": 30, "author": 30, "month": 3_000, "language": 20}
_MONTHS_BY_DAY = 4  # a timeline over so many months is by day
_DAYS = 130
_SPELLINGS = 40  # shown of one word

_HIT = """SELECT articles.row, lower(hex(id)) AS id, lower(hex(version)) AS version_id,
    url, articles.site, outlet, published, precision, title,
    body FROM articles LEFT JOIN sites ON sites.site = articles.site
    LEFT JOIN texts ON texts.row = articles.row
    WHERE articles.row IN ({})"""


def answer(
    query: Query, searcher: "tantivy.Searcher", schema: "tantivy.Schema", database: sqlite3.Connection
) -> Results:
    """Return one page of results. Raises DamagedError, sqlite3.Error, ValueError."""
    lexicon = Lexicon(database, searcher)
    asking = Asking(query, schema, lexicon)
    counts = _counts(asking, searcher)
    hits = _hits(query, asking, searcher, database)
    return Results(
        total=counts.pop("total")[0].articles,
        hits=hits,
        facets={name: counts[name] for name in FACETS},
        timeline=_timeline(asking, searcher, counts.pop("timeline")),
        undated=_undated(query, asking, searcher, counts["undated"][0].articles),
        widened=_widened(query, lexicon),
    )


def _counts(asking: Asking, searcher: "tantivy.Searcher") -> dict[str, tuple[Count, ...]]:
    found = _aggregated(searcher, asking.counted(), FACETS)
    counts = {name: _buckets(found[name]) for name in FACETS}
    counts["timeline"] = tuple(count for count in counts["month"] if count.value != UNDATED)
    counts["total"] = (Count("", int(found["total"]["value"])),)
    for name in asking.filtered_facets():
        counts[name] = _buckets(_aggregated(searcher, asking.counted(without=name), (name,))[name])
    unknown = [count.articles for count in counts["month"] if count.value == UNDATED]
    counts["undated"] = (Count("", sum(unknown)),)
    counts["month"] = tuple(count for count in counts["month"] if count.value != UNDATED)
    return counts


def _aggregated(
    searcher: "tantivy.Searcher", query: "tantivy.Query", names: tuple[str, ...]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: {"terms": {"field": name, "size": _SIZES[name]}} for name in names}
    wanted["total"] = {"value_count": {"field": "row"}}
    found: dict[str, Any] = guarded(lambda: searcher.aggregate(query, wanted))
    return found


def _buckets(found: dict[str, Any]) -> tuple[Count, ...]:
    return tuple(Count(str(each["key"]), int(each["doc_count"])) for each in found["buckets"])


def _timeline(asking: Asking, searcher: "tantivy.Searcher", months: tuple[Count, ...]) -> tuple[Count, ...]:
    dated = sorted(months)
    if not dated or _month_number(dated[-1].value) - _month_number(dated[0].value) >= _MONTHS_BY_DAY:
        return tuple(dated)
    wanted = {"days": {"terms": {"field": "day", "size": _DAYS}}}
    found = guarded(lambda: searcher.aggregate(asking.counted(), wanted))
    days = sorted((int(each["key"]), int(each["doc_count"])) for each in found["days"]["buckets"])
    return tuple(Count(date.fromordinal(day).isoformat(), count) for day, count in days)


def _month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _undated(query: Query, asking: Asking, searcher: "tantivy.Searcher", counted: int) -> int:
    if not query.has_dates and query.sort == "relevance":
        return counted
    return int(guarded(lambda: searcher.search(asking.undated(), 1)).count)


def _hits(
    query: Query, asking: Asking, searcher: "tantivy.Searcher", database: sqlite3.Connection
) -> tuple[Hit, ...]:
    if not query.limit:
        return ()
    by_time = query.sort != "relevance" and not query.undated
    order = engine().Order.Asc if query.sort == "oldest" else engine().Order.Desc
    found = guarded(
        lambda: searcher.search(
            asking.whole(),
            query.limit,
            count=False,
            order_by_field="published" if by_time else None,
            offset=query.offset,
            order=order,
        )
    ).hits
    rows = guarded(lambda: searcher.fast_field_values("row", [address for _, address in found]))
    scores = dict(zip(rows, (None if by_time else float(score) for score, _ in found), strict=True))
    marks = ", ".join("?" * len(rows))
    records = {row["row"]: row for row in database.execute(_HIT.format(marks), rows)}
    marker = Marker.of(query.parts())
    dictionaries = dict(database.execute("SELECT number, content FROM dictionaries").fetchall())
    return tuple(_hit(records[row], scores[row], marker, dictionaries) for row in rows if row in records)


def _hit(row: sqlite3.Row, score: float | None, marker: Marker, dictionaries: dict[int, bytes]) -> Hit:
    return Hit(
        id=row["id"],
        version_id=row["version_id"],
        url=row["url"],
        site=row["site"],
        outlet=row["outlet"] or row["site"],
        published=row["published"],
        precision=row["precision"],
        title=row["title"],
        score=score,
        snippet=snippet(unpacked(row["body"], dictionaries), marker) if row["body"] is not None else (),
        title_pieces=marked(row["title"], marker),
    )


def _widened(query: Query, lexicon: Lexicon) -> dict[str, tuple[Written, ...]]:
    return {
        part.written: tuple(
            Written(each.written, each.articles)
            for each in lexicon.spellings(part.tokens[0].form)[:_SPELLINGS]
        )
        for part in query.parts()
        if not part.exact and not part.excluded
    }
