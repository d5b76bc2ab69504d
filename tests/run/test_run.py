"""A run opens and closes by itself: no Scrapy, no network, and nothing done by its constructor."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.errors import ArchiveError
from crawler.options.arguments import parse_arguments
from crawler.options.options import Options
from crawler.run.run import Hooks, Run
from crawler.site import unknown_site
from crawler.storage.lease import LeaseHeldError
from tests.archive.recording import exchange


class Counters:
    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.values: dict[str, Any] = {}

    def inc_value(self, key: str, count: int = 1) -> None:
        self.numbers[key] += count

    def set_value(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get_stats(self) -> dict[str, Any]:
        return {**self.numbers, **self.values}


@pytest.fixture(autouse=True)
def _root_handlers() -> Iterator[None]:
    """Take away the log handlers of runs that a test leaves open."""
    before = list(logging.root.handlers)
    yield
    for handler in [each for each in logging.root.handlers if each not in before]:
        logging.root.removeHandler(handler)
        handler.close()


def run_in(folder: Path, **settings: Any) -> Run:
    given = Settings()
    given.setmodule("settings.base")
    given.setdict({"ARCHIVE": str(folder / "archive"), **settings})
    return Run(
        unknown_site("paper.example"),
        parse_arguments({}, zone=None),
        Options.of(given),
        stats=Counters(),
        hooks=Hooks(refuse=lambda _: None, end_crawl=lambda: None, write_report=None),
    )


async def closed(run: Run, reason: str = "finished") -> None:
    run.open()
    run.watch()
    await run.close(reason)


def test_the_constructor_does_nothing(tmp_path: Path) -> None:
    run_in(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_from_open_to_close(tmp_path: Path) -> None:
    run = run_in(tmp_path)

    async def crawled() -> None:
        run.open()
        run.watch()
        await run.recorder.record(exchange())
        await run.close("finished")

    asyncio.run(crawled())
    assert run.fault is None
    assert not run.folder.exists()
    delivered = {path.name for path in (tmp_path / "archive/runs" / run.run_id).iterdir()}
    assert {"manifest.json", "stats.json", "log.txt"} <= delivered
    assert [each for each in run.problems() if "spool" in each] == []


def test_a_run_that_reached_no_server_leaves_nothing(tmp_path: Path) -> None:
    run = run_in(tmp_path)
    asyncio.run(closed(run))
    assert run.left_nothing
    assert not run.folder.exists()
    kept = (path.name for path in tmp_path.rglob("*") if path.is_file())
    assert [name for name in kept if not name.endswith(".lock")] == []


def test_one_run_at_a_time_has_a_site(tmp_path: Path) -> None:
    first = run_in(tmp_path)

    async def both() -> None:
        first.open()
        first.watch()
        with pytest.raises(LeaseHeldError):
            run_in(tmp_path).open()
        await first.close("finished")

    asyncio.run(both())
    asyncio.run(closed(run_in(tmp_path)))  # the site is free again


def test_a_run_that_cannot_open_frees_the_site(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where a folder should be")
    with pytest.raises(ArchiveError, match="spool"):
        run_in(tmp_path, SPOOL=str(tmp_path / "spool")).open()
    asyncio.run(closed(run_in(tmp_path)))
