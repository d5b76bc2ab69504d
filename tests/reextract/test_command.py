"""scrapy reextract as a user runs it, on what real crawls left."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.demo.outlets import OUTLETS
from tests.crawl.running import PROJECT, scrapy
from tests.reextract.conftest import PAPERS
from tests.servers.s3 import environment, objects
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived

SITE = "wadi_example"
# What says when and by what an article was read; all else must be the same under the same rules.
OF_THE_READING = {"rules_digest", "extractor"}
# A process that dies as from a power cut once some pages are read.
KILLED = """
import os, signal, sys
from crawler.reextract import workbook
keep, left = workbook.Workbook.keep, [int(os.environ["PAGES"])]
def keep_some(self, *values):
    keep(self, *values)
    self.commit()
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
workbook.Workbook.keep = keep_some
if __name__ == "__main__":
    from scrapy.cmdline import execute
    execute(["scrapy", *sys.argv[1:]])
"""


def rows(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """By the record that they were read from."""
    found = [
        row
        for path in sorted(folder.rglob("*.parquet"))
        for row in pq.read_table(path, partitioning=None).to_pylist(maps_as_pydicts="strict")
    ]
    by_record = {(row["warc_file"], row["warc_offset"]): row for row in found}
    assert len(by_record) == len(found)
    return by_record


def without_reading(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OF_THE_READING}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".spool" not in path.parts
    }


def changes(archive: Path, site: str = SITE) -> list[dict[str, Any]]:
    [path] = archive.glob(f"runs/*-{site}-*/changes.parquet")
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def rewritten(archive: Path, change: Any) -> None:
    """Change the rows of articles/ as if other rules had read them."""
    for path in sorted(archive.glob(f"articles/site={SITE}/**/*.parquet")):
        table = pq.read_table(path, partitioning=None)
        found = table.to_pylist(maps_as_pydicts="strict")
        pq.write_table(pa.Table.from_pylist(list(map(change, found)), schema=table.schema), path)


def test_the_same_rules_read_the_same_articles_and_nothing_else_changes(archive: Path) -> None:
    before = digests(archive)
    result = scrapy("reextract", str(archive), "--generation", "again", "--lanes", "2")
    assert (result.returncode, result.stderr) == (0, "")
    for paper in PAPERS:
        count = len(OUTLETS[paper].stories)
        assert f"{count} articles into articles-again/, {count} the same as before" in " ".join(
            result.stdout.split()
        )
    old, new = rows(archive / "articles"), rows(archive / "articles-again")
    assert old.keys() == new.keys()
    for record, row in old.items():
        assert without_reading(new[record]) == without_reading(row)
    after = digests(archive)
    assert before.items() <= after.items(), "what the manifests promised before is as it was"
    assert not (archive / ".spool" / "reextraction" / "again").exists()
    checked = scrapy("verify", str(archive), "--json")
    assert (checked.returncode, json.loads(checked.stdout)["faults"]) == (0, [])


def test_a_generation_is_one_sorted_file_a_month_that_says_its_schema(archive: Path) -> None:
    assert scrapy("reextract", str(archive), "--site", SITE, "--generation", "again").returncode == 0
    months = sorted((archive / f"articles-again/site={SITE}").iterdir())
    assert [path.name for path in months] == [
        path.name for path in sorted((archive / f"articles/site={SITE}").iterdir())
    ]
    for month in months:
        [path] = month.iterdir()
        table = pq.read_table(path, partitioning=None)
        published = table.column("published").to_pylist()
        assert published == sorted(published)
        assert table.schema.metadata[b"warraq.schema_version"].isdigit()


def test_it_is_done_once_and_goes_on_with_what_came_since(archive: Path, tmp_path: Path) -> None:
    [warc] = archive.glob(f"warc/{SITE}/**/*.warc.gz")
    later = tmp_path / warc.name
    warc.rename(later)
    (other,) = archive.glob("warc/zaytoun_example/**/*.warc.gz")
    warc.with_name(other.name.replace("zaytoun", "wadi")).write_bytes(other.read_bytes())
    first = scrapy("reextract", str(archive), "--site", SITE)
    assert first.returncode == 0, first.stderr
    later.rename(warc)
    second = scrapy("reextract", str(archive), "--site", SITE)
    assert f"{len(OUTLETS['wadi'].stories)} articles into articles-rules-" in second.stdout
    third = scrapy("reextract", str(archive), "--site", SITE)
    assert (third.returncode, "holds every page of it already" in third.stdout) == (0, True)
    assert len(list(archive.glob(f"articles-rules-*/_read/*-{SITE}-*.json"))) == 2


def test_each_change_is_told_and_kept(archive: Path) -> None:
    def otherwise(row: dict[str, Any]) -> dict[str, Any]:
        layers = row["layers"] | {"title": "meta", "text": "structure of old"}
        return row | {"title": "وادي - " + row["title"], "published": None, "tags": [], "layers": layers}

    rewritten(archive, otherwise)
    result = scrapy("reextract", str(archive), "--site", SITE)
    assert result.returncode == 0
    assert "0 the same as before" in result.stdout
    changed = changes(archive)
    titles = [change for change in changed if change["field"] == "title"]
    assert len(titles) == len(OUTLETS["wadi"].stories)
    for change in titles:
        assert change["kind"] == "changed"
        assert change["before"] == f"وادي - {change['after']}"
        assert change["layer_before"] == "meta" != change["layer_after"]
    assert {change["kind"] for change in changed if change["field"] == "published"} == {"gained"}
    assert {change["kind"] for change in changed if change["field"] == "text"} == {"layer"}
    for word in ("title", "changed", "gained", "وادي", "structure of old"):
        assert word in result.stdout


@pytest.mark.parametrize("pages", [1, 12])
def test_a_kill_costs_nothing(archive: Path, tmp_path: Path, pages: int) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    words = ["reextract", str(archive), "--site", SITE, "--generation", "again"]
    killed = subprocess.run(
        [sys.executable, str(program), *words],
        cwd=PROJECT,
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "PAGES": str(pages)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9, killed.stderr
    assert not list(archive.glob("articles-again/**/*.parquet"))
    result = scrapy(*words)
    assert (result.returncode, result.stderr) == (0, "")
    old = rows(archive / f"articles/site={SITE}")
    assert rows(archive / "articles-again").keys() == old.keys()
    assert scrapy("verify", str(archive)).returncode == 0


def test_a_torn_file_is_read_to_the_tear_and_told(archive: Path) -> None:
    [warc] = archive.glob(f"warc/{SITE}/**/*.warc.gz")
    warc.write_bytes(warc.read_bytes()[:-1000])
    result = scrapy("reextract", str(archive), "--generation", "again")
    assert result.returncode == 1
    assert f"{SITE}: " in result.stderr
    assert warc.name in result.stderr
    assert "Traceback" not in result.stderr
    assert len(rows(archive / "articles-again")) >= len(OUTLETS["zaytoun"].stories)


def test_a_generation_of_other_rules_is_left_alone(archive: Path) -> None:
    words = ["reextract", str(archive), "--site", SITE, "--generation", "again"]
    assert scrapy(*words).returncode == 0
    [record] = archive.glob("articles-again/_read/*.json")
    value = json.loads(record.read_text())
    record.write_text(json.dumps(value | {"rules": "0" * 64}))
    result = scrapy(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert "was made by other rules" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--generation", "../x"], 2, "is not a name"),
        (["--lanes", "none"], 2, "is not a number of processes"),
        (["--lanes", "0"], 2, "is not a number of processes"),
        (["--site", "absent"], 2, "has no site 'absent'"),
        (["{}/none"], 1, "there is no such folder"),
    ],
)
def test_mistakes_are_told_in_one_sentence(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    (tmp_path / "archive/warc/some").mkdir(parents=True)
    where = [] if words[0].startswith("{}") else [str(tmp_path / "archive")]
    result = scrapy("reextract", *where, *(word.format(tmp_path) for word in words))
    assert (result.returncode, result.stdout) == (code, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_on_s3(archive: Path, swift: Swift, bucket: str, tmp_path: Path) -> None:
    Archived(archive).copy_to(f"s3://{bucket}/p", swift)
    result = scrapy(
        "reextract",
        f"s3://{bucket}/p",
        "--generation",
        "again",
        settings={"SPOOL": str(tmp_path / "spool")},
        env=environment(swift),
    )
    assert result.returncode == 0, result.stderr
    keys = objects(swift, bucket)
    tables = {key for key in keys if key.startswith("p/articles-again/") and key.endswith(".parquet")}
    months = {key.rpartition("/")[0] for key in keys if key.startswith("p/articles/")}
    assert {key.rpartition("/")[0].replace("-again", "") for key in tables} == months
    assert not list((tmp_path / "spool").rglob("*.parquet"))
    checked = scrapy("verify", f"s3://{bucket}/p", env=environment(swift))
    assert checked.returncode == 0, checked.stdout
