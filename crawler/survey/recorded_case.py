"""Write a recorded page with its expected article: the test of a site, as data.

`<folder>/<site>/<case>/page.html` holds the bytes as served, `expected.json` the address, the moment of the
response, its content type, and the fields of the article. An empty field is null or [].
"""

import json
from pathlib import Path
from typing import Any

from crawler.errors import ArchiveError
from crawler.items import Article, Page

_FIELDS = ("title", "subtitle", "authors", "agency", "dateline", "section", "tags", "language")
_DAY = len("2026-01-31")


def expected_of(page: Page, article: Article) -> dict[str, Any]:
    """Return the expectations for a page as a value for JSON."""
    published, modified = article.published, article.modified
    moment = published.isoformat() if published else None
    record = article.record()
    return {
        "url": page.url,
        "fetched_at": page.fetched_at.isoformat(),
        "content_type": page.content_type,
        **{name: record[name] for name in _FIELDS},
        "published": moment[:_DAY] if moment and article.published_precision == "day" else moment,
        "precision": article.published_precision,
        "modified": modified.isoformat()[:_DAY] if modified else None,
        "text": article.text.split("\n"),
    }


def write_case(folder: Path, page: Page, article: Article) -> None:
    """Write a case into a new folder. Raises ArchiveError where it exists or cannot be written."""
    expected = json.dumps(expected_of(page, article), ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True)
        (folder / "page.html").write_bytes(page.body)
        (folder / "expected.json").write_text(expected + "\n", encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror or error}.") from error
