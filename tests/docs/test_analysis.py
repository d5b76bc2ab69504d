"""Every example of docs/analysis.md, run as it stands where its readers would run it."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import PROJECT, crawl
from tests.crawl.test_s3 import environment
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived

DOCUMENT = PROJECT / "docs/analysis.md"
PYTHON = PROJECT / ".venv-analysis/bin/python"
EXAMPLES = dict(
    re.findall(r"<!-- example: ([\w-]+) -->\n```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
)
PAPER = OUTLETS["wadi"]
COUNT = len(PAPER.stories)
# What each must print, beside ending well.
SAID = {
    "duckdb": [r"wadi_example +│ 2025-06 +│ +\d", r"\d+ moments are known"],
    "duckdb-s3": [rf"wadi_example +│ +{COUNT} "],
    "pandas": [rf"wadi_example +{COUNT} +\d+"],
    "pyarrow": [r"^[1-9]\d+ words"],
    "datasets": [rf"num_rows: {COUNT}"],
    "datatrove": [r"[1-9]\d+ characters of text", r"[1-9]\d* pages of HTML"],
    "record": [r"^WARC/1\.1\r?\n", "WARC-Type: response"],
    "record-s3": [r"^WARC/1\.1\r?\n", "WARC-Type: response"],
}


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    folder = tmp_path_factory.mktemp("analysed") / "archive"
    with serve([PAPER]) as stand:
        result = crawl("news", folder, arguments={"url": PAPER.home}, connect_to=stand.connect_to())
    assert result.returncode == 0, result.stderr[-3000:]
    return Archived(folder)


def run(program: str, folder: Path, env: Mapping[str, str]) -> str:
    if not PYTHON.exists():
        pytest.fail("The examples need their own environment: make analysis")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HF_"))}
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf"), "AWS_EC2_METADATA_DISABLED": "true"}
    result = subprocess.run(
        [str(PYTHON), "-c", program],
        cwd=folder,
        env={**clean, **quiet, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


def test_every_example_is_expected_to_say_something() -> None:
    assert EXAMPLES.keys() == SAID.keys()


@pytest.mark.parametrize("name", [name for name in SAID if not name.endswith("-s3")])
def test_on_a_folder(name: str, archived: Archived, tmp_path: Path) -> None:
    shutil.copytree(archived.folder, tmp_path / "archive")
    said = run(EXAMPLES[name], tmp_path, {})
    for words in SAID[name]:
        assert re.search(words, said, re.MULTILINE), said


def test_on_s3(archived: Archived, swift: Swift, bucket: str, tmp_path: Path) -> None:
    archived.copy_to(f"s3://{bucket}/prefix", swift)
    for name in (name for name in SAID if name.endswith("-s3")):
        program = EXAMPLES[name].replace('"bucket/', f'"{bucket}/').replace('"bucket"', f'"{bucket}"')
        said = run(program, tmp_path, environment(swift))
        for words in SAID[name]:
            assert re.search(words, said, re.MULTILINE), said
