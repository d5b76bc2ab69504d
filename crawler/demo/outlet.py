"""The value of a demo newspaper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from crawler.demo.exchange import Reply, Request
from crawler.demo.story import Story


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A section of a newspaper: its name in addresses and its name on pages."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A newspaper: its identity, its stories, and the kind of its site."""

    key: str
    host: str
    name_ar: str
    name_en: str
    country: str  # ISO 3166-1 alpha-2
    timezone: str  # IANA
    sections: tuple[Section, ...]
    stories: tuple[Story, ...]  # newest first
    shape: "Shape"
    boilerplate: tuple[str, ...]  # text on the page of every article that belongs to no article

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def home(self) -> str:
        return f"http://{self.host}/"

    @property
    def changed(self) -> datetime:
        return max(story.changed for story in self.stories)

    def section_name(self, slug: str) -> str:
        return next(section.name for section in self.sections if section.slug == slug)

    def in_section(self, slug: str) -> tuple[Story, ...]:
        return tuple(story for story in self.stories if story.section == slug)

    def url(self, story: Story, origin: str | None = None) -> str:
        """Return the canonical address of a story, percent-encoded with upper-case digits."""
        return f"{origin or self.home.rstrip('/')}{quote(self.shape.path(story))}"

    def article_urls(self, origin: str | None = None) -> list[str]:
        """Return the addresses of all stories, newest first."""
        return [self.url(story, origin) for story in self.stories]

    def answer(self, request: Request) -> Reply:
        return self.shape.answer(self, request)


class Shape(Protocol):
    """A module that makes the pages of a kind of site."""

    def path(self, story: Story) -> str:
        """Return the path of a story's page, not percent-encoded."""
        ...

    def answer(self, outlet: Outlet, request: Request) -> Reply: ...


def batch(stories: Sequence[Story], page: str, size: int) -> Sequence[Story]:
    """Return the stories on a page of a list (the first is "1"), or none for another text."""
    if not page.isascii() or not page.isdecimal():
        return ()
    number = int(page[:9])
    return stories[(number - 1) * size : number * size] if number else ()


def batches(stories: Sequence[Story], size: int) -> int:
    """Return the number of pages of a list, at least one."""
    return max(1, -(-len(stories) // size))
