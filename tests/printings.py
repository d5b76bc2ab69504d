"""Archives whose articles share text: the demo newspapers' stories, cut and quoted."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.items import Article, article_id
from tests.articles import MakeArticle, add_run

TEXTS = ["\n".join(story.paragraphs) for outlet in OUTLETS.values() for story in outlet.stories]
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
Printing = Callable[..., Article]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def printing(article: MakeArticle) -> Printing:
    """Make an article of an outlet with a text, published and captured some hours after the start."""

    def make(site: str, text: str, hours: float, **more: Any) -> Article:
        digest = hashlib.sha256(text.encode()).hexdigest()
        url = more.pop("url", f"https://{site}.example/{digest[:12]}")
        moment = START + timedelta(hours=hours)
        values = {
            "canonical_url": url,
            "url": url,
            "id": article_id(url, digest),
            "site": site,
            "outlet": site.upper(),
            "text": text,
            "text_sha256": digest,
            "word_count": len(text.split()),
            "published": moment,
            "fetched_at": moment + timedelta(hours=1),
            "title": text.partition("\n")[0][:40],
        }
        return article(**(values | more))

    return make


def archive_of(root: Path, *runs: list[Article]) -> Path:
    """Write articles as runs, one for each site of each list."""
    number = 0
    for run in runs:
        for site in sorted({each.site for each in run}):
            number += 1
            add_run(root, number, *(each for each in run if each.site == site), site=site)
    return root
