"""Runs that never came to their end: killed while the paper answers, finished by the next command."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crawl.archive_reading import answers, articles, leftovers, run_stats, warcs
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, crawl, news_command, scrapy
from tests.servers.paper import STORIES, Paper, Watched, open_paper, path_of, story


@contextmanager
def paper_after_a_kill(archive: Path) -> Iterator[Paper]:
    """A paper whose first visitor was killed, with SIGKILL, when it asked for the eighth story."""
    started: list[subprocess.Popen[bytes]] = []
    table = Watched(path_of(8), lambda: os.killpg(started[0].pid, signal.SIGKILL))
    with open_paper(table) as paper:
        command = [*news_command(paper.home, {**UNHURRIED, "ARCHIVE": str(archive)}), "--nolog"]
        started.append(
            subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=subprocess.DEVNULL)
        )
        assert started[0].wait(timeout=MAX_SECONDS) == -signal.SIGKILL
        dict.update(table, {path_of(8): story(8)})
        table._path = ""
        yield paper


def test_the_next_crawl_finishes_what_a_killed_one_left(tmp_path: Path) -> None:
    with paper_after_a_kill(tmp_path) as paper:
        assert warcs(tmp_path) == []
        [torn] = (tmp_path / ".spool").rglob("*.warc.gz.open")
        with torn.open("ab") as file:
            file.write(b"\x1f\x8b\x08 half a record")
        result = crawl("news", tmp_path, arguments={"url": paper.home})
    assert result.returncode == 0, result.stderr[-3000:]
    assert leftovers(tmp_path) == []
    archived = [
        answer.url.removeprefix(paper.home[:-1]) for warc in warcs(tmp_path) for answer in answers(warc)
    ]
    for number in STORIES:
        assert archived.count(path_of(number)) == 1
    assert [run["reason"] for run in run_stats(tmp_path)] == ["killed", "finished"]
    [tail] = tmp_path.glob("runs/*/*-tail.bin")
    assert tail.read_bytes().endswith(b"half a record")
    stored = sorted(row["url"].removeprefix(paper.home[:-1]) for row in articles(tmp_path))
    assert stored == sorted(path_of(number) for number in STORIES)


def test_sync_delivers_and_says_what(tmp_path: Path) -> None:
    with paper_after_a_kill(tmp_path):
        result = scrapy("sync", settings={"ARCHIVE": str(tmp_path)})
    assert result.returncode == 0, result.stderr
    assert "1 runs finished, 0 files still in the spool." in result.stdout
    assert ".warc.gz" in result.stdout
    assert len(warcs(tmp_path)) == 1
    assert leftovers(tmp_path) == []
    again = scrapy("sync", settings={"ARCHIVE": str(tmp_path)})
    assert again.stdout == "0 runs finished, 0 files still in the spool.\n"


def test_a_living_run_is_left_alone(tmp_path: Path) -> None:
    printed: list[str] = []

    def sync() -> None:
        printed.append(scrapy("sync", settings={"ARCHIVE": str(tmp_path)}).stdout)

    with open_paper(Watched(path_of(1), sync)) as paper:
        result = crawl("news", tmp_path, arguments={"url": paper.home, "limit": "1"})
    assert result.returncode == 0, result.stderr[-2000:]
    assert printed == ["0 runs finished, 0 files still in the spool.\n"]
    assert len(articles(tmp_path)) == 1


def test_ctrl_c_ends_a_run_with_everything_kept(tmp_path: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []
    with open_paper(Watched(path_of(8), lambda: started[0].send_signal(signal.SIGINT))) as paper:
        command = [*news_command(paper.home, {**UNHURRIED, "ARCHIVE": str(tmp_path)}), "--nolog"]
        started.append(subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL))
        assert started[0].wait(timeout=MAX_SECONDS) == 1
    [run] = run_stats(tmp_path)
    assert run["reason"] == "shutdown"
    assert leftovers(tmp_path) == []
    [warc] = warcs(tmp_path)
    archived = {answer.url for answer in answers(warc)}
    stored = {row["url"] for row in articles(tmp_path)}
    assert stored
    assert stored <= archived
