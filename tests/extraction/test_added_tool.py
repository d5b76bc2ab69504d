"""A tool is added to the public benchmark with one command."""

import sys
from pathlib import Path

import pytest

from benchmarks.arabic.__main__ import PAGES, main

READER = """
import json, sys
pages = json.load(open(sys.argv[1]))
json.dump([{"text": open(path, "rb").read().decode("utf-8", "replace")} for path, url in pages{cut}],
          open(sys.argv[2], "w"))
"""


def test_an_added_tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reader.py").write_text(READER.replace("{cut}", ""), "utf-8")
    assert main(["--only-added", "--tool", "my reader", f"{sys.executable} {tmp_path / 'reader.py'}"]) == 0
    assert "| my reader |" in capsys.readouterr().out


def test_too_few_answers(tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text(READER.replace("{cut}", "[1:]"), "utf-8")
    with pytest.raises(ValueError, match="answers for"):
        main(["--only-added", "--tool", "my reader", f"{sys.executable} {tmp_path / 'reader.py'}"])


def test_the_benchmark_has_enough_pages() -> None:
    folders = [folder.name for folder in PAGES.iterdir() if folder.is_dir()]
    stories = ("-olives", "-library", "-metro", "-falcon")
    shapes = {
        next((name.removesuffix(end) for end in stories if name.endswith(end)), name) for name in folders
    }
    assert len(folders) >= 60
    assert len(shapes) >= 25
