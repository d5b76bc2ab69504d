"""What a person sees: a live line on a terminal, log lines elsewhere."""

import os
import pty
import subprocess
from pathlib import Path

from tests.crawl.running import PROJECT, SECONDS_AT_MOST, UNHURRIED, crawl, news_command
from tests.servers.paper import front_page, open_paper, path_of, rss, story

STORIES = range(1, 31)


def test_a_live_line_on_a_terminal_and_the_table_after_it(tmp_path: Path) -> None:
    answers = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, STORIES))}
    answers |= {path_of(number): story(number) for number in STORIES}
    ours, theirs = pty.openpty()
    with open_paper(answers) as paper:
        settings = {**UNHURRIED, "DOWNLOAD_DELAY": "0.05", "ARCHIVE": str(tmp_path)}
        command = news_command(paper.home, settings)
        env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
        process = subprocess.Popen(command, cwd=PROJECT, stderr=theirs, stdout=theirs, stdin=theirs, env=env)
        os.close(theirs)
        seen = b""
        try:
            while piece := _read(ours):
                seen += piece
        finally:
            os.close(ours)
            code = process.wait(timeout=SECONDS_AT_MOST)
    text = seen.decode()
    assert code == 0, text[-2000:]
    assert " pages  " in text
    assert " articles  " in text
    assert "/s  " in text
    assert "INFO" not in text  # the run's own log has it
    assert text.index(" articles  ") < text.index("received")  # the live line, then the table
    [log] = tmp_path.glob("runs/*/log.txt")
    assert "INFO" in log.read_text()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says EIO when the other side is closed
        return b""


def test_a_log_line_now_and_then_elsewhere(tmp_path: Path) -> None:
    answers = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, STORIES))}
    answers |= {path_of(number): story(number) for number in STORIES}
    with open_paper(answers) as paper:
        result = crawl("news", tmp_path, arguments={"url": paper.home}, settings={"PROGRESS_SECONDS": "0.2"})
    assert result.returncode == 0
    lines = [line for line in result.stderr.splitlines() if "[crawler.extensions.progress]" in line]
    assert lines
    assert all(" pages " in line and " articles " in line for line in lines)
