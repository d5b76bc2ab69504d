"""SIGTERM, and Ctrl-C once and twice: what is in flight is finished, or the next crawl does it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.archive_reading import leftovers, run_stats
from tests.crawl.running import PROJECT, SECONDS_AT_MOST
from tests.torture.blows import Blow, crawl_words, finish_crawl, struck_crawl
from tests.torture.holdings import faults, untouched
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
        assert first + len(press.asked) < 2 * PAGES  # what the first crawl had is not asked for again
    assert faults(struck, untouched(PAGES)) == []


def test_ctrl_c_twice_stops_at_once_and_the_next_crawl_has_it_all(tmp_path: Path) -> None:
    struck = tmp_path / "struck"
    with printing(PAGES) as press:
        errors, returncode = _stopped_twice(press, struck, tmp_path / "errors")
        assert returncode == 1, errors
        assert "The run was cut short; scrapy sync delivers what it has." in errors
        assert "Traceback" not in errors
        assert finish_crawl(press, struck).returncode == 0
    assert faults(struck, untouched(PAGES)) == []


def _stopped_twice(press: Press, archive: Path, told: Path) -> tuple[str, int]:
    with told.open("wb") as stderr:
        crawl = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *crawl_words(press, archive)], cwd=PROJECT, stderr=stderr
        )

    def strike(asked: int) -> None:
        """Keep the answer back until the first signal was heard, so that the second finds it in flight."""
        if asked != HALFWAY:
            return
        crawl.send_signal(signal.SIGINT)
        while b"Received SIGINT" not in told.read_bytes() and crawl.poll() is None:
            pass
        crawl.send_signal(signal.SIGINT)

    press.on_asked = strike
    try:
        returncode = crawl.wait(SECONDS_AT_MOST)
    finally:
        press.on_asked = None
        crawl.kill()
    return told.read_text(errors="replace"), returncode
