"""The server itself: its password, its environment, its end."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.crawl.archive_reading import run_stats
from tests.crawl.running import MAX_SECONDS, PROJECT
from tests.scrapyd.server import DEPLOY, Scrapyd, running_scrapyd, wait_until
from tests.scrapyd.verifying import verified
from tests.servers.paper import Watched, open_paper, path_of


@pytest.fixture
def unnamed(server: Scrapyd, tmp_path: Path) -> Iterator[Scrapyd]:
    """Run another server, whose environment names no archive."""
    with running_scrapyd(tmp_path / "home", {"WARRAQ_ARCHIVE": ""}, eggs=server.folder / "eggs") as other:
        yield other


def test_requests_without_the_password_are_refused(empty_server: Scrapyd) -> None:
    with pytest.raises(HTTPError, match="401") as refused:
        urlopen(f"{empty_server.url}/listprojects.json", timeout=MAX_SECONDS)  # noqa: S310 - loopback
    refused.value.close()


def test_the_environment_has_the_locked_versions_of_the_project() -> None:
    def pins(path: Path) -> set[str]:
        lines = path.read_text().splitlines()
        return {line.partition(" ")[0] for line in lines if line[:1].isalnum()}

    locked = pins(PROJECT / "requirements.txt")
    assert len(locked) > 30
    assert locked <= pins(DEPLOY / "requirements.txt")


def test_a_job_without_an_archive_ends_at_once_with_a_message(unnamed: Scrapyd) -> None:
    with open_paper(Watched("", lambda: None)) as paper:
        unnamed.finish(unnamed.schedule("news", url=paper.home))
        assert paper.asked == []
    assert "No archive is named" in unnamed.own_log()
    assert "Process died: exitstatus=2" in unnamed.own_log()


def test_a_stopped_service_ends_its_jobs_and_keeps_their_pages(unnamed: Scrapyd) -> None:
    """systemd stops a service by SIGTERM to each of its processes, the jobs and their lanes among them."""
    stopped = threading.Event()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            os.killpg(unnamed.process.pid, signal.SIGTERM)

    archive = unnamed.archive
    with open_paper(Watched(path_of(8), stop)) as paper:
        unnamed.schedule("news", f"ARCHIVE={archive}", url=paper.home)
        wait_until(lambda: bool(list(archive.glob("runs/*/manifest.json"))), unnamed.own_log)
    assert stopped.is_set()
    [run] = run_stats(archive)
    assert run["reason"] == "shutdown"
    verified(archive)
