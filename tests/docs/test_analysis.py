"""Run every example of docs/analysis.md in the environment of its reader."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from crawler.arabic.search_forms import fold, tokens
from tests import needs
from tests.crawl.running import PROJECT
from tests.docs.conftest import PAPER
from tests.servers.s3 import environment
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived

DOCUMENT = PROJECT / "docs/analysis.md"
FOUND = re.findall(
    r"<!-- example: ([\w-]+)(?:, after ([\w-]+))? -->\n```python\n(.*?)```",
    DOCUMENT.read_text("utf-8"),
    re.DOTALL,
)
EXAMPLES: dict[str, str] = {}
for _name, _before, _program in FOUND:
    EXAMPLES[_name] = EXAMPLES.get(_before, "") + _program
COUNT = len(PAPER.stories)
# Patterns that the output of each example holds.
OUTPUTS = {
    "duckdb": [r"wadi_example +│ 2025-06 +│ +\d", r"\d+ moments are known"],
    "duckdb-s3": [rf"wadi_example +│ +{COUNT} "],
    "pandas": [rf"wadi_example +{COUNT} +\d+"],
    "pyarrow": [r"^[1-9]\d+ words", r"^0 later versions"],
    "polars": [rf"wadi_example +┆ {COUNT} +┆ [1-9]"],
    "folded": [r"اخبار القاهره 2026"],
    "folded-python": [r"^اخبار القاهره 2026$"],
    "series": [r"wadi_example +2025-06 +[1-9]\d* +\d+ +\d+\.\d"],
    "series-polars": [r"wadi_example +┆ 2025-06 +┆ [1-9]\d* +┆ \d+ +┆ \d+\.\d"],
    "concordance": [r"^wadi_example\t\w{8}\t.*\[\S*القر", r"^[1-9]\d* places"],
    "sample": [r"wadi_example +│ 2025-06 +│ +[1-9]"],
    "distinct": [rf"^{COUNT} articles, {COUNT} texts$"],
    "datasets": [rf"num_rows: {COUNT}"],
    "datatrove": [r"[1-9]\d+ characters of text", r"[1-9]\d* pages of HTML"],
    "record": [r"^WARC/1\.1\r?\n", "WARC-Type: response"],
    "record-s3": [r"^WARC/1\.1\r?\n", "WARC-Type: response"],
}


def make_old(archive: Path, number: int) -> None:
    """Give one table, in the order of their names, the first schema: a column less, and one more."""
    path = sorted(archive.glob("articles/**/*.parquet"))[number]
    table = pq.read_table(path, partitioning=None).drop_columns(["previous_id"])
    site = table.schema.metadata[b"warraq.site"].decode()
    pq.write_table(table.append_column("site", pa.array([site] * table.num_rows)), path)


def run(program: str, folder: Path, env: Mapping[str, str]) -> str:
    python = needs.environment_program("analysis", "python")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HF_"))}
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf"), "AWS_EC2_METADATA_DISABLED": "true"}
    result = subprocess.run(
        [python, "-c", program],
        cwd=folder,
        env={**clean, **quiet, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


def test_every_example_has_an_expected_output() -> None:
    assert EXAMPLES.keys() == OUTPUTS.keys()


@pytest.mark.parametrize("name", [name for name in OUTPUTS if not name.endswith("-s3")])
def test_on_a_folder(name: str, documented_archive: Archived, tmp_path: Path) -> None:
    shutil.copytree(documented_archive.folder, tmp_path / "archive")
    make_old(tmp_path / "archive", 0)
    output = run(EXAMPLES[name], tmp_path, {})
    for pattern in OUTPUTS[name]:
        assert re.search(pattern, output, re.MULTILINE), output


def test_the_series_counts_the_articles_with_the_word(documented_archive: Archived, tmp_path: Path) -> None:
    shutil.copytree(documented_archive.folder, tmp_path / "archive")
    expected: dict[str, list[int]] = {}
    for row in ds.dataset(tmp_path / "archive/articles", partitioning="hive").to_table().to_pylist():
        kept = expected.setdefault(row["published"][:7], [0, 0])
        kept[0] += 1
        words = {token.folded for token in tokens(f"{row['title']} {row['text']}")}
        kept[1] += bool(words & {fold(f"{clitic}القرى") for clitic in ("", "و", "ف", "ب", "ك")})
    assert any(hits for _, hits in expected.values())
    for name in ("series", "series-polars"):
        output = run(EXAMPLES[name], tmp_path, {})
        rows = re.findall(r"wadi_example[ ┆]+(\d{4}-\d\d)[ ┆]+(\d+)[ ┆]+(\d+)", output)
        assert {month: [int(kept), int(hits)] for month, kept, hits in rows} == expected, name


def test_the_folding_of_the_recipes_is_that_of_the_search(tmp_path: Path) -> None:
    texts = [
        "أَخبـــارُ القاهرةِ، ٢٠٢٦ و۱۲",
        "مسؤول ومسئول\tفي هيئةٍ\nرآها",
        "لٱسم ھنا کتاب ی ALPHA Ünïcode cafe\u0301",
        "  ",
        "آ\u0627\u0653 ؤ ئ ة ى",
        *(PAPER.stories[0].paragraphs),
    ]
    (tmp_path / "texts.json").write_text(json.dumps(texts), "utf-8")
    shown = """
import json
texts = json.load(open("texts.json", encoding="utf-8"))
"""
    by_macro = (
        EXAMPLES["folded"]
        + shown
        + (
            "print(json.dumps([duckdb.execute('SELECT text_folded(?)', [text]).fetchone()[0]"
            " for text in texts]))"
        )
    )
    by_function = (
        EXAMPLES["folded-python"] + shown + "print(json.dumps([text_folded(text) for text in texts]))"
    )
    for program in (by_macro, by_function):
        assert json.loads(run(program, tmp_path, {}).splitlines()[-1]) == [fold(text) for text in texts]


@pytest.mark.parametrize("name", ["duckdb", "pandas", "polars", "pyarrow"])
def test_on_a_folder_whose_last_table_is_old(name: str, documented_archive: Archived, tmp_path: Path) -> None:
    shutil.copytree(documented_archive.folder, tmp_path / "archive")
    make_old(tmp_path / "archive", -1)
    run(EXAMPLES[name], tmp_path, {})


def test_on_s3(documented_archive: Archived, swift: Swift, bucket: str, tmp_path: Path) -> None:
    documented_archive.copy_to(f"s3://{bucket}/prefix", swift)
    for name in (name for name in OUTPUTS if name.endswith("-s3")):
        program = EXAMPLES[name].replace('"bucket/', f'"{bucket}/').replace('"bucket"', f'"{bucket}"')
        output = run(program, tmp_path, environment(swift))
        for pattern in OUTPUTS[name]:
            assert re.search(pattern, output, re.MULTILINE), output
