"""Makes the engine's documents: the values by which articles are filtered, counted and ordered."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crawler.search.analysis import Day, key, values
from crawler.search.engine import UNDATED, engine

if TYPE_CHECKING:
    import tantivy


def document_of(row: Mapping[str, Any], place: int, day: Day | None) -> "tantivy.Document":
    """Return the document of an article, without its words; `place` is its row in the catalogue."""
    document: tantivy.Document = engine().Document()
    document.add_integer("row", place)
    document.add_text("site", row["site"])
    for name in ("country", "language"):
        if row[name]:
            document.add_text(name, row[name])
    for name, column in (("section", "section"), ("author", "authors")):
        for value in values(row[column]):
            document.add_text(name, value)
            document.add_text(f"{name}_key", key(value))
    document.add_text("month", f"{day.day:%Y-%m}" if day else UNDATED)
    if day:
        document.add_integer("published", day.moment)
        document.add_integer("day", day.day.toordinal())
    return document
