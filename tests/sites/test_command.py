"""scrapy sites shows every site, and what each was checked against."""

import json
from collections import Counter
from pathlib import Path

from tests.crawl.running import scrapy
from tests.sites.cases import SITES


def test_the_table_counts_what_was_checked_how(tmp_path: Path) -> None:
    result = scrapy("sites", settings={"ARCHIVE": str(tmp_path / "none")})
    assert result.returncode == 0, result.stderr
    count = Counter(site.checked for site in SITES.values())
    for status in ("recorded", "live", "declared"):
        assert f"{count[status]} {status} (" in result.stdout
    assert all(f" {name} " in result.stdout for name in SITES)


def test_the_json_says_it_of_each(tmp_path: Path) -> None:
    result = scrapy("sites", "--json", settings={"ARCHIVE": str(tmp_path / "none")})
    assert {row["name"]: row["checked"] for row in json.loads(result.stdout)} == {
        name: site.checked for name, site in SITES.items()
    }
