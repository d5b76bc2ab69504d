"""Crawls that Scrapyd runs from the egg: arguments, archives, two at once, cancelled, killed, resumed."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.archive_reading import answers, articles, leftovers, run_stats, warcs
from tests.crawl.running import MAX_SECONDS
from tests.scrapyd.server import Scrapyd, wait_until
from tests.scrapyd.verifying import verified
from tests.servers.paper import STORIES, Paper, Watched, open_paper, path_of
from tests.servers.s3 import environment, objects
from tests.servers.swift import Swift

WADI = OUTLETS["wadi"]
HOME = "http://paper.example/"  # one site, also where the newspaper runs at another port


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The archive of one test's jobs."""
    return tmp_path / "archive"


def detour(paper: Paper) -> str:
    """Return the setting that connects HOME to a newspaper on loopback."""
    return f"CONNECT_TO=paper.example:80:127.0.0.1:{urlsplit(paper.home).port}"


def into(archive: Path) -> tuple[str, str]:
    """Return settings that give a job its own archive and spool."""
    return f"ARCHIVE={archive}", f"SPOOL={archive / '.spool'}"


def test_a_job_with_its_arguments_into_the_archive_of_the_environment(server: Scrapyd) -> None:
    [version] = server.ask("listversions.json?project=warraq")["versions"]
    with serve([WADI]) as stand:
        way = f"CONNECT_TO={','.join(stand.connect_to())}"
        job = server.schedule("news", way, url=WADI.home, limit="3", _version=version)
        server.finish(job)
    log = server.log(job)
    assert [json.loads(line)["level"] for line in log.splitlines()], "production logs a JSON object a line"
    assert "Process finished:" in server.own_log()
    assert len(articles(server.archive)) == 3, log[-3000:]
    [stats] = run_stats(server.archive)
    assert stats["reason"] == "finished"
    verified(server.archive)
    assert not list((server.folder / "spool").rglob("*.gz*"))


def test_a_job_into_s3(server: Scrapyd, swift: Swift, bucket: str, tmp_path: Path) -> None:
    address = f"s3://{bucket}/papers"
    with serve([WADI]) as stand:
        way = f"CONNECT_TO={','.join(stand.connect_to())}"
        places = f"ARCHIVE={address}", f"SPOOL={tmp_path / 'spool'}"
        job = server.schedule("news", way, *places, url=WADI.home, limit="2")
        server.finish(job)
    kept = objects(swift, bucket)
    [stats] = [json.loads(content) for key, content in kept.items() if key.endswith("/stats.json")]
    assert (stats["reason"], stats["articles"]) == ("finished", 2), server.evidence(job)
    verified(address, **environment(swift))
    secrets = swift.secret_key.encode()
    assert not any(secrets in content for key, content in kept.items() if key.startswith("papers/runs/"))


def test_two_sites_side_by_side(server: Scrapyd, archive: Path) -> None:
    together = threading.Barrier(2, timeout=MAX_SECONDS)

    def meet() -> None:
        together.wait()

    def table() -> Watched:
        return Watched(path_of(1), meet)

    with open_paper(table()) as first, open_paper(table()) as second:  # each waits until the other is there
        jobs = [server.schedule("news", *into(archive), url=paper.home) for paper in (first, second)]
        for job in jobs:
            server.finish(job)
    runs = run_stats(archive)
    assert [run["reason"] for run in runs] == ["finished"] * 2, [server.evidence(job) for job in jobs]
    assert len({run["site"] for run in runs}) == 2
    assert len(articles(archive)) == 2 * len(STORIES)
    verified(archive)
    assert leftovers(archive) == []


def crawl_disturbed(server: Scrapyd, archive: Path, disturb: Callable[[str], None]) -> str:
    """Run a job, and call `disturb` with its id when it requests the eighth story; return the id."""
    jobs: list[str] = []
    known = threading.Event()

    def on_request() -> None:
        assert known.wait(MAX_SECONDS)
        table._path = ""
        disturb(jobs[0])

    table = Watched(path_of(8), on_request)
    with open_paper(table) as paper:
        jobs.append(server.schedule("news", *into(archive), detour(paper), url=HOME))
        known.set()
        server.finish(jobs[0])
    return jobs[0]


def test_cancel_ends_a_job_and_keeps_its_pages(server: Scrapyd, archive: Path) -> None:
    job = crawl_disturbed(server, archive, server.cancel)
    assert [run["reason"] for run in run_stats(archive)] == ["shutdown"], server.evidence(job)
    assert leftovers(archive) == []
    [warc] = warcs(archive)
    stored = {row["url"] for row in articles(archive)}
    assert stored
    assert stored <= {answer.url for answer in answers(warc)}
    verified(archive)


def cancel_twice(server: Scrapyd, job: str) -> None:
    server.cancel(job)
    wait_until(lambda: "shutting down gracefully" in server.log(job), lambda: server.evidence(job))
    server.cancel(job)
    wait_until(lambda: all(each["id"] != job for each in server.running()), server.own_log)


def kill(server: Scrapyd, job: str) -> None:
    server.cancel(job, "KILL")


@pytest.mark.parametrize("disturb", [cancel_twice, kill])
def test_the_next_job_finishes_a_job_that_was_killed(
    server: Scrapyd, archive: Path, disturb: Callable[[Scrapyd, str], None]
) -> None:
    crawl_disturbed(server, archive, lambda job: disturb(server, job))
    assert run_stats(archive) == []
    assert leftovers(archive)
    with open_paper(Watched("", lambda: None)) as paper:
        job = server.schedule("news", *into(archive), detour(paper), url=HOME)
        server.finish(job)
    assert [run["reason"] for run in run_stats(archive)] == ["killed", "finished"], server.evidence(job)
    assert leftovers(archive) == []
    assert {row["url"] for row in articles(archive)} >= {
        f"{HOME[:-1]}{path_of(number)}" for number in STORIES
    }
    verified(archive)


def test_a_job_folder_does_no_harm(server: Scrapyd, archive: Path, tmp_path: Path) -> None:
    """Scrapy resumes from JOBDIR, Warraq from the spool: a JOBDIR that a killed job left does no harm."""
    job_folder = f"JOBDIR={tmp_path / 'job'}"
    jobs: list[str] = []

    def kill_the_first() -> None:
        if len(jobs) == 1:
            kill(server, jobs[0])

    with open_paper(Watched(path_of(8), kill_the_first)) as paper:
        for _ in range(2):
            jobs.append(server.schedule("news", *into(archive), job_folder, url=paper.home))
            server.finish(jobs[-1])
    assert [run["reason"] for run in run_stats(archive)] == ["killed", "finished"], server.evidence(jobs[-1])
    assert {row["url"].removeprefix(paper.home[:-1]) for row in articles(archive)} == set(
        map(path_of, STORIES)
    )
    verified(archive)
