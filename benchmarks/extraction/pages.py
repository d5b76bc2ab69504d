"""Folders of pages with known answers.

A page is `<name>.html` or `<name>.html.gz` with its answer in `<name>.json`, or a folder `<name>/` with
`page.html` and `expected.json`. A page without an answer, or whose answer is a `reason`, must yield no
article.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.arabic.bylines import parse_byline

_NO_ADDRESS = "https://example.com/page"
_FETCHED_AT = datetime(2026, 11, 21, tzinfo=UTC)
_COUNTRY_CODE = 3  # letters of com, net and other second-level names under a country's domain, at most


@dataclass(frozen=True, kw_only=True)
class Known:
    """A page and its right answer.

    `text` is None for a page that holds no article; another field is None where no answer is known.
    """

    name: str
    path: Path
    url: str
    fetched_at: datetime
    text: str | None
    site: dict[str, Any] = field(default_factory=dict)
    optional: str = ""
    title: str = ""  # empty also where the page does not show the title of the answer
    published: str | None = None
    authors: tuple[str, ...] | None = None
    section: tuple[str, ...] | None = None
    agency: str | None = None  # "" for an article without agency
    dateline: str | None = None  # "" for an article without dateline
    must_not_contain: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        """The bytes of the page, decompressed."""
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.path.suffix == ".gz" else content

    @property
    def folder(self) -> str:
        """The name of the folder that the page was loaded from."""
        return self.name.partition("/")[0]

    @property
    def outlet(self) -> str:
        """The registrable part of the page's host, which distinguishes outlets."""
        host = urlsplit(self.url).hostname or ""
        own = host.removesuffix(".example")  # corpora append it to the real host, tests have it as their own
        labels = (own if own.count(".") > 1 else host).split(".")
        under_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= _COUNTRY_CODE  # noqa: PLR2004
        return ".".join(labels[-3:] if under_country else labels[-2:])

    @property
    def half(self) -> str:
        """ "A" or "B": all pages of an outlet are in the same half, which half is by chance."""
        return "AB"[hashlib.sha256(self.outlet.encode()).digest()[0] % 2]


def load(folders: list[Path]) -> list[Known]:
    """Return all pages of the folders, by name. Raises FileNotFoundError for a folder without any."""
    found: list[Known] = []
    for folder in folders:
        pages = [
            (page.name.partition(".html")[0], page, page.with_name(page.name.partition(".html")[0] + ".json"))
            for page in sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")])
        ]
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
    fetched_at = values.get("fetched_at", values.get("fetched"))
    return Known(
        name=name,
        path=page,
        url=values.get("url", _NO_ADDRESS),
        fetched_at=_moment(fetched_at) if fetched_at else _FETCHED_AT,
        text="\n".join(values["text"]) if "text" in values else None,
        site=_described(values),
        optional="\n".join(values.get("optional", ())),
        title=values.get("title", "") if values.get("title_shown", True) else "",
        published=_published(values),
        authors=_persons(values) if {"author", "authors"} & set(values) else None,
        section=tuple(values["section"]) if "section" in values else None,
        agency=values["agency"] or "" if "agency" in values else None,
        dateline=values["dateline"] or "" if "dateline" in values else None,
        must_not_contain=tuple(values.get("must_not_contain", ())),
    )


def _published(values: dict[str, Any]) -> str | None:
    """Return the moment of publication, or only its day where no hour is known."""
    published: str | None = values.get("published")
    day_alone = published is not None and values.get("published_precision") == "day"
    return published[: len("2020-01-27")] if published is not None and day_alone else published


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("+00:00Z", "+00:00"))  # some answers name the zone twice


def _described(values: dict[str, Any]) -> dict[str, Any]:
    """Return what an answer says of the page's site; a bare name describes nothing."""
    site = values.get("site")
    return site if isinstance(site, dict) else {}


def _persons(values: dict[str, Any]) -> tuple[str, ...]:
    """Return the persons of an answer. Some answers give a dateline, a desk or the outlet as their author."""
    given = values.get("authors", values.get("author")) or ()
    if isinstance(given, str):
        return parse_byline(given).authors
    return tuple(given)
