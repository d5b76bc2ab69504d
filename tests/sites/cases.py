"""Recorded pages of the sites that are described in `spiders/`.

A case is a folder `<site's name>/<case>/` with page.html (the bytes as served) and expected.json (see
`crawler.survey.recorded_case`). Cases lie here, or below the folders that WARRAQ_CASES names: pages are their
publishers' work, and not everybody may publish them.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.utils.project import get_project_settings

from crawler.items import Page
from crawler.site import Site
from crawler.spider.loader import described_sites

HERE = Path(__file__).parent
SITES: dict[str, Site] = {site.name: site for site in described_sites(get_project_settings())}


def case_folders() -> list[Path]:
    """Every case, wherever it lies."""
    roots = [HERE, *map(Path, filter(None, os.environ.get("WARRAQ_CASES", "").split(os.pathsep)))]
    return sorted(page.parent for root in roots for page in root.glob("*/*/page.html"))


def load(folder: Path) -> tuple[Page, dict[str, Any]]:
    """The page of a case, and what is expected of it."""
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    page = Page(
        url=expected["url"],
        body=(folder / "page.html").read_bytes(),
        http_status=200,
        content_type=expected.get("content_type"),
        fetched_at=datetime.fromisoformat(expected["fetched_at"]),
    )
    return page, expected


def site_at(host: str) -> Site | None:
    """The described site that a host belongs to."""
    return next((site for site in SITES.values() if site.scope.on_site(f"https://{host}/")), None)
