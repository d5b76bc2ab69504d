"""The external sort gives the same lines, however little memory it may use."""

import random
from pathlib import Path

import pytest

from crawler.archive.sorted_lines import SortedLines

LINES = [b"com,example)/%05d\n" % number for number in range(1_000)]


@pytest.mark.parametrize("max_in_memory", [10, 500, 10_000_000])
def test_lines_come_sorted_and_once(max_in_memory: int, tmp_path: Path) -> None:
    shuffled = LINES + LINES[:10]
    random.Random(7).shuffle(shuffled)  # noqa: S311 - an order, no secret
    with SortedLines(folder=tmp_path, max_in_memory=max_in_memory) as lines:
        for line in shuffled:
            lines.add(line)
        assert list(lines) == LINES


def test_sorted_sources_are_merged_in_rounds(tmp_path: Path) -> None:
    with SortedLines(folder=tmp_path) as lines:
        for start in range(200):  # more than are merged side by side
            lines.add_sorted(LINES[start::200])
        lines.add(LINES[3])
        assert list(lines) == LINES
