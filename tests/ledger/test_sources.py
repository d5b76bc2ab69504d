"""Sources as text in the ledger, and back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from crawler.discovery.dated import Dated
from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.scope import Scope
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Answer, Finding, Lookup, Source, Window
from crawler.discovery.wordpress import WordPress
from crawler.ledger.lookups import Sources, packed_trail, unpacked_trail


@dataclass(frozen=True)
class Own:
    """A site's own way of finding articles, which this project does not know."""

    pages: int = 1
    kind: ClassVar[str] = "own"

    def lookups(self, window: Window) -> Iterator[Lookup]:
        raise NotImplementedError

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        raise NotImplementedError


@pytest.mark.parametrize(
    "source",
    [
        Detect("https://paper.example/"),
        Feed("https://paper.example/تغذية", pages=3),
        Listing("https://paper.example/news", pages=5, paging="?page={page}"),
        Sitemap("https://paper.example/sitemap.xml"),
        WordPress("https://paper.example/", pages=7),
        Dated("https://paper.example/{yyyy}/{mm}/{dd}/", first="2015-01-01"),
        Own(3),
    ],
)
def test_a_source_comes_back(source: Source) -> None:
    sources = Sources([Own(3)])
    assert sources.source(sources.text(source)) == source


def test_a_source_outside_the_site_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be remembered: list it in its Site's sources"):
        Sources([Own(1)]).text(Own(2))


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "gopher"},
        {"kind": "feed"},
        {"kind": "feed", "url": "x", "wheels": 4},
        {"kind": "feed", "url": "x", "pages": 0},
        {"place": 7, "is": "Own(pages=1)"},
        {"place": 0, "is": "Own(pages=2)"},
        {"place": 0},
        [],
        7,
    ],
)
def test_texts_of_removed_sources_raise(value: object) -> None:
    with pytest.raises(ValueError, match=r"not a source|changed since|pages must be"):
        Sources([Own(1)]).source(json.dumps(value))


def test_trails() -> None:
    trail = frozenset({"https://paper.example/خبر", "x" * 10_000})
    assert unpacked_trail(packed_trail(trail)) == trail
    for damaged in (b"", b"not a trail", packed_trail(trail)[:-9]):
        with pytest.raises(ValueError, match=r"not a trail|Expecting value|Unterminated|line"):
            unpacked_trail(damaged)
    bomb = packed_trail(frozenset({"x" * 70_000_000}))
    with pytest.raises(ValueError, match="too long"):
        unpacked_trail(bomb)
