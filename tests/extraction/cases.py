"""Pages with their expected records: data of the tests in this folder."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.items import Candidate, Page
from crawler.site import Site, unknown_site

PAGES = Path(__file__).parent / "pages"
FETCHED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def names() -> list[str]:
    return sorted(folder.name for folder in PAGES.iterdir() if folder.is_dir())


def load(name: str) -> tuple[Page, Site, dict[str, Any]]:
    """The page of a case, its site and what is expected of it."""
    expected = json.loads((PAGES / name / "expected.json").read_text("utf-8"))
    page = page_of(
        (PAGES / name / "page.html").read_bytes(),
        expected["url"],
        fetched_at=datetime.fromisoformat(expected["fetched_at"]),
    )
    return page, site_of(expected["url"], **expected.get("site", {})), expected


def page_of(
    body: bytes | str,
    url: str = "https://paper.example/news/1",
    *,
    fetched_at: datetime = FETCHED_AT,
    content_type: str | None = "text/html",
    status: int = 200,
    candidate: Candidate | None = None,
) -> Page:
    return Page(
        url=url,
        body=body.encode() if isinstance(body, str) else body,
        http_status=status,
        content_type=content_type,
        fetched_at=fetched_at,
        candidate=candidate,
    )


def site_of(url: str, **values: Any) -> Site:
    """The undescribed site of a URL, or one with some values described."""
    unknown = unknown_site(urlsplit(url).netloc)
    if not values:
        return unknown
    return Site(
        name=unknown.name,
        domain=unknown.domain,
        outlet_ar=unknown.outlet_ar,
        outlet_en=unknown.outlet_en,
        **values,
    )


def answer(page: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(page.with_suffix(".json").read_text("utf-8"))
    return values
