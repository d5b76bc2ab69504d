"""What a survey asks, in which order: every source once, then some of the lists that they lead to. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from crawler.discovery.source import Finding, Lookup, Source, Window
from crawler.items import Candidate
from crawler.urls import canonical_url

MOST_LISTS = 13  # in all
MOST_FOUND = {"detect": 1, "feed": 3, "sitemap": 4, "wordpress": 2, "listing": 2}  # beyond the site's own
_ORDER = {kind: rank for rank, kind in enumerate(("detect", "feed", "wordpress", "sitemap", "listing"))}
_UNDATED = datetime.min.replace(tzinfo=UTC)


class Plan:
    """The lists still to ask for, and the articles that were named."""

    def __init__(self, sources: Iterable[Source], window: Window) -> None:
        self._waiting = [
            (number, lookup) for number, source in enumerate(sources) for lookup in source.lookups(window)
        ]
        self._own = len(self._waiting)  # the site's own lists come first, whatever their kind
        self._asked: set[str] = set()
        self._found: Counter[str] = Counter()
        self._candidates: dict[str, Candidate] = {}

    def next_lookup(self) -> tuple[int, Lookup] | None:
        """The next list with the number of the source that led to it, or None where enough were asked."""
        while self._waiting and len(self._asked) < MOST_LISTS:
            number, lookup = self._waiting.pop(0)
            own = self._own > 0
            self._own -= own
            kind = lookup.source.kind
            if lookup.url in self._asked or (not own and self._found[kind] >= MOST_FOUND.get(kind, 1)):
                continue
            self._found[kind] += not own
            self._asked.add(lookup.url)
            return number, lookup
        return None

    def take(self, number: int, findings: Iterable[Finding]) -> None:
        """Take in what a list held."""
        for finding in findings:
            if isinstance(finding, Candidate):
                self._name(finding)
            elif isinstance(finding, Lookup) and finding.page == 1:  # the first page tells enough
                self._waiting.append((number, finding))
        later = sorted(
            self._waiting[self._own :], key=lambda planned: _ORDER.get(planned[1].source.kind, len(_ORDER))
        )
        self._waiting[self._own :] = later

    def _name(self, candidate: Candidate) -> None:
        """Several lists name an article; the first that dates it is believed."""
        key = canonical_url(candidate.url)
        known = self._candidates.setdefault(key, candidate)
        if _dated(known) == _UNDATED:
            self._candidates[key] = candidate

    def candidates(self, most: int) -> list[Candidate]:
        """The newest articles that were named; the undated ones after them, as listed."""
        return sorted(self._candidates.values(), key=_dated, reverse=True)[:most]

    @property
    def urls(self) -> list[str]:
        """The addresses of all articles that were named, as listed."""
        return [candidate.url for candidate in self._candidates.values()]


def _dated(candidate: Candidate) -> datetime:
    return candidate.dated or _UNDATED
