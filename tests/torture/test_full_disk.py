"""A full disk, for one file after the other: one sentence, exit code 1, and the next crawl has the rest."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawl.running import MAX_SECONDS, PROJECT
from tests.torture.blows import crawl_arguments, finish_crawl
from tests.torture.holdings import faults, undisturbed
from tests.torture.press import Press, printing

PAGES = 40
ONE_FILE = {"WARC_MAX_BYTES": "100000000"}


@dataclass(frozen=True)
class Bound:
    """The largest size of a file, and a newspaper whose crawl reaches it first with a certain file."""

    meets: str  # the file, as the error names it
    most: int  # bytes
    padding: int = 0
    paragraphs: int = 4


@pytest.mark.parametrize(
    "bound",
    [
        Bound("ledger", 60_000),  # when it is opened
        Bound("ledger", 120_000),  # in the middle of the run
        Bound("spool", 300_000, padding=90_000),  # a WARC file
        Bound("journal", 600_000, paragraphs=200),
    ],
    ids=lambda bound: f"{bound.meets}-{bound.most}",
)
def test_a_full_disk_costs_nothing_that_was_stored(tmp_path: Path, bound: Bound) -> None:
    full = tmp_path / "full"
    with printing(PAGES, padding=bound.padding, paragraphs=bound.paragraphs) as press:
        ended = _narrow_crawl(press, full, bound.most)
        assert ended.returncode == 1, ended.stderr[-3000:]
        assert f"The {bound.meets} {full}" in ended.stderr, ended.stderr[-3000:]
        assert "Traceback" not in ended.stderr
        last = finish_crawl(press, full, ONE_FILE)
        assert last.returncode == 0, last.stderr[-3000:]
    whole = undisturbed(PAGES, padding=bound.padding, paragraphs=bound.paragraphs)
    assert faults(full, whole) == []


def _narrow_crawl(press: Press, archive: Path, most: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.torture.narrow", str(most), *crawl_arguments(press, archive, ONE_FILE)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )
