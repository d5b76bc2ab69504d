"""A recorded page with what is true of it: the test of one site, as data. Pure but for the folder given.

`<folder>/<site>/<case>/page.html` holds the bytes as served, `expected.json` the address, the moment of the
answer, its content type, and the fields of the article. An empty or absent field stands as null or [].
"""

import json
from pathlib import Path
from typing import Any

from crawler.errors import ArchiveError
from crawler.items import Article, Page

_FIELDS = ("title", "subtitle", "authors", "agency", "dateline", "section", "tags", "language")
_DAY = len("2026-01-31")


def expected_of(page: Page, article: Article) -> dict[str, Any]:
    """What a case says of a page that was read; JSON-able."""
    published, modified = article.published, article.modified
    shown = published.isoformat() if published else None
    record = article.record()
    return {
        "url": page.url,
        "fetched_at": page.fetched_at.isoformat(),
        "content_type": page.content_type,
        **{name: record[name] for name in _FIELDS},
        "published": shown[:_DAY] if shown and article.published_precision == "day" else shown,
        "precision": article.published_precision,
        "modified": modified.isoformat()[:_DAY] if modified else None,
        "text": article.text.split("\n"),
    }


def write_case(folder: Path, page: Page, article: Article) -> None:
    """Write the case into a folder that is made for it. Raises ArchiveError where that cannot be done."""
    expected = json.dumps(expected_of(page, article), ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True)
        (folder / "page.html").write_bytes(page.body)
        (folder / "expected.json").write_text(expected + "\n", encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror or error}.") from error
