"""Rebuild what a list said about a page from the article that was read from it before. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.evidence import ADVERTISED
from crawler.items import Candidate
from crawler.reextract.captures import Capture
from crawler.site import Site, unknown_site

# Kinds of lists that are not pages: all their links are articles. A section page leaves the same traces in
# the archive as an article on a section page.
_LISTS = frozenset({"feed", "sitemap", "wordpress"})


def candidate_of(capture: Capture, before: Mapping[str, Any] | None) -> Candidate | None:
    """Return the candidate that discovery had for a page, or None where the archive does not show it.

    WARC records do not hold it, and without it short articles are rejected. An earlier article gives its
    title, and its dates only if they came from the list: a date that was read from the page must be read
    there again, or an old mistake would confirm itself.
    """
    url = capture.response.uri
    if before is None:
        return Candidate(url=url, via=capture.via) if capture.via in _LISTS else None
    layers = dict(before["layers"])
    moment = _advertised(before, layers, "published")
    published = moment.date() if moment and before.get("published_precision") == "day" else moment
    place = str(before["published_source"] or "").partition(": ")[2] if published else ""
    return Candidate(
        url=before["url"],
        via=place or (capture.via if capture.via in _LISTS else "archive"),
        title=before["title"],
        published=published,
        modified=_advertised(before, layers, "modified"),
    )


def _advertised(before: Mapping[str, Any], layers: Mapping[str, str], name: str) -> datetime | None:
    value = before[name]
    return datetime.fromisoformat(value) if value and layers.get(name) == ADVERTISED else None


def site_named(name: str, url: str, sites: Mapping[str, Site]) -> Site:
    """Return the site of a page's folder: a described one, or one made from the host of the page.

    Raises ValueError for an address without a host.
    """
    if name in sites:
        return sites[name]
    netloc = urlsplit(url).netloc
    parts = netloc.split(".")
    for start in range(len(parts)):
        site = unknown_site(".".join(parts[start:]))
        if site.name == name:
            return site
    return replace(unknown_site(netloc), name=name)
