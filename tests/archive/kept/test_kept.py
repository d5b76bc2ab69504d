"""An archive of version 0.1 verifies, exports, resumes and compacts with the code of today."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from crawler.tables.columns import COLUMNS
from crawler.verify import Options, verify
from tests.archive.kept.newspaper import HOME, HOST, LATER, STORIES, answers, path_of
from tests.crawl.archive_reading import articles, leftovers, run_stats
from tests.crawl.running import crawl, scrapy
from tests.servers.paper import open_paper

FOLDER = Path(__file__).parent
UNKNOWN = (11, LATER)  # the stories that the archive does not hold


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with tarfile.open(FOLDER / "archive.tar.gz") as file:
        file.extractall(tmp_path / "archive", filter="data")
    return tmp_path / "archive"


def exported(archive: Path) -> list[dict[str, Any]]:
    target = archive.parent / f"{len(list(archive.parent.iterdir()))}.jsonl"
    result = scrapy("export", str(archive), "-o", str(target))
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def test_it_verifies_and_exports_the_same_rows(archive: Path) -> None:
    assert verify(str(archive), Options()).faults == []
    kept = [json.loads(line) for line in (FOLDER / "articles.jsonl").read_text("utf-8").splitlines()]
    assert exported(archive) == [dict.fromkeys(COLUMNS) | row for row in kept]


def test_a_crawl_finishes_the_killed_run_and_asks_for_nothing_known(archive: Path) -> None:
    with open_paper(answers("later")) as paper:
        port = paper.home.rstrip("/").rpartition(":")[2]
        result = crawl(
            "news",
            archive,
            arguments={"url": HOME},
            connect_to=[f"{HOST}:80:127.0.0.1:{port}"],
            settings={"RECHECK": ""},  # the archive grows older, and a known article may be due again
        )
    assert result.returncode == 0, result.stderr[-3000:]
    stories = [path for path in paper.paths() if path.startswith("/2026/")]
    assert sorted(stories) == sorted(map(path_of, UNKNOWN))
    assert leftovers(archive) == []
    assert [run["reason"] for run in run_stats(archive)] == ["finished", "finished", "killed", "finished"]
    wanted = sorted(path_of(number) for number in (*STORIES, LATER))
    assert sorted(row["url"].removeprefix(HOME[:-1]) for row in articles(archive)) == wanted
    before = sorted(exported(archive), key=lambda row: row["url"])
    assert scrapy("compact", str(archive)).returncode == 0
    assert len(list(archive.glob("articles/**/*.parquet"))) == 1
    assert sorted(exported(archive), key=lambda row: row["url"]) == before
    assert verify(str(archive), Options()).faults == []
    coverage = scrapy("coverage", str(archive), "--json")
    assert coverage.returncode == 0, coverage.stderr
    assert json.loads(coverage.stdout)["total"]["articles"] == len(wanted)
