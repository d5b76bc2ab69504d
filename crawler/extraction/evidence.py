"""What a layer says of a field, and what came of it. Pure values, the same for every field."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

SELECTOR = "selector"  # the site's own CSS: stands only where a person saw that the layers are wrong
JSONLD = "jsonld"
OPENGRAPH = "opengraph"
META = "meta"
MICRODATA = "microdata"
VISIBLE = "visible"
STRUCTURE = "structure"
TRAFILATURA = "trafilatura"
STATE = "state"  # the data that a framework left in a script of the page
BOTH_READERS = "structure+trafilatura"
URL = "url"
ADVERTISED = "advertised"  # the values of the feed, sitemap or API that listed the page


@dataclass(frozen=True, slots=True)
class Claim(Generic[T]):
    """One layer's word on one field: the value, and where on the page it stood."""

    value: T
    layer: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """The value a field got, from which claim, and the claims that lost, each with the reason."""

    value: T | None
    layer: str | None = None
    place: str = ""
    lost: tuple[tuple[Claim[Any], str], ...] = field(default=())


def first(claims: list[Claim[T]], why: str = "a layer before it answered") -> Verdict[T]:
    """Return the first claim wins: for fields where the order of the layers decides alone."""
    if not claims:
        return Verdict(None)
    winner, *others = claims
    lost = tuple((claim, why) for claim in others if claim.value != winner.value)
    return Verdict(winner.value, winner.layer, winner.place, lost)
