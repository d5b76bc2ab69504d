"""Turns a Query into queries of the engine. Text of the user is never parsed by the engine."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crawler.search.analysis import key
from crawler.search.engine import UNDATED, engine
from crawler.search.query import Part, Query

if TYPE_CHECKING:
    import tantivy

_TITLE = 2.0  # weight of a word that stands in the title, too
_ORDER = 1.5  # weight of all words in the order of the query
_MOST_IN_ORDER = 8  # words; a longer query is no phrase


class Asking:
    """Builds the engine's queries for one Query."""

    def __init__(self, query: Query, schema: "tantivy.Schema") -> None:
        self._query = query
        self._schema = schema
        self._parts = query.parts()

    def whole(self) -> "tantivy.Query":
        """Return the query for the hits, with weights by which they are ordered."""
        return self._joined(self._wanted(), [*self._filters(), *self._time()], self._bonuses())

    def counted(self, *, without: str | None = None) -> "tantivy.Query":
        """Return the query for counts; `without` names a facet whose own filter is left out."""
        time = [] if without == "month" else self._time()
        return self._joined(self._wanted(), [*self._filters(without), *time], [])

    def undated(self) -> "tantivy.Query":
        """Return the query for the articles without a known date."""
        return self._joined(self._wanted(), [*self._filters(), self._any("month", [UNDATED])], [])

    def filtered_facets(self) -> list[str]:
        """List the facets of which the query chose values."""
        query = self._query
        chosen = {
            "site": query.sites, "country": query.countries, "section": query.sections,
            "author": query.authors, "month": query.months, "language": query.languages,
        }  # fmt: skip
        return [name for name, values in chosen.items() if values]

    def _joined(
        self,
        wanted: Sequence["tantivy.Query"],
        filters: Sequence["tantivy.Query"],
        bonuses: Sequence["tantivy.Query"],
    ) -> "tantivy.Query":
        module = engine()
        must, should, must_not = module.Occur.Must, module.Occur.Should, module.Occur.MustNot
        clauses = [(must, each) for each in wanted]
        clauses += [(must, module.Query.const_score_query(each, 0.0)) for each in filters]
        if not clauses:
            clauses.append((must, module.Query.all_query()))
        clauses += [(should, each) for each in bonuses]
        clauses += [(must_not, self._part(part)) for part in self._parts if part.excluded]
        made: tantivy.Query = module.Query.boolean_query(clauses)
        return made

    def _wanted(self) -> list["tantivy.Query"]:
        return [self._part(part) for part in self._parts if not part.excluded]

    def _part(self, part: Part) -> "tantivy.Query":
        query = engine().Query
        folded = [token.folded for token in part.tokens]
        made: tantivy.Query
        if len(folded) > 1:
            made = query.phrase_query(self._schema, "exact", folded)
        elif part.exact:
            made = query.term_query(self._schema, "exact", folded[0], "freq")
        else:
            made = query.term_query(self._schema, "words", part.tokens[0].form, "freq")
        return made

    def _bonuses(self) -> list["tantivy.Query"]:
        query = engine().Query
        wanted = [part for part in self._parts if not part.excluded]
        found = [
            query.boost_query(query.term_query(self._schema, "title", token.form, "freq"), _TITLE)
            for part in wanted
            for token in part.tokens
        ]
        single = [part.tokens[0].folded for part in wanted if len(part.tokens) == 1]
        if 1 < len(single) <= _MOST_IN_ORDER:
            found.append(query.boost_query(query.phrase_query(self._schema, "exact", single), _ORDER))
        return found

    def _filters(self, without: str | None = None) -> Iterator["tantivy.Query"]:
        query = self._query
        chosen = {
            "site": ("site", query.sites),
            "country": ("country", query.countries),
            "section": ("section_key", tuple(map(key, query.sections))),
            "author": ("author_key", tuple(map(key, query.authors))),
            "language": ("language", query.languages),
        }
        for name, (field, values) in chosen.items():
            if values and name != without:
                yield self._any(field, values)

    def _time(self) -> list["tantivy.Query"]:
        query, module = self._query, engine()
        found = []
        if query.undated:
            found.append(self._any("month", [UNDATED]))
        if query.months:
            found.append(self._any("month", query.months))
        if query.since or query.until:
            found.append(
                module.Query.range_query(
                    self._schema,
                    "day",
                    module.FieldType.Integer,
                    query.since.toordinal() if query.since else None,
                    query.until.toordinal() if query.until else None,
                )
            )
        if query.sort != "relevance" and not query.undated:
            found.append(
                module.Query.range_query(self._schema, "day", module.FieldType.Integer, 1, None)
            )  # no order without a date: they are counted apart
        return found

    def _any(self, field: str, values: Sequence[str]) -> "tantivy.Query":
        made: tantivy.Query = engine().Query.term_set_query(self._schema, field, list(values))
        return made
