"""Decide whether the next page of a paged list is requested. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crawler.discovery.moments import moment_in_url
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import Entry, is_too_old, refusal, sift
from crawler.discovery.source import Finding, Lookup, Window
from crawler.urls import absolute, host_of

MAX_TRAIL = 5_000  # addresses that a lookup remembers before it starts with an empty trail


@dataclass(slots=True)
class Page:
    """One page of a paged list while it is read: filters its entries and decides about the next page.

    The trail of the next lookup holds the addresses of recent pages and articles, to recognise a site that
    serves the same list under ever new page numbers. Such lists run from new to old, so the next page holds
    nothing newer than the newest entry here.
    """

    lookup: Lookup
    window: Window
    scope: Scope
    met: set[str] = field(default_factory=set)  # articles on this page, wanted or not
    young: bool = False  # at least one article is not too old
    newest: datetime | None = None  # the latest known date of publication on this page

    def sift(self, entry: Entry) -> Finding:
        url = absolute(entry.base, entry.link)
        if url is not None and self.scope.on_site(url):
            self.met.add(url)
            self.young = self.young or not is_too_old(entry, url, self.window)
            published = entry.published or moment_in_url(url)
            if published is not None:
                self.newest = max(self.newest or published.latest, published.latest)
        return sift(entry, self.window, self.scope)

    def turn(self, following: str | None, last_page: int) -> Iterator[Finding]:
        """Yield the lookup of the following page, or the reason why it is not requested."""
        if following is None or not self.young or self.lookup.page >= last_page:
            return
        recent = self.lookup.trail if len(self.lookup.trail) < MAX_TRAIL else frozenset()
        trail = recent | self.met | {self.lookup.url}
        if self.met <= self.lookup.trail:
            yield refusal("nothing-new", self.lookup.url)
        elif following in trail:
            yield refusal("loop", following)
        elif not self.scope.on_site(following) and host_of(following) != host_of(self.lookup.url):
            yield refusal("off-site", following)
        else:
            yield Lookup(
                url=following,
                source=self.lookup.source,
                page=self.lookup.page + 1,
                depth=self.lookup.depth,
                trail=trail,
                newest=self.newest or self.lookup.newest,
            )
