"""The description of a site: where its articles are found and what its pages need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.discovery.scope import Scope
from crawler.discovery.source import Source
from crawler.urls import is_private_host

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
Checked = Literal["recorded", "live", "listed", "declared"]
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/")
SELECTABLE = frozenset({"title", "subtitle", "body", "authors", "published", "section", "tags", "prune"})


@dataclass(frozen=True, kw_only=True)
class Site:
    """One outlet's site. Wrong values raise ValueError at import, naming the site and the field."""

    name: str  # spider name, folder name, S3 key part: lower-case ASCII
    domain: str  # host without www., ASCII (punycode); its subdomains belong to it
    path: str = ""  # only pages below it belong to the site, if other sites share the host: /arabic/
    hosts: tuple[str, ...] = ()  # further hosts that belong to it, such as that of its feeds
    outlet_ar: str
    outlet_en: str
    aliases: tuple[str, ...] = ()  # other spellings of the outlet's name on its pages
    country: str | None = None  # ISO 3166-1 alpha-2
    timezone: str | None = None  # IANA name, for times on pages without a zone
    languages: tuple[str, ...] = ("ar",)  # articles in other languages are dropped and counted
    sources: tuple[Source, ...] = ()
    article_url: str | None = None  # regular expression searched in the percent-decoded URL
    port: int | None = None  # set only if the port distinguishes the site from others on the same host
    selectors: Mapping[str, str] = field(
        default_factory=dict
    )  # field -> CSS selector, only for fields that the general layers read wrongly
    expected_yield: int = 0  # articles a day that a healthy crawl finds, 0: unknown
    # How these values were checked: against recorded pages with known answers, which the tests read; against
    # the live site (scrapy check-site); or only against public knowledge of the outlet.
    checked: Checked = "declared"

    def __post_init__(self) -> None:
        self._check("name", _NAME.fullmatch(self.name), "lower-case letters, digits, _ and -, at most 63")
        # readers of Parquet would take the folder site=24 for a number
        self._check("name", not self.name.isdigit(), "more than digits")
        self._check("domain", _HOST.fullmatch(self.domain), "an ASCII host name without scheme, port or path")
        self._check("domain", not self.domain.startswith("www."), "the host without www.")
        self._check("path", not self.path or _PATH.fullmatch(self.path), "a path like /arabic/, or empty")
        self._check("hosts", all(map(_HOST.fullmatch, self.hosts)), "ASCII host names without scheme or path")
        self._check("outlet_ar", self.outlet_ar.strip(), "the outlet's name in Arabic")
        self._check("outlet_en", self.outlet_en.strip(), "the outlet's name in English")
        self._check(
            "country",
            self.country is None or _COUNTRY.fullmatch(self.country),
            "two capital letters (ISO 3166)",
        )
        self._check(
            "timezone", self.timezone is None or _is_zone(self.timezone), "an IANA zone, like Asia/Damascus"
        )
        self._check(
            "languages",
            self.languages and all(_LANGUAGE.fullmatch(code) for code in self.languages),
            "one or more ISO 639 codes",
        )
        self._check(
            "article_url", self.article_url is None or _is_pattern(self.article_url), "a regular expression"
        )
        unknown = sorted(set(self.selectors) - SELECTABLE)
        self._check(
            "selectors", not unknown, f"CSS for some of {', '.join(sorted(SELECTABLE))}, not for {unknown}"
        )
        self._check("expected_yield", self.expected_yield >= 0, "articles a day, not negative")
        self._check("checked", self.checked in get_args(Checked), f"one of {', '.join(get_args(Checked))}")
        object.__setattr__(self, "selectors", MappingProxyType(dict(self.selectors)))

    def __reduce__(self) -> tuple[object, ...]:
        """Make the value ready for pickle, which cannot store read-only mappings; lanes receive it so."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _rebuild, ({**values, "selectors": dict(self.selectors)},)

    def _check(self, name: str, ok: object, wanted: str) -> None:
        if not ok:
            raise ValueError(f"Site {self.name!r}: {name} must be {wanted}; it is {getattr(self, name)!r}.")

    @property
    def home(self) -> str:
        return f"https://{self.domain}{self.path or '/'}"

    @property
    def private_hosts(self) -> frozenset[str]:
        """The hosts of the site that may have a private address: its own, if its name is a private address.

        The user named this site, so no redirect leads into a private network.
        """
        return frozenset({self.domain} if is_private_host(self.domain) else ())

    @property
    def scope(self) -> Scope:
        return Scope(
            domain=self.domain,
            path=self.path,
            hosts=self.hosts,
            article_url=self.article_url,
            port=self.port,
            zone=self.zone,
            country=self.country,
        )

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None

    @property
    def outlet_names(self) -> tuple[str, ...]:
        """All names that the outlet may have on its own pages."""
        return (self.outlet_ar, self.outlet_en, *self.aliases)


def _rebuild(values: dict[str, object]) -> Site:
    return Site(**values)  # type: ignore[arg-type]


def unknown_site(netloc: str, sources: tuple[Source, ...] = ()) -> Site:
    """Return a site for a host (or host:port) without a description, named after it.

    Raises ValueError if the netloc is not valid.
    """
    parts = urlsplit(f"//{netloc}")
    domain = (parts.hostname or "").rstrip(".").removeprefix("www.")
    port = f"-{parts.port}" if parts.port else ""  # two outlets on one machine are two sites
    name = domain.replace(".", "_")[: 63 - len(port)] + port
    return Site(
        name=name, domain=domain, outlet_ar=domain, outlet_en=domain, sources=sources, port=parts.port
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
