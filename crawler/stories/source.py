"""The likely source of a story, with the evidence for it. Pure.

Never a claim about the world: what is known is what this archive saw.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from crawler.arabic.search_forms import fold
from crawler.stories.members import Member

_CLEAR = timedelta(minutes=5)  # by which the first publication must come before the second
_SHORTEST_NAME = 4  # letters of an outlet's name that is looked for in credits


@dataclass(frozen=True, slots=True)
class Source:
    """Where a story probably comes from."""

    kind: str  # agency, outlet or unknown
    name: str | None
    evidence: str  # one sentence


def likely_source(story: list[Member]) -> Source:
    """Return the agency that the articles name, else the outlet that they name, else the first to publish."""
    agencies = Counter(member.agency for member in story if member.agency)
    if agencies:
        name, count = max(agencies.items(), key=lambda item: (item[1], item[0]))
        return Source("agency", name, f"{count} of {len(story)} articles name the agency")
    outlets = {member.outlet for member in story}
    named = Counter(
        outlet
        for outlet in outlets
        if len(fold(outlet)) >= _SHORTEST_NAME
        for member in story
        if member.outlet != outlet and any(fold(outlet) in credit for credit in member.credits)
    )
    if named:
        name, count = max(named.items(), key=lambda item: (item[1], item[0]))
        return Source("outlet", name, f"{count} of {len(story)} articles name the outlet as their source")
    if len(outlets) == 1:
        return Source("outlet", story[0].outlet, "no other outlet of this archive has the story")
    dated = sorted((member for member in story if member.published), key=lambda member: member.moment)
    if len(dated) == len(story):
        second = next((member for member in dated if member.outlet != dated[0].outlet), None)
        if second is not None and second.moment - dated[0].moment >= _CLEAR:
            minutes = int((second.moment - dated[0].moment).total_seconds() // 60)
            return Source(
                "outlet",
                dated[0].outlet,
                f"its date is {minutes} minutes before the next outlet's in this archive",
            )
    return Source("unknown", None, "no article names a source, and the dates do not tell")
