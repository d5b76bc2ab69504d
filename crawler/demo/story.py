"""The stories of the demo newspapers: the known answers of the tests."""

import json
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a sub-heading of a story."""

    text: str
    heading: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One article. Times are aware, in the outlet's zone, to the second."""

    number: int  # unique in the outlet; part of some addresses
    slug: str  # last part of the address, hyphenated words, not percent-encoded
    title: str
    subtitle: str | None
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]  # persons
    agency: str | None  # the news agency that the text is credited to
    dateline: str | None  # the city where the story was written
    section: str  # slug of one of the outlet's sections
    tags: tuple[str, ...]
    published: datetime
    modified: datetime | None
    language: str  # ISO 639-1
    quirk: str | None  # the name of a difficulty of its page; the module of the site's kind knows it

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks if not block.heading)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks if block.heading)

    @property
    def changed(self) -> datetime:
        """The moment of the last change of the page."""
        return self.modified or self.published


def load_stories(outlet: str, zone: ZoneInfo) -> tuple[Story, ...]:
    """Read the stories in articles/<outlet>.json, newest first.

    Raises KeyError, TypeError or ValueError for a wrong file, which would be a fault of the package.
    """
    text = files("crawler.demo.articles").joinpath(f"{outlet}.json").read_text(encoding="utf-8")
    stories = [story_of(entry, zone) for entry in json.loads(text)]
    return tuple(sorted(stories, key=lambda story: story.published, reverse=True))


def story_of(entry: dict[str, Any], zone: ZoneInfo) -> Story:
    """Make a story of its JSON object, which is emptied."""
    modified = entry.pop("modified", None)
    return Story(
        subtitle=entry.pop("subtitle", None),
        blocks=tuple(block_of(block) for block in entry.pop("body")),
        authors=tuple(entry.pop("authors", ())),
        agency=entry.pop("agency", None),
        dateline=entry.pop("dateline", None),
        tags=tuple(entry.pop("tags", ())),
        published=_local(entry.pop("published"), zone),
        modified=_local(modified, zone) if modified else None,
        language=entry.pop("language", "ar"),
        quirk=entry.pop("quirk", None),
        **entry,
    )


def block_of(value: str | dict[str, str]) -> Block:
    """Make a block of its JSON value."""
    return Block(value) if isinstance(value, str) else Block(value["heading"], heading=True)


def _local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)
