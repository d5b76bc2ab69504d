"""Turns a Query into queries of the engine. Text of the user is never parsed by the engine."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crawler.search.analysis import key
from crawler.search.engine import UNDATED, engine
from crawler.search.lexicon import Lexicon, Spelling
from crawler.search.query import Part, Query

if TYPE_CHECKING:
    import tantivy

_TITLE = 2.0  # weight of a word that stands in the title, too
_IN_TITLES = 30  # spellings of one word that are looked for in titles
_ORDER = 1.5  # weight of all words in the order of the query
_MOST_IN_ORDER = 8  # words; a longer query is no phrase


class Asking:
    """Builds the engine's queries for one Query."""

    def __init__(self, query: Query, schema: "tantivy.Schema", lexicon: Lexicon) -> None:
        self._query = query
        self._lexicon = lexicon
        self._schema = schema
        self._parts = query.parts()

    def whole(self) -> "tantivy.Query":
        """Return the query for the hits, with weights by which they are ordered."""
        wanted = [self._part(part, weighted=True) for part in self._parts if not part.excluded]
        return self._joined(wanted, [*self._filters(), *self._time()], self._bonuses())

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

    def _part(self, part: Part, *, weighted: bool = False) -> "tantivy.Query":
        if len(part.tokens) > 1:
            return self._either(
                [
                    engine().Query.phrase_query(self._schema, "text", list(terms))
                    for terms in self._lexicon.phrases(part.tokens)
                ]
            )
        token = part.tokens[0]
        if part.exact:
            return self._either([self._term("text", term) for term in self._lexicon.exact(token)])
        spellings = self._lexicon.spellings(token.form)
        if not weighted:
            return self._either([self._term("text", each.term) for each in spellings])
        return self._weighted("text", spellings, 1.0)

    def _weighted(self, field: str, spellings: Sequence[Spelling], weight: float) -> "tantivy.Query":
        query, factors = engine().Query, self._lexicon.weights(spellings)
        return self._either(
            [
                query.boost_query(self._term(field, each.term), weight * factor)
                for each, factor in zip(spellings, factors, strict=True)
            ]
        )

    def _term(self, field: str, term: str) -> "tantivy.Query":
        made: tantivy.Query = engine().Query.term_query(self._schema, field, term, "freq")
        return made

    def _either(self, queries: Sequence["tantivy.Query"]) -> "tantivy.Query":
        """Return the query for what one of these finds; nothing, where there is none."""
        module = engine()
        made: tantivy.Query
        if not queries:
            made = module.Query.empty_query()
        elif len(queries) == 1:
            made = queries[0]
        else:
            made = module.Query.boolean_query([(module.Occur.Should, each) for each in queries])
        return made

    def _bonuses(self) -> list["tantivy.Query"]:
        query = engine().Query
        wanted = [part for part in self._parts if not part.excluded]
        found = [
            self._weighted("title", self._lexicon.spellings(token.form)[:_IN_TITLES], _TITLE)
            for part in wanted
            for token in part.tokens
        ]
        single = [part.tokens[0].folded for part in wanted if len(part.tokens) == 1]
        if 1 < len(single) <= _MOST_IN_ORDER:
            found.append(query.boost_query(query.phrase_query(self._schema, "text", single), _ORDER))
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
