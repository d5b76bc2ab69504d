"""What a list had said of a page, as far as the article tells that was read from it before. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.evidence import ADVERTISED
from crawler.items import Candidate
from crawler.reextract.captures import Capture
from crawler.site import Site, unknown_site

# Lists that are never pages themselves: what they lead to was named as an article. A section that was opened
# to be looked through has the same traces as an article that a section names.
_LISTS = frozenset({"feed", "sitemap", "wordpress"})


def candidate_of(capture: Capture, before: Mapping[str, Any] | None) -> Candidate | None:
    """What discovery was told, None where nobody can know.

    WARC records do not keep it, and without it short articles would be taken for none. An earlier article
    gives its title; its moments only where the list had given them: what was read out of the page is to be
    read there again, or an old mistake would bear itself out.
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
    """The site whose folder a page lies in: described by somebody, else told by the page's own host.

    Raises ValueError where the address has none.
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
