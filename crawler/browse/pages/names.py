"""Names of outlets, countries and languages as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.browse.view import View
from crawler.search.catalogue_values import Outlet


@dataclass(frozen=True, slots=True)
class Names:
    """The outlets of the archive by their name in it, and their names for readers."""

    outlets: Mapping[str, Outlet]
    view: View

    @classmethod
    def of(cls, view: View) -> "Names":
        return cls({outlet.site: outlet for outlet in view.room.catalogue.outlets()}, view)

    def outlet(self, site: str) -> str:
        """Return the name of an outlet in the language of the page, or else as its articles give it."""
        if self.view.wording.language == "en" and (english := self.view.room.english.get(site)):
            return english
        outlet = self.outlets.get(site)
        return outlet.outlet if outlet else site

    def facet(self, name: str, value: str) -> str:
        """Return a value of a facet or a filter as text."""
        words = self.view.wording
        if name == "site":
            return self.outlet(value)
        if name == "country":
            return words.country(value)
        if name == "language":
            return words.language_name(value)
        if name == "month":
            return words.month(value)
        if name in {"from", "to"}:
            return f"{words.word('since' if name == 'from' else 'until')} {words.day(value)}"
        return words.word("undated") if name == "undated" else value
