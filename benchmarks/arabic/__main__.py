"""`python -m benchmarks.arabic`: extractors over the project's own labelled Arabic news pages.

A tool of your own takes part with --tool NAME COMMAND. The command is called with two more arguments: a JSON
file with a list of [path of the HTML file, URL of the page], and the file to write a JSON list of answers to,
in the same order. An answer is an object with any of: text, title, authors (list), published (ISO 8601),
section (list), agency, dateline, cpu_ms, error.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.extraction.__main__ import HEAD, row
from benchmarks.extraction.pages import Known, load
from benchmarks.extraction.scores import Answer, score
from benchmarks.extraction.tools import OURS, PEERS, answer_of, ours, theirs

PAGES = Path("tests/extraction/pages")
_PYTHON = Path(".venv-peers/bin/python")
_MAX_SECONDS = 1_800  # that an added tool may take


def main(arguments: list[str]) -> int:
    """Measure the tools and print the table. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.arabic",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tool", nargs=2, action="append", default=[], metavar=("NAME", "COMMAND"))
    parser.add_argument("--only-added", action="store_true", help="measure only the tools of --tool")
    parser.add_argument(
        "--runs", type=int, default=3, help="readings of each page that are timed (default: 3)"
    )
    options = parser.parse_args(arguments)
    pages = load([PAGES])
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    if not options.only_added:
        _print(OURS, pages, ours(pages, options.runs))
        for tool in PEERS if _PYTHON.exists() else ():
            _print(tool, pages, theirs(tool, pages, _PYTHON, options.runs))
    for name, command in options.tool:
        _print(name, pages, added(command, pages))
    return 0


def added(command: str, pages: list[Known]) -> list[Answer]:
    """Return the answers of a command.

    Raises CalledProcessError where the command fails, ValueError where it gives too few or too many answers.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed, answered = Path(folder, "pages.json"), Path(folder, "answers.json")
        listed.write_text(json.dumps([[str(known.path), known.url] for known in pages]), "utf-8")
        subprocess.run([*shlex.split(command), str(listed), str(answered)], check=True, timeout=_MAX_SECONDS)
        values: list[dict[str, Any]] = json.loads(answered.read_text("utf-8"))
    if len(values) != len(pages):
        raise ValueError(f"{command} gave {len(values)} answers for {len(pages)} pages.")
    return [answer_of(value) for value in values]


def _print(name: str, pages: list[Known], answers: list[Answer]) -> None:
    marks = [score(known, answer) for known, answer in zip(pages, answers, strict=True)]
    print(row("own", name, marks, answers), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
