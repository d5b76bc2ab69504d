"""Order the requests of a survey: each source once, then some of the lists that they lead to. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from crawler.discovery.source import Finding, Lookup, Source, Window
from crawler.items import Candidate
from crawler.urls import canonical_url

MAX_LISTS = 13
MAX_FOUND = {"detect": 1, "feed": 3, "sitemap": 4, "wordpress": 2, "listing": 2}  # besides the site's own
_ORDER = {kind: rank for rank, kind in enumerate(("detect", "feed", "wordpress", "sitemap", "listing"))}
_UNDATED = datetime.min.replace(tzinfo=UTC)


class Plan:
    """The lists that are still to be requested, and the articles in the others."""

    def __init__(self, sources: Iterable[Source], window: Window) -> None:
        self._waiting = [
            (number, lookup) for number, source in enumerate(sources) for lookup in source.lookups(window)
        ]
        self._own = len(self._waiting)  # the site's own lists come first, of every kind
        self._asked: set[str] = set()
        self._found: Counter[str] = Counter()
        self._candidates: dict[str, Candidate] = {}

    def next_lookup(self) -> tuple[int, Lookup] | None:
        """Return the next list with the number of its source, or None after MAX_LISTS."""
        while self._waiting and len(self._asked) < MAX_LISTS:
            number, lookup = self._waiting.pop(0)
            own = self._own > 0
            self._own -= own
            kind = lookup.source.kind
            if lookup.url in self._asked or (not own and self._found[kind] >= MAX_FOUND.get(kind, 1)):
                continue
            self._found[kind] += not own
            self._asked.add(lookup.url)
            return number, lookup
        return None

    def take(self, number: int, findings: Iterable[Finding]) -> None:
        """Add the entries of a list that the source of this number led to."""
        for finding in findings:
            if isinstance(finding, Candidate):
                self._add(finding)
            elif isinstance(finding, Lookup) and finding.page == 1:  # the first page is enough
                self._waiting.append((number, finding))
        later = sorted(
            self._waiting[self._own :], key=lambda planned: _ORDER.get(planned[1].source.kind, len(_ORDER))
        )
        self._waiting[self._own :] = later

    def _add(self, candidate: Candidate) -> None:
        """Add an article; of several lists that name it, the first with a date counts."""
        key = canonical_url(candidate.url)
        known = self._candidates.setdefault(key, candidate)
        if _dated(known) == _UNDATED:
            self._candidates[key] = candidate

    def candidates(self, limit: int) -> list[Candidate]:
        """Return the newest articles; those without a date come last, in the order of the lists."""
        return sorted(self._candidates.values(), key=_dated, reverse=True)[:limit]

    @property
    def urls(self) -> list[str]:
        """The addresses of all articles, in the order of the lists."""
        return [candidate.url for candidate in self._candidates.values()]


def _dated(candidate: Candidate) -> datetime:
    return candidate.dated or _UNDATED
