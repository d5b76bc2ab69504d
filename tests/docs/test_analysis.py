"""Run every example of docs/analysis.md in the environment of its reader."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests import needs
from tests.crawl.running import PROJECT
from tests.docs.conftest import PAPER
from tests.servers.s3 import environment
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived

DOCUMENT = PROJECT / "docs/analysis.md"
EXAMPLES = dict(
    re.findall(r"<!-- example: ([\w-]+) -->\n```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
)
COUNT = len(PAPER.stories)
# Patterns that the output of each example holds.
OUTPUTS = {
    "duckdb": [r"wadi_example +│ 2025-06 +│ +\d", r"\d+ moments are known"],
    "duckdb-s3": [rf"wadi_example +│ +{COUNT} "],
    "pandas": [rf"wadi_example +{COUNT} +\d+"],
    "pyarrow": [r"^[1-9]\d+ words", r"^0 later versions"],
    "polars": [rf"wadi_example +┆ {COUNT} +┆ [1-9]"],
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
