"""The articles that stories are made of: the newest version of each address, in the order of capture."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Self

_DAY_LENGTH = 10  # characters of 2026-01-31


@dataclass(frozen=True, slots=True)
class Member:
    """One article, as its newest version reads."""

    row: int  # in the cache
    id: str  # of the newest version
    ids: tuple[str, ...]  # of all versions, the first first
    url: str  # canonical
    site: str
    outlet: str
    country: str | None
    agency: str | None
    title: str
    published: str | None
    captured: str  # when the first version was fetched
    words: int
    unfit: str | None  # round-up or live
    digest: bytes  # of the folded text
    credits: tuple[str, ...]  # media that the text names as its source, folded
    prints: int

    @classmethod
    def of(cls, versions: list[sqlite3.Row]) -> Self:
        """Return the article of versions in the order of their fetch."""
        newest = versions[-1]
        return cls(
            row=newest["number"],
            id=newest["id"],
            ids=tuple(dict.fromkeys(version["id"] for version in versions)),
            url=newest["url"],
            site=newest["site"],
            outlet=newest["outlet"],
            country=newest["country"],
            agency=newest["agency"],
            title=newest["title"],
            published=newest["published"],
            captured=versions[0]["fetched_at"],
            words=newest["words"],
            unfit=newest["unfit"],
            digest=newest["digest"],
            credits=tuple(json.loads(newest["credits"])),
            prints=newest["prints"],
        )

    @property
    def moment(self) -> datetime:
        """The moment of publication, or else of the first capture."""
        return instant(self.published or self.captured)

    @property
    def day(self) -> str:
        """The day of that moment, on the outlet's calendar."""
        return (self.published or self.captured)[:_DAY_LENGTH]


def members(versions: Iterable[sqlite3.Row], *, sites: frozenset[str], since: str | None) -> list[Member]:
    """Return the articles of these sites (all if empty) of this day or later, in the order of their capture.

    `versions` is sorted by address.
    """
    return sorted(
        _selected(versions, sites, since), key=lambda member: (instant(member.captured), member.url)
    )


def _selected(versions: Iterable[sqlite3.Row], sites: frozenset[str], since: str | None) -> Iterator[Member]:
    for _, of_one in groupby(versions, key=lambda version: version["url"]):
        member = Member.of(list(of_one))
        if (not sites or member.site in sites) and (since is None or member.day >= since):
            yield member


def instant(text: str) -> datetime:
    """Return the instant of a moment with a zone (RFC 3339), in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
