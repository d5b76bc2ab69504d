"""What every way of finding articles has in common. Pure: nothing here knows Scrapy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from crawler.discovery.scope import Scope
from crawler.items import Candidate


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The span of publication that a run wants; both ends are aware moments or open."""

    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive

    def admits(self, published: datetime | None) -> bool:
        """Whether a moment lies inside; an unknown one may, so it does."""
        return published is None or not (self.too_old(published) or self.too_new(published))

    def too_old(self, moment: datetime | None) -> bool:
        return moment is not None and self.since is not None and moment < self.since

    def too_new(self, moment: datetime | None) -> bool:
        return moment is not None and self.until is not None and moment >= self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """A list to fetch next: which address, for which source, how far along its paging."""

    url: str
    source: "Source"
    page: int = 1  # 1 for the first page of a paged list
    depth: int = 0  # nesting of sitemap indexes; 0 at the root
    trail: frozenset[str] = frozenset()  # addresses on the way here, against lists that contain themselves
    newest: datetime | None = None  # nothing in it was published later, as far as the way here tells; aware


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the site said to a lookup."""

    url: str  # after redirects
    status: int
    body: bytes  # content-encoding undone
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Something in a list that is not followed; counted by reason and logged."""

    reason: str  # slug: broken-xml, entity, loop, off-site, too-many-pages…
    detail: str


Finding = Candidate | Lookup | Refusal


class Source(Protocol):
    """A way of finding articles: a frozen value listed in `Site.sources`."""

    kind: ClassVar[str]

    def lookups(self, window: Window) -> Iterator[Lookup]:
        """The first addresses to fetch."""
        ...

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        """What an answer holds, lazily and in the order of the list; never raises for what a site served."""
        ...
