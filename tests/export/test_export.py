"""scrapy export, from an archive made by hand."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from crawler.export.target import target_of
from crawler.export.writers import FORMATS
from crawler.tables.columns import COLUMNS
from tests import needs
from tests.articles import MakeArticle, add_run
from tests.crawl.running import PROJECT, scrapy
from tests.servers.s3 import environment
from tests.servers.swift import Swift
from tests.wacz.commanding import Ended, run_command
from tests.wacz.conftest import Archived

SITE = "warraq_example"
Exporting = Callable[..., Ended]


@pytest.fixture
def archive(tmp_path: Path, article: MakeArticle) -> Path:
    root = tmp_path / "archive"
    moment = datetime.fromisoformat
    first = {"canonical_url": "https://a/1", "published": moment("2026-02-28T10:00:00+03:00")}
    add_run(
        root, 1,
        article(**first, title="=cmd()", text="أوّل\nثانٍ", id="1", fetched_at=moment("2026-03-01T00:00:00Z")),
        article(canonical_url="https://a/2", title="بلا تاريخ", id="2", tags=["كتب", "x"], layers={"a": "b"}),
    )  # fmt: skip
    add_run(root, 2, article(**first, title="عنوان جديد", id="3", fetched_at=moment("2026-03-02T00:00:00Z")))
    add_run(root, 3, article(site="other", canonical_url="https://b/1", id="4"), site="other")
    return root


@pytest.fixture
def exporting(archive: Path) -> Exporting:
    return lambda *words: run_command("export", str(archive), *map(str, words))


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["1", "2", "3", "4"]),
        (["--site", SITE], ["1", "2", "3"]),
        (["--site", SITE, "--site", "other"], ["1", "2", "3", "4"]),
        (["--latest-only"], ["2", "3", "4"]),
        (["--latest-only", "--words", "ثان"], []),  # only an older version says it
        (["--words", "ثان"], ["1"]),
        (["--words", "والثان"], ["1"]),
        (["--words", '"والثان"'], []),
        (["--since", "2026-02-01"], ["1", "3"]),
    ],
)
def test_selections(exporting: Exporting, tmp_path: Path, words: list[str], expected: list[str]) -> None:
    target = tmp_path / "x.jsonl"
    ended = exporting("--output", target, *words)
    assert ended.code == 0, ended.said
    assert sorted(ids(target)) == expected
    assert f"{len(expected)} articles" in ended.said


def test_the_manifest_says_what_was_asked_and_from_what(
    archive: Path, exporting: Exporting, tmp_path: Path
) -> None:
    target = tmp_path / "x.jsonl"
    assert exporting("--output", target, "--words", "ثان", "--site", SITE).code == 0
    manifest = json.loads((tmp_path / "x.jsonl.manifest.json").read_text("utf-8"))
    assert manifest["asked"]["words"] == ["ثان"]
    assert manifest["asked"]["sites"] == [SITE]
    assert manifest["output"]["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    sources = {source["key"]: source for source in manifest["sources"]}
    assert len(sources) == 3
    for key, source in sources.items():
        content = (archive / key).read_bytes()
        assert (source["size"], source["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert sum(source["chosen"] for source in sources.values()) == manifest["rows"] == 1


def test_parquet_is_the_archives_own(archive: Path, exporting: Exporting, tmp_path: Path) -> None:
    assert exporting("--output", f"{tmp_path}/").code == 0
    table = pq.read_table(tmp_path / "articles.parquet")
    assert table.column_names == list(COLUMNS)
    assert b"warraq.schema_version" in table.schema.metadata
    there = ds.dataset(archive / "articles", partitioning="hive").to_table(columns=list(COLUMNS)).to_pylist()
    assert sorted(table.to_pylist(), key=lambda row: row["id"]) == sorted(there, key=lambda row: row["id"])


@pytest.mark.parametrize("bom", [False, True])
def test_csv_runs_no_formula_and_keeps_its_letters(
    exporting: Exporting, tmp_path: Path, *, bom: bool
) -> None:
    target = tmp_path / "x.csv"
    assert exporting("--output", target, *(["--bom"] if bom else [])).code == 0
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") is bom
    found = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    by_id = {row["id"]: row for row in found}
    assert by_id["1"]["title"] == "'=cmd()"
    assert by_id["1"]["text"] == "أوّل\nثانٍ"
    assert json.loads(by_id["2"]["tags"]) == ["كتب", "x"]
    assert json.loads(by_id["2"]["layers"]) == {"a": "b"}
    assert by_id["2"]["published"] == ""
    assert found[0].keys() == COLUMNS.keys()


def test_text_is_an_article_a_block(exporting: Exporting, tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    assert exporting("--output", target, "--words", "ثان").code == 0
    assert target.read_text("utf-8") == "=cmd()\nأوّل\nثانٍ\n\n"


@pytest.mark.parametrize("form", ["jsonl", "csv", "text", "parquet"])
def test_stdout_gets_what_a_file_would(archive: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "file"
    assert run_command("export", str(archive), "-o", str(target), "--format", form).code == 0
    command = [sys.executable, "-m", "scrapy", "export", str(archive), "-o", "-", "--format", form]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (0, target.read_bytes())
    assert result.stderr.decode().startswith("stdout: 4 articles out of 4 tables, ")
    assert not (PROJECT / "-").exists()


def test_stdout_is_json_lines_unless_a_format_is_named() -> None:
    target = target_of("-", None, bom=False)
    assert (target.path, target.write) == (None, FORMATS["jsonl"])
    assert set(FORMATS) == set(import_module("crawler.commands.export").FORMATS)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Name the file to write"),
        (["--output", "-", "--bom"], 2, "--bom is for CSV; stdout will be jsonl"),
        (["--output", "{}/x"], 2, "is that of no format"),
        (["--output", "{}/x.jsonl", "--bom"], 2, "--bom is for CSV"),
        (["--output", "{}/none/x.csv"], 2, "no folder"),
        (["--output", "{}/x.csv", "--site", "absent"], 2, "has no articles of 'absent'"),
        (["--output", "{}/x.csv", "--generation", "none"], 1, "has no articles in articles-none/"),
        (["--output", "{}/x.csv", "--since", "soon"], 2, "is not a date"),
        (["--output", "{}/there.csv"], 1, "exists already"),
    ],
)
def test_mistakes(exporting: Exporting, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    ended = exporting(*(word.format(tmp_path) for word in words))
    assert (ended.code, said in ended.said) == (code, True), ended.said
    assert there.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "there.csv"]


def test_a_damaged_table_is_named_and_nothing_is_left(
    archive: Path, exporting: Exporting, tmp_path: Path
) -> None:
    path = next(archive.glob("articles/**/*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    ended = exporting("--output", tmp_path / "x.jsonl")
    assert ended.code == 1
    assert "is no whole table of articles" in ended.said
    assert sorted(each.name for each in tmp_path.iterdir()) == ["archive"]


def test_from_s3(archive: Path, swift: Swift, bucket: str, tmp_path: Path) -> None:
    Archived(archive).copy_to(f"s3://{bucket}/p", swift)
    target = tmp_path / "x.jsonl"
    result = scrapy("export", f"s3://{bucket}/p", "--output", str(target), env=environment(swift))
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(ids(target)) == ["1", "2", "3", "4"]


def test_a_card_has_the_figures_of_the_rows(exporting: Exporting, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    target = folder / "corpus.parquet"
    ended = exporting("--output", target, "--card")
    assert ended.code == 0, ended.said
    assert "angle brackets" in ended.said
    rows = pq.read_table(target).to_pylist()
    manifest = json.loads((folder / "corpus.parquet.manifest.json").read_text("utf-8"))
    card = (folder / "README.md").read_text("utf-8")
    assert card.startswith("---\n")
    assert f"{len(rows):,} articles of {len({row['site'] for row in rows})} news sites" in card
    assert f"{sum(row['word_count'] for row in rows):,} words" in card
    undated = sum(row["published"] is None for row in rows)
    assert f"null: {undated} of {len(rows)} rows" in card
    for site in {row["site"] for row in rows}:
        of_site = [row for row in rows if row["site"] == site]
        assert f"| {site} |" in card
        assert f"| {len(of_site)} | {sum(row['word_count'] for row in of_site)} |" in card
    copies = len(rows) - len({row["text_sha256"] for row in rows})
    assert f"{copies} rows have the text of another row" in card
    assert manifest["output"]["sha256"] in card
    program = "import json, sys, yaml; "
    program += "print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)], default=str))"
    texts = [card.split("---\n")[1], (folder / "CITATION.cff").read_text("utf-8")]
    header, citation = json.loads(
        subprocess.run(
            [needs.environment_program("analysis", "python"), "-c", program],
            input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60,
        ).stdout
    )  # fmt: skip
    assert header["configs"][0]["data_files"] == "corpus.parquet"
    assert header["size_categories"] == ["n<1K"]
    assert citation["type"] == "dataset"
    assert citation["identifiers"][0]["value"] == f"sha256:{manifest['output']['sha256']}"


def test_a_card_replaces_no_file(exporting: Exporting, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    ended = exporting("--output", tmp_path / "corpus.parquet", "--card")
    assert ended.code == 1
    assert "README.md exists already" in ended.said
    assert not (tmp_path / "corpus.parquet").exists()
    assert (tmp_path / "README.md").read_text() == "mine"
    assert exporting("--output", "-", "--card").code == 2
