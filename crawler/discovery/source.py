"""The protocol of all ways of finding articles, and its values. Pure: knows nothing of Scrapy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from crawler.discovery.scope import Scope
from crawler.items import Candidate

OLD = timedelta(days=31)  # the `since` of a schedule is younger


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The span of publication dates of a run; each end is an aware datetime, or None if it is open."""

    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive

    def goes_back(self, now: datetime) -> bool:
        """Return whether a run at `now` goes back in time, and does not keep up with the site."""
        return self.until is not None or (self.since is not None and now - self.since > OLD)

    def admits(self, published: datetime | None) -> bool:
        """Return whether a moment lies in the window; an unknown one counts as inside."""
        return published is None or not (self.too_old(published) or self.too_new(published))

    def too_old(self, moment: datetime | None) -> bool:
        return moment is not None and self.since is not None and moment < self.since

    def too_new(self, moment: datetime | None) -> bool:
        return moment is not None and self.until is not None and moment >= self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """A list to fetch: its address, its source and its place in the paging."""

    url: str
    source: "Source"
    page: int = 1  # 1 for the first page of a paged list
    depth: int = 0  # nesting of sitemap indexes; 0 at the root
    trail: frozenset[str] = frozenset()  # addresses of earlier lookups, against lists that contain themselves
    newest: datetime | None = (
        None  # aware; the earlier lookups show that nothing in the list was published later
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The response of the site to a lookup."""

    url: str  # after redirects
    status: int
    body: bytes  # without its content encoding
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An entry of a list that is not followed; counted by its reason and logged."""

    reason: str  # slug: broken-xml, entity, loop, off-site, too-many-pages…
    detail: str


Finding = Candidate | Lookup | Refusal


class Source(Protocol):
    """A way of finding articles: a frozen value listed in `Site.sources`."""

    kind: ClassVar[str]

    def lookups(self, window: Window) -> Iterator[Lookup]:
        """Return the first addresses to fetch."""
        ...

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        """Yield the findings of an answer lazily and in list order; no content of a site raises."""
        ...
