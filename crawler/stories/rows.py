"""The rows of the tables in `stories/`, from what was found. Pure, apart from reading fingerprints."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from crawler.stories.finding import Found
from crawler.stories.members import Member
from crawler.stories.prints import Prints
from crawler.stories.source import Source, likely_source

_SHARED = 0.5  # share of a paragraph's fingerprints by which it is the same paragraph


class Rows:
    """Makes the rows of each table."""

    def __init__(self, found: Found, prints_of: Callable[[int], Prints]) -> None:
        self._found = found
        self._prints_of = prints_of
        self._sources: dict[int, Source] = {}
        self._articles: list[dict[str, Any]] = []
        for number, story in self._stories():
            self._sources[number] = likely_source(story)
            self._articles += self._of_story(story)

    def stories(self) -> Iterator[dict[str, Any]]:
        for number, story in self._stories():
            dated = [member for member in story if member.published]
            source = self._sources[number]
            yield {
                "story": story[0].ids[0],
                "articles": len(story),
                "outlets": len({member.outlet for member in story}),
                "title": story[0].title,
                "first_captured": story[0].captured,
                "first_published": min(dated, key=lambda each: each.moment).published if dated else None,
                "source_kind": source.kind,
                "source": source.name,
                "evidence": source.evidence,
                "merged": [
                    self._found.members[each].ids[0] for each in self._found.grouped.merged.get(number, [])
                ],
            }

    def articles(self) -> Iterator[dict[str, Any]]:
        return iter(self._articles)

    def pairs(self) -> Iterator[dict[str, Any]]:
        for pair in self._found.pairs:
            ids = (self._found.members[pair.first].id, self._found.members[pair.second].id)
            yield asdict(pair) | {"first": ids[0], "second": ids[1]}

    def left_out(self) -> Iterator[dict[str, Any]]:
        round_ups = set(self._found.grouped.round_ups)
        for number, member in enumerate(self._found.members):
            if member.unfit is not None or number in round_ups:
                yield {
                    "id": member.id,
                    "canonical_url": member.url,
                    "reason": member.unfit or "round-up",
                }

    def sources(self) -> Iterator[tuple[Source, list[Member], list[dict[str, Any]]]]:
        """Yield the source of each story with its articles and their rows."""
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._articles:
            rows[row["story"]].append(row)
        for number, story in self._stories():
            yield self._sources[number], story, rows[story[0].ids[0]]

    def _stories(self) -> Iterator[tuple[int, list[Member]]]:
        for number, numbers in self._found.grouped.stories.items():
            yield number, [self._found.members[each] for each in numbers]

    def _of_story(self, story: list[Member]) -> Iterator[dict[str, Any]]:
        first = set(self._prints_of(story[0].row).hashes)
        by_date = sorted(
            (member for member in story if member.published), key=lambda each: (each.moment, each.url)
        )
        places = {member.url: place for place, member in enumerate(by_date, 1)}
        for place, member in enumerate(story, 1):
            own = self._prints_of(member.row)
            shared = [value in first for value in own.hashes]
            yield {
                "story": story[0].ids[0],
                "id": member.id,
                "ids": list(member.ids),
                "canonical_url": member.url,
                "site": member.site,
                "outlet": member.outlet,
                "title": member.title,
                "published": member.published,
                "first_captured": member.captured,
                "order_published": places.get(member.url),
                "order_captured": place,
                "words": member.words,
                "in_first": round(sum(shared) / max(1, len(shared)), 4),
                "of_first": round(sum(shared) / max(1, len(first)), 4),
                "shared_paragraphs": _shared_paragraphs(own, shared),
            }


def _shared_paragraphs(own: Prints, shared: list[bool]) -> list[int]:
    every = Counter(own.paragraphs)
    found = Counter(paragraph for paragraph, also in zip(own.paragraphs, shared, strict=True) if also)
    return sorted(paragraph for paragraph, count in found.items() if count >= _SHARED * every[paragraph])
