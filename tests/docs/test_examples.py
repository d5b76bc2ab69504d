"""Run the examples of README.md and docs/python-api.md as they are written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.running import PROJECT
from tests.wacz.conftest import Archived

API = (PROJECT / "docs/python-api.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: ([\w-]+) -->\n```python\n(.*?)```", API, re.DOTALL))
OUTPUTS = {
    "extract": [r"^سوق الورّاقين يفتح أبوابه من جديد$", r"^2026-02-28 10:30:00\+03:00 minute meta|opengraph$"],
    "archive": [r"b'WARC-Type: response'"],
    "site": [r"^https://paper\.example/$"],
}


def test_every_example_of_the_api_has_an_expected_output() -> None:
    assert EXAMPLES.keys() == OUTPUTS.keys()


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_api(name: str, documented_archive: Archived) -> None:
    output = run(EXAMPLES[name], documented_archive)
    for pattern in OUTPUTS[name]:
        assert re.search(pattern, output, re.MULTILINE), output


def test_the_python_of_the_readme(documented_archive: Archived) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    program = "\n".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    output = run(program, documented_archive)
    assert re.search(r"^2026-\S+ wadi\.example ", output, re.MULTILINE), output
    assert "<html" in output


def test_the_commands_of_the_readme_that_read_an_archive(
    documented_archive: Archived, tmp_path: Path
) -> None:
    for name in ("scrapy.cfg", "crawler", "spiders", "pipelines", "settings"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "archive").symlink_to(documented_archive.folder)
    readme = (PROJECT / "README.md").read_text("utf-8")
    commands = re.findall(r"^scrapy (?:verify|coverage|export|report)\b.*$", readme, re.MULTILINE)
    assert len(commands) >= 4
    done = subprocess.run(
        ["/bin/sh", "-ec", "\n".join(commands)],
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "damascus.csv").exists()
    assert (tmp_path / "report.html").exists()


def run(program: str, archive: Archived) -> str:
    """Run a program beside the archive, with the project importable; return its output."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=archive.folder.parent,
        env={"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
