"""SIGTERM, and Ctrl-C once and twice: requests in flight are finished, by this crawl or the next one."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.archive_reading import leftovers, run_stats
from tests.crawl.running import MAX_SECONDS, PROJECT
from tests.torture.blows import Blow, crawl_arguments, finish_crawl, struck_crawl
from tests.torture.holdings import faults, undisturbed
from tests.torture.press import Press, printing

PAGES = 60
HALFWAY = 30  # requests


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_a_crawl_with_everything_kept(tmp_path: Path, number: signal.Signals) -> None:
    struck = tmp_path / "struck"
    with printing(PAGES) as press:
        ended = struck_crawl(press, struck, Blow(kind="request", at=HALFWAY, signal=number))
        assert ended.returncode == 1
        assert "The crawl ended before its end: shutdown." in ended.errors
        assert "Traceback" not in ended.errors
        assert leftovers(struck) == []
        assert [run["reason"] for run in run_stats(struck)] == ["shutdown"]
        first = ended.requests
        assert finish_crawl(press, struck).returncode == 0
        assert first + len(press.asked) < 2 * PAGES  # it does not request what the first one has
    assert faults(struck, undisturbed(PAGES)) == []


def test_ctrl_c_twice_stops_at_once_and_the_next_crawl_has_it_all(tmp_path: Path) -> None:
    struck = tmp_path / "struck"
    with printing(PAGES) as press:
        errors, returncode = _stopped_twice(press, struck, tmp_path / "errors")
        assert returncode == 1, errors
        assert "The run was cut short; scrapy sync delivers what it has." in errors
        assert "Traceback" not in errors
        assert finish_crawl(press, struck).returncode == 0
    assert faults(struck, undisturbed(PAGES)) == []


def _stopped_twice(press: Press, archive: Path, log: Path) -> tuple[str, int]:
    with log.open("wb") as stderr:
        crawl = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *crawl_arguments(press, archive)], cwd=PROJECT, stderr=stderr
        )

    def strike(asked: int) -> None:
        """Delay the answer until the first signal has arrived: the second one finds the request in flight."""
        if asked != HALFWAY:
            return
        crawl.send_signal(signal.SIGINT)
        while b"Received SIGINT" not in log.read_bytes() and crawl.poll() is None:
            pass
        crawl.send_signal(signal.SIGINT)

    press.on_asked = strike
    try:
        returncode = crawl.wait(MAX_SECONDS)
    finally:
        press.on_asked = None
        crawl.kill()
    return log.read_text(errors="replace"), returncode
