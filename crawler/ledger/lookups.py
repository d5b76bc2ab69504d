"""Lookups as text and back, so that a walk can go on where another process left it."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from crawler.discovery.dated import Dated
from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Lookup, Source
from crawler.discovery.wordpress import WordPress
from crawler.ledger.columns import moment_text, text_moment

_CLASSES: Mapping[str, Any] = {each.kind: each for each in (Dated, Detect, Feed, Listing, Sitemap, WordPress)}
_MOST_TRAIL = 64_000_000  # bytes, unpacked


class Sources:
    """Names for sources: those of this project by their values, a site's own by their place in its list."""

    def __init__(self, of_site: Sequence[Source]) -> None:
        self._of_site = tuple(of_site)

    def text(self, source: Source) -> str:
        """Raises ValueError for a source that is neither."""
        if type(source) is _CLASSES.get(source.kind):
            return json.dumps({"kind": source.kind} | asdict(cast("Any", source)))
        if source in self._of_site:
            return json.dumps({"place": self._of_site.index(source), "is": repr(source)})
        raise ValueError(f"{source!r} cannot be remembered: list it in its Site's sources.")

    def source(self, text: str) -> Source:
        """Raises ValueError for one that is not known any more."""
        try:
            told = json.loads(text)
            if "place" in told:
                source: Source = self._of_site[told["place"]]
                if repr(source) != told["is"]:
                    raise ValueError("the site's sources were changed since")
                return source
            source = _CLASSES[told.pop("kind")](**told)
        except (KeyError, IndexError, TypeError) as error:
            raise ValueError(f"no source: {text[:200]}") from error
        return source

    def children_text(self, lookups: Iterable[Lookup]) -> str:
        return json.dumps(
            [[each.url, self.text(each.source), each.depth, moment_text(each.newest)] for each in lookups]
        )

    def children(self, text: str) -> tuple[Lookup, ...]:
        """Raises ValueError."""
        return tuple(
            Lookup(url=url, source=self.source(source), depth=depth, newest=text_moment(newest))
            for url, source, depth, newest in json.loads(text)
        )


def packed_trail(trail: frozenset[str]) -> bytes:
    return zlib.compress(json.dumps(sorted(trail)).encode())


def unpacked_trail(packed: bytes) -> frozenset[str]:
    """Raises ValueError where it is none, or larger than any trail is."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, _MOST_TRAIL)
    except zlib.error as error:
        raise ValueError(f"no trail: {error}") from error
    if inflater.unconsumed_tail:
        raise ValueError("the trail is too long")
    return frozenset(json.loads(text))
