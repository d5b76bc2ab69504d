"""Articles, and archives that hold them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.items import Article
from crawler.run.journal import Journal
from crawler.run.parquet import write_parquet

MakeArticle = Callable[..., Article]


@pytest.fixture
def article() -> MakeArticle:
    """Make an article; what is not given is invented."""

    def make(**given: Any) -> Article:
        values: dict[str, Any] = {
            "id": "0" * 32,
            "url": "https://warraq.example/1",
            "canonical_url": "https://warraq.example/1",
            "site": "warraq_example",
            "outlet": "ورّاق",
            "title": "سوق الورّاقين",
            "text": "كان في بغداد مئة حانوت للورّاقين.\nوكان كلّ حانوت مجلسًا.",
            "word_count": 10,
            "text_sha256": "0" * 64,
            "fetched_at": datetime(2026, 11, 21, 22, 55, tzinfo=UTC),
            "http_status": 200,
            "extractor": "warraq 0.1",
            "rules_digest": "0" * 16,
        }
        return Article(**(values | given))

    return make


def add_run(archive: Path, number: int, *articles: Article, site: str = "warraq_example") -> None:
    """Add the tables of one run to an archive."""
    journal = Journal(archive / "journal")
    for each in articles:
        journal.append(each)
    closed = journal.close()
    assert closed is not None
    write_parquet(closed, archive, site=site, run_id=f"202603{number:02d}120000-{site}-{number:06d}", part=1)
    closed.unlink()
