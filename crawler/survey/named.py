"""Find the site that a user means by a name or an address."""

import difflib
from collections.abc import Mapping
from urllib.parse import urlsplit

from crawler.discovery.detect import Detect
from crawler.errors import InvalidUrlError, UsageError
from crawler.site import Site, unknown_site
from crawler.urls import ascii_url


def site_named(text: str, sites: Mapping[str, Site]) -> Site:
    """Return the site of a name, or a site for an address like https://any.site/. Raises UsageError."""
    if "/" in text:
        url = checked_address(text)
        return unknown_site(urlsplit(url).netloc, sources=(Detect(url),))
    if text not in sites:
        near = difflib.get_close_matches(text, sites, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "scrapy sites lists the known ones."
        raise UsageError(f"There is no site {text!r}. {hint} Any address goes: https://any.site/")
    return sites[text]


def checked_address(text: str) -> str:
    """Return the address in ASCII. Raises UsageError where it is not the address of a site."""
    try:
        url = ascii_url(text)
        unknown_site(urlsplit(url).netloc)
    except (InvalidUrlError, ValueError):
        raise UsageError(f"{text!r} is not an address: write it as https://any.site/") from None
    return url
