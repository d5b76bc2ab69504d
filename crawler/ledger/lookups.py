"""Convert lookups to text and back, so that another process can continue a walk."""

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
from crawler.ledger.schema import moment_text, text_moment

_CLASSES: Mapping[str, Any] = {each.kind: each for each in (Dated, Detect, Feed, Listing, Sitemap, WordPress)}
_MAX_TRAIL = 64_000_000  # bytes, decompressed


class Sources:
    """Texts for sources: of this project's classes their values, of a site's own classes their position."""

    def __init__(self, of_site: Sequence[Source]) -> None:
        self._of_site = tuple(of_site)

    def text(self, source: Source) -> str:
        """Return the text of a source. Raises ValueError for a source that is not listed in the site."""
        if type(source) is _CLASSES.get(source.kind):
            return json.dumps({"kind": source.kind} | asdict(cast("Any", source)))
        if source in self._of_site:
            return json.dumps({"place": self._of_site.index(source), "is": repr(source)})
        raise ValueError(f"{source!r} cannot be remembered: list it in its Site's sources.")

    def source(self, text: str) -> Source:
        """Return the source of a text. Raises ValueError for a source that no longer exists."""
        try:
            values = json.loads(text)
            if "place" in values:
                source: Source = self._of_site[values["place"]]
                if repr(source) != values["is"]:
                    raise ValueError("the site's sources were changed since")
                return source
            source = _CLASSES[values.pop("kind")](**values)
        except (KeyError, IndexError, TypeError) as error:
            raise ValueError(f"not a source: {text[:200]}") from error
        return source

    def children_text(self, lookups: Iterable[Lookup]) -> str:
        """Return the text of the lists that a list led to."""
        return json.dumps(
            [[each.url, self.text(each.source), each.depth, moment_text(each.newest)] for each in lookups]
        )

    def children(self, text: str) -> tuple[Lookup, ...]:
        """Return the lists of such a text. Raises ValueError."""
        return tuple(
            Lookup(url=url, source=self.source(source), depth=depth, newest=text_moment(newest))
            for url, source, depth, newest in json.loads(text)
        )


def packed_trail(trail: frozenset[str]) -> bytes:
    """Compress the addresses of the lists that led to a list."""
    return zlib.compress(json.dumps(sorted(trail)).encode())


def unpacked_trail(packed: bytes) -> frozenset[str]:
    """Decompress a trail. Raises ValueError for other bytes and for a trail that is too long."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, _MAX_TRAIL)
    except zlib.error as error:
        raise ValueError(f"not a trail: {error}") from error
    if inflater.unconsumed_tail:
        raise ValueError("the trail is too long")
    return frozenset(json.loads(text))
