"""Run the Python and SQL examples of README.md and docs/python-api.md."""

import re
import subprocess
import sys

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
