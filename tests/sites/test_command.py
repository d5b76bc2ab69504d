"""scrapy sites shows every site, and what each was checked against."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.crawl.running import scrapy
from tests.sites.cases import SITES


def test_the_table_counts_what_was_checked_how(tmp_path: Path) -> None:
    result = scrapy("sites", settings={"ARCHIVE": str(tmp_path / "none")})
    assert result.returncode == 0, result.stderr
    count = Counter(site.checked for site in SITES.values())
    for status in ("recorded", "live", "listed", "declared"):
        assert f"{count[status]} {status} (" in result.stdout
    assert all(f" {name} " in result.stdout for name in SITES)


def test_the_json_says_it_of_each(tmp_path: Path) -> None:
    result = scrapy("sites", "--json", settings={"ARCHIVE": str(tmp_path / "none")})
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert {name: row["checked"] for name, row in rows.items()} == {
        name: site.checked for name, site in SITES.items()
    }
    assert rows["alriyadh"]["claims"]["domain"]["value"] == "alriyadh.com"
    assert "wikidata" in rows["alriyadh"]["claims"]["domain"]["known_from"]


@pytest.mark.parametrize(
    ("words", "code", "output"),
    [
        (["alriyadh"], 0, "known from"),
        (["step_agency"], 0, "Step News Agency"),
        (["--country", "so"], 0, "sonna"),
        (["--kind", "agency", "--country", "SY", "--csv"], 0, "\nsana,"),
        (["--count", "--checked", "listed"], 0, "in two lists"),
        (["--count", "--json"], 0, '"two_lists"'),
        (["nowhere"], 2, "There is no site 'nowhere'"),
        (["--checked", "seen"], 2, "is unknown"),
        (["--json", "--csv"], 2, "Choose one"),
    ],
)
def test_a_part_of_the_list(words: list[str], code: int, output: str, tmp_path: Path) -> None:
    result = scrapy("sites", *words, settings={"ARCHIVE": str(tmp_path / "none")})
    assert result.returncode == code, result.stderr
    assert output in (result.stderr if code else result.stdout)
