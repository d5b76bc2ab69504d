"""One outlet of the table: its values, and for each of them where it is known from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Source
from crawler.discovery.wordpress import WordPress
from crawler.site import Checked, Site

Kind = Literal["", "daily", "agency", "broadcaster", "local", "magazine", "online"]
Owner = Literal["", "state", "private"]
Rhythm = Literal["", "hourly", "daily", "weekly", "monthly"]
SOURCES: Mapping[str, type[Feed | Sitemap | WordPress | Listing | Detect]] = {
    "feed": Feed,
    "sitemap": Sitemap,
    "wordpress": WordPress,
    "listing": Listing,
    "detect": Detect,
}
# Values that are claims about the outlet: each that is filled in needs a source in `known_from`.
CLAIMS = (
    "domain", "path", "hosts", "former_domains", "outlet_ar", "outlet_en", "country", "city", "timezone",
    "kind", "owner", "platform", "sources", "rhythm", "encoding",
)  # fmt: skip
INDEPENDENT_LISTS = 2  # that must name a domain before its row is called `listed`
_ARABIC = re.compile(r"[\u0621-\u064A]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """One row of the table. Wrong values raise ValueError with the field, its value and what is allowed."""

    name: str  # of the spider, and of the folders in the archive
    domain: str
    path: str = ""  # only pages below it belong to the outlet: /arabic/
    hosts: tuple[str, ...] = ()  # further hosts, of its feeds
    former_domains: tuple[str, ...] = ()
    outlet_ar: str = ""
    outlet_en: str
    aliases: tuple[str, ...] = ()
    country: str = ""  # ISO 3166-1 alpha-2, of its editorial office
    city: str = ""
    timezone: str = ""
    languages: tuple[str, ...] = ("ar",)
    kind: Kind = ""
    owner: Owner = ""
    platform: str = ""  # the content management system, lower case
    sources: tuple[str, ...] = ()  # kind=address; empty: Detect, from the home page
    rhythm: Rhythm = ""  # how often it publishes
    encoding: str = ""
    checked: Checked = "declared"
    checked_on: str = ""  # the day of the check, like 2026-11-30
    known_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # claim -> names of sources
    notes: str = ""

    def __post_init__(self) -> None:
        self._check("kind", self.kind in get_args(Kind), f"one of{', '.join(get_args(Kind))}, or empty")
        self._check("owner", self.owner in get_args(Owner), "state, private, or empty")
        self._check("rhythm", self.rhythm in get_args(Rhythm), "hourly, daily, weekly, monthly, or empty")
        self._check("outlet_ar", not self.outlet_ar or _ARABIC.search(self.outlet_ar), "in Arabic letters")
        self._check("outlet_en", self.outlet_en and not _ARABIC.search(self.outlet_en), "in Latin letters")
        self._check("checked_on", not self.checked_on or _is_day(self.checked_on), "a day, like 2026-11-30")
        self._check("country", self.country or not self.timezone, "filled in where timezone is")
        for claim in CLAIMS:
            value, sources = getattr(self, claim), self.known_from.get(claim)
            self._check(claim, not value or sources, "named in known_from, with where it is known from")
            self._check(claim, value or not sources, "filled in, because known_from names it")
        unknown = sorted(set(self.known_from) - set(CLAIMS))
        self._check("known_from", not unknown, f"about {', '.join(CLAIMS)}; {unknown} is no claim")
        self.site()

    def _check(self, name: str, ok: object, allowed: str) -> None:
        if not ok:
            raise ValueError(f"{name} must be {allowed}; it is {getattr(self, name)!r}.")

    def site(self) -> Site:
        """Return what a spider needs. Raises ValueError for values that no `Site` can have."""
        home = f"https://{self.domain}{self.path or '/'}"
        site = Site(
            name=self.name,
            domain=self.domain,
            path=self.path,
            hosts=self.hosts,
            outlet_ar=self.outlet_ar or self.outlet_en,
            outlet_en=self.outlet_en,
            aliases=self.aliases,
            country=self.country or None,
            timezone=self.timezone or None,
            languages=self.languages,
            sources=tuple(source_of(text) for text in self.sources) or (Detect(home),),
            checked=self.checked,
        )
        for text in self.sources:
            address = text.partition("=")[2]
            self._check("sources", site.scope.on_site(address), f"on the domain or hosts of the row ({text})")
        return site


def source_of(text: str) -> Source:
    """Return the source that `kind=address` describes. Raises ValueError for another text."""
    kind, _, address = text.partition("=")
    if kind not in SOURCES or not address.startswith(("https://", "http://")):
        raise ValueError(f"sources must be {', '.join(SOURCES)}, each with =https://…; it has {text!r}.")
    return SOURCES[kind](address)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
