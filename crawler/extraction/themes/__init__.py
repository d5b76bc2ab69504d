"""WordPress themes that are common on Arabic sites: where each puts the parts of an article.

One JSON file a theme, keys as in `Site.selectors`, with `hints` (pieces of source, one of which every page
of the theme holds: looked for first) and `recognise` (any match means the page is of the theme). Found by
hand in the markup; what a theme marks up in schema.org or OpenGraph is not repeated.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lxml import html

from crawler.extraction.css import select

FIELDS = ("title", "subtitle", "body", "authors", "published", "section", "tags", "prune")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme's name and, for each field, its CSS selectors, best first."""

    name: str
    hints: tuple[bytes, ...]
    recognise: tuple[str, ...]
    selectors: dict[str, tuple[str, ...]]


@cache
def themes() -> tuple[Theme, ...]:
    """All known themes, in the order of their names. Raises ValueError for a file with an unknown key."""
    files = [entry for entry in resources.files(__package__).iterdir() if entry.name.endswith(".json")]
    return tuple(_theme(entry.read_text("utf-8")) for entry in sorted(files, key=lambda entry: entry.name))


def recognise(root: html.HtmlElement, source: bytes) -> Theme | None:
    """Return the theme of a page, or None."""
    for theme in themes():
        if any(hint in source for hint in theme.hints) and any(select(css, root) for css in theme.recognise):
            return theme
    return None


def _theme(source: str) -> Theme:
    values = json.loads(source)
    unknown = set(values) - {"name", "hints", "recognise", *FIELDS}
    if unknown:
        raise ValueError(f"Theme {values.get('name')!r} has unknown keys: {sorted(unknown)}")
    selectors = {field: tuple(values.get(field, ())) for field in FIELDS}
    hints = tuple(hint.encode() for hint in values["hints"])
    return Theme(values["name"], hints, tuple(values["recognise"]), selectors)
