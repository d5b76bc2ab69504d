"""Archives to search in: tables written by the code that writes those of a crawl."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from crawler.archive.names import month_of, table_key
from crawler.items import Article, article_id
from crawler.search.index import Index, open_index
from crawler.storage import open_storage
from crawler.tables.table_file import sized, write_table_file

BEGAN = datetime(2026, 11, 1, 8, tzinfo=UTC)


def story(number: int, text: str, **given: Any) -> Article:
    """Make an article; what is not given is made of its number."""
    site = given.get("site", "warraq_example")
    url = given.get("url", f"https://{site.replace('_', '.')}/{number}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    values: dict[str, Any] = {
        "id": article_id(url, digest),
        "url": url,
        "canonical_url": url,
        "site": site,
        "outlet": "ورّاق",
        "language": "ar",
        "title": f"الحكاية {number}",
        "text": text,
        "word_count": len(text.split()),
        "text_sha256": digest,
        "fetched_at": BEGAN + timedelta(minutes=number),
        "http_status": 200,
        "warc_file": "warc/w.warc.gz",
        "warc_offset": number,
        "extractor": "warraq 0",
        "rules_digest": "0" * 16,
    }
    for name in ("published", "fetched_at"):
        if isinstance(given.get(name), str):
            given[name] = datetime.fromisoformat(given[name])
    if given.get("published"):
        values["published_precision"] = "minute"
    return Article(**(values | given))


@dataclass
class Library:
    """An archive in a folder, and the place of its index."""

    root: Path
    cache: Path
    runs: int = 0

    def add(self, *articles: Article) -> list[str]:
        """Write the tables of one run, by site and month; return their keys."""
        self.runs += 1
        keys = []
        rows = sorted((each.record() for each in articles), key=_table)
        for part, ((site, month), group) in enumerate(groupby(rows, key=_table), 1):
            run_id = f"{BEGAN + timedelta(hours=self.runs):%Y%m%d%H%M%S}-{site}-{self.runs:06x}"
            key = table_key("articles", site=site, month=month, run_id=run_id, part=part)
            write_table_file(self.root / key, map(sized, group), site=site, run_id=run_id)
            keys.append(key)
        return keys

    def open(self, **more: Any) -> Index:
        return open_index(open_storage(str(self.root)), cache=self.cache, **more)

    @property
    def index_folder(self) -> Path:
        [folder] = [each for each in self.cache.glob("*/*") if each.is_dir()]
        return folder


def _table(row: dict[str, Any]) -> tuple[str, str]:
    return row["site"], month_of(row["published"])


def titles(found: Sequence[Any]) -> list[str]:
    """Return the titles of hits."""
    return [hit.title for hit in found]
