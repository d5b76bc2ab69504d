"""The progress of a walk back in time, in numbers and in the summary."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery.feed import Feed
from crawler.discovery.source import Lookup, Window
from crawler.ledger.progress import Progress
from crawler.run.summary import Summary
from crawler.run.summary_table import table
from tests.ledger.making import DAY, NOON, archived, begin, opened, page

FEED = Feed("https://paper.example/feed/")


def waiting(number: int, newest: datetime | None) -> Lookup:
    return Lookup(url=f"{FEED.url}{number}", source=FEED, page=number, newest=newest)


@pytest.mark.parametrize(
    ("lists", "pages", "expected"),
    [
        ([], [], Progress(lists_left=0, pages_left=0, back_to=None)),
        ([NOON], [], Progress(lists_left=1, pages_left=0, back_to=NOON)),
        ([NOON - DAY, NOON], [], Progress(lists_left=2, pages_left=0, back_to=NOON)),
        ([NOON - DAY, None], [], Progress(lists_left=2, pages_left=0, back_to=None)),
        ([NOON - DAY], [NOON], Progress(lists_left=1, pages_left=1, back_to=NOON)),
        ([], [NOON - DAY, None], Progress(lists_left=0, pages_left=2, back_to=NOON - DAY)),
    ],
)
def test_what_is_left(
    tmp_path: Path, lists: list[datetime | None], pages: list[datetime | None], expected: Progress
) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.walk.add([waiting(number, newest) for number, newest in enumerate(lists, start=2)])
        run.take_in([page(number, published=moment) for number, moment in enumerate(pages)], NOON)
        assert replace(run.progress(), waiting=0) == expected
        assert run.progress().waiting == len(pages)
        run.end(walked=True)
        assert replace(run.progress(), waiting=0) == expected
        assert run.progress().waiting == len(pages)
        assert expected.complete == (not lists and not pages)


def test_only_the_windows_pages_and_lists_count(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "wide")
        run.walk.add([waiting(2, NOON)])
        run.take_in([page(1, published=NOON - 9 * DAY)], NOON)
        run.end(walked=False)
        narrow = begin(ledger, "narrow", window=Window(since=NOON - DAY))
        assert narrow.progress().complete


def test_it_moves_back_run_by_run(tmp_path: Path) -> None:
    seen = []
    with opened(tmp_path / "l.sqlite") as ledger:
        begin(ledger, "first").take_in([page(n, published=NOON - n * DAY) for n in range(5)], NOON)
        for number in range(6):
            run = begin(ledger, f"run {number}")
            run.settle([archived(claim) for claim in run.claim(1)])
            run.end(walked=True)
            seen.append(run.progress().back_to)
    assert seen == [*(NOON - n * DAY for n in range(1, 5)), None, None]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"lists": 0, "pages": 0, "back_to": None}, "nothing: every list was read, and every page in them"),
        (
            {"lists": 1200, "pages": 7, "back_to": "2015-03-01T12:00:00+00:00"},
            "7 pages, 1,200 lists; the next run goes on there (complete back to 2015-03-01)",
        ),
        ({"lists": 3, "pages": 0, "back_to": None}, "0 pages, 3 lists; the next run goes on there"),
        (None, None),
    ],
)
def test_the_summary_says_so(left: dict[str, Any] | None, said: str | None) -> None:
    stats = {f"left/{name}": value for name, value in (left or {}).items()}
    summary = Summary.of(stats, site="paper", run_id="run", delivery=None)
    assert summary.record()["left"] == (left or {})
    grid = table(summary, "archive")
    rows = dict(zip(grid.columns[0].cells, grid.columns[1].cells, strict=True))
    assert ("left" in rows) is (said is not None)
    assert said is None or str(rows["left"]).startswith(said)
