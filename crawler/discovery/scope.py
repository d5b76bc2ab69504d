"""Decide which URLs belong to a site and which of them look like articles."""

import re
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import urlsplit

from crawler.discovery.shape import looks_like_article, readable
from crawler.urls import MAX_URL, host_of

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The bounds of one site."""

    domain: str  # ASCII host; its subdomains belong to the site, with and without www.
    path: str = ""  # /arabic/: only addresses below it belong to the site; empty: all of the domain's
    hosts: tuple[str, ...] = ()  # further hosts, all of whose addresses belong to the site
    article_url: str | None = None  # regular expression searched in the decoded URL; None: the shape decides
    port: int | None = None  # None: any; set if sites on one host differ only by the port
    zone: tzinfo | None = None  # of the outlet's clock, for times that lists give without a zone
    country: str | None = None  # ISO 3166-1 alpha-2; decides how 3/4/2026 is read

    def on_site(self, url: str) -> bool:
        """Return whether a URL belongs to the site by its scheme, host or subdomain, path and port."""
        try:
            parts = urlsplit(url)
            host = host_of(url).rstrip(".").removeprefix("www.")
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError:  # brackets that hold no address, a port that is no number
            return False
        domain = self.domain.removeprefix("www.")
        if parts.scheme not in _DEFAULT_PORTS or self.port not in (None, port):
            return False
        if host in self.hosts:
            return True
        below = f"{parts.path}/".startswith(self.path) if self.path else True
        return below and (host == domain or host.endswith(f".{domain}"))

    def is_article(self, url: str) -> bool:
        """Return whether a URL is that of an article, by the pattern of the site or else by its shape."""
        if self.article_url is None:
            return looks_like_article(url)
        return len(url) <= MAX_URL and re.search(self.article_url, readable(url)) is not None
