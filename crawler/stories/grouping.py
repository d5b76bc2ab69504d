"""From pairs of texts to stories. Pure, and the same for any order of the pairs.

A text that joins unrelated stories is a round-up, a live blog or a press review; it belongs to none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crawler.stories.pairs import Pair

ROUND_UP = 3  # groups of texts that only one text connects; with two it may be the source that both shortened


@dataclass(slots=True)
class Grouped:
    """Stories, by the number of their first captured text."""

    stories: dict[int, list[int]]  # sorted; at least two texts each
    merged: dict[int, list[int]] = field(
        default_factory=dict
    )  # ids that a story had beside its own, until a later text joined them
    round_ups: list[int] = field(default_factory=list)


class _Sets:
    """Disjoint sets of numbers; each set is named by its least."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def find(self, number: int) -> int:
        root = number
        while (above := self._above.get(root, root)) != root:
            root = above
        while number != root:
            self._above[number], number = root, self._above.get(number, number)
        return root

    def join(self, one: int, other: int) -> tuple[int, int]:
        """Join two sets. Returns the name that stays and the one that goes; equal if nothing changed."""
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first
        return first, second


def grouped(found: Iterable[Pair], copies: Mapping[int, int]) -> Grouped:
    """Return the stories that pairs make; `copies` gives for a text the earlier one that it equals."""
    near: dict[int, dict[int, Pair]] = defaultdict(dict)
    for pair in found:
        near[pair.first][pair.second] = near[pair.second][pair.first] = pair
    cut, round_ups = _unrelated(near)
    links: dict[int, list[int]] = defaultdict(list)  # by the later text
    for number, others in near.items():
        links[number] = [other for other in others if other < number and (other, number) not in cut]
    for copy, original in copies.items():
        links[copy].append(original)
    return _joined(links, round_ups)


def _joined(links: Mapping[int, list[int]], round_ups: list[int]) -> Grouped:
    """Join texts in the order of their capture, as an archive that grows does."""
    sets = _Sets()
    sizes: dict[int, int] = defaultdict(lambda: 1)
    merged: dict[int, list[int]] = defaultdict(list)
    members: set[int] = set()
    for number in sorted(links):
        for other in sorted(links[number]):
            stays, goes = sets.join(number, other)
            members |= {number, other}
            if stays != goes:
                if sizes[goes] > 1:
                    merged[stays] += [goes, *merged.pop(goes, [])]
                sizes[stays] += sizes.pop(goes, 1)
    stories: dict[int, list[int]] = defaultdict(list)
    for number in sorted(members):
        stories[sets.find(number)].append(number)
    return Grouped(
        {story: stories[story] for story in sorted(stories)},
        {story: sorted(ids) for story, ids in sorted(merged.items())},
        sorted(round_ups),
    )


def _unrelated(near: Mapping[int, Mapping[int, Pair]]) -> tuple[set[tuple[int, int]], list[int]]:
    """Return the links of round-ups, and the round-ups."""
    cut: set[tuple[int, int]] = set()
    round_ups = []
    for number, others in near.items():
        if len(others) < ROUND_UP:
            continue
        if len(_groups(others, near)) >= ROUND_UP:
            round_ups.append(number)
            cut |= {(min(number, other), max(number, other)) for other in others}
    return cut, round_ups


def _groups(others: Mapping[int, Pair], near: Mapping[int, Mapping[int, Pair]]) -> list[set[int]]:
    """Return the neighbours of a text, those together that are linked without it."""
    left, groups = set(others), []
    while left:
        group, waiting = set(), [min(left)]
        while waiting:
            number = waiting.pop()
            if number in left:
                left.discard(number)
                group.add(number)
                waiting += left & near[number].keys()
        groups.append(group)
    return groups
