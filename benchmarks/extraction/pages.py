"""Folders of pages with known answers.

A page is `<name>.html` with its answer in `<name>.json`, or a folder `<name>/` with `page.html` and
`expected.json`. A page without an answer, or whose answer is a `reason`, must yield no article.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.arabic.bylines import parse_byline

_NO_ADDRESS = "https://example.com/page"
_FETCHED_AT = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A page and what is true of it; `text` is None where it holds no article."""

    name: str
    path: Path
    url: str
    fetched_at: datetime
    text: str | None
    site: dict[str, Any] = field(default_factory=dict)
    optional: str = ""
    title: str = ""
    published: str | None = None
    authors: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()


def load(folders: list[Path]) -> list[Known]:
    """All pages of the folders, by name. Raises FileNotFoundError for a folder without any."""
    found: list[Known] = []
    for folder in folders:
        pages = [(page.stem, page, page.with_suffix(".json")) for page in sorted(folder.glob("*.html"))]
        pages += [
            (page.parent.name, page, page.parent / "expected.json")
            for page in sorted(folder.glob("*/page.html"))
        ]
        if not pages:
            raise FileNotFoundError(f"No pages in {folder}.")
        found += [_known(f"{folder.name}/{name}", page, answer) for name, page, answer in pages]
    return found


def _known(name: str, page: Path, answer: Path) -> Known:
    values: dict[str, Any] = json.loads(answer.read_text("utf-8")) if answer.exists() else {}
    fetched_at = values.get("fetched_at")
    return Known(
        name=name,
        path=page,
        url=values.get("url", _NO_ADDRESS),
        fetched_at=datetime.fromisoformat(fetched_at) if fetched_at else _FETCHED_AT,
        text="\n".join(values["text"]) if "text" in values else None,
        site=_described(values),
        optional="\n".join(values.get("optional", ())),
        title=values.get("title", ""),
        published=values.get("published"),
        authors=_persons(values),
        section=tuple(values.get("section", ())),
        must_not_contain=tuple(values.get("must_not_contain", ())),
    )


def _described(values: dict[str, Any]) -> dict[str, Any]:
    """What an answer says of the page's site; a bare name is no description."""
    site = values.get("site")
    return site if isinstance(site, dict) else {}


def _persons(values: dict[str, Any]) -> tuple[str, ...]:
    """The persons of an answer: a dateline, a desk or the outlet stands in some where an author would."""
    given = values.get("authors", values.get("author")) or ()
    names = [given] if isinstance(given, str) else given
    return tuple(person for name in names for person in parse_byline(name).authors)
