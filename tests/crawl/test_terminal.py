"""What a person sees: a live line on a terminal, log lines elsewhere."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, crawl, news_command
from tests.servers.paper import front_page, open_paper, path_of, rss, story

STORIES = range(1, 31)


def on_terminal(command: list[str], columns: int = 120) -> tuple[int, str]:
    """Run a command on a terminal of its own; return its exit code and all that it printed."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
    process = subprocess.Popen(command, cwd=PROJECT, stderr=theirs, stdout=theirs, stdin=theirs, env=env)
    os.close(theirs)
    seen = b""
    try:
        while piece := _read(ours):
            seen += piece
    finally:
        os.close(ours)
        code = process.wait(timeout=MAX_SECONDS)
    return code, seen.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux raises EIO when the other side is closed
        return b""


def test_a_live_line_on_a_terminal_and_the_table_after_it(tmp_path: Path) -> None:
    answers = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, STORIES))}
    answers |= {path_of(number): story(number) for number in STORIES}
    with open_paper(answers) as paper:
        settings = {**UNHURRIED, "DOWNLOAD_DELAY": "0.05", "ARCHIVE": str(tmp_path)}
        code, text = on_terminal(news_command(paper.home, settings))
    assert code == 0, text[-2000:]
    assert " pages  " in text
    assert " articles  " in text
    assert "/s  " in text
    assert "INFO" not in text  # the run's own log has it
    assert text.index(" articles  ") < text.index("received")  # the live line, then the table
    [log] = tmp_path.glob("runs/*/log.txt")
    assert "INFO" in log.read_text()


def test_a_survey_shows_what_it_asks_for() -> None:
    answers = {"/": front_page("/feed/"), "/feed/": rss(path_of(1)), path_of(1): story(1)}
    with open_paper(answers) as paper:
        options = [word for name, value in UNHURRIED.items() for word in ("-s", f"{name}={value}")]
        code, text = on_terminal([sys.executable, "-m", "scrapy", "check-site", paper.home, *options], 80)
    assert code == 0, text
    lines = text.splitlines()
    assert f"Asking for a list (feed): {paper.home}feed/" in lines
    assert any(line.startswith(f"Asking for a page: {paper.home}") for line in lines)
    assert "…" not in text


def test_an_explanation_is_indented_on_a_terminal(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(story(1).data)
    words = ["extract", "--explain", "--url", "https://paper.example/2026/01/02/story-1/", str(page)]
    code, text = on_terminal([sys.executable, "-m", "scrapy", *words])
    assert code == 0, text
    assert json.loads(text)["url"] == "https://paper.example/2026/01/02/story-1/"
    assert len(text.splitlines()) > 20


def test_a_log_line_now_and_then_elsewhere(tmp_path: Path) -> None:
    answers = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, STORIES))}
    answers |= {path_of(number): story(number) for number in STORIES}
    with open_paper(answers) as paper:
        result = crawl("news", tmp_path, arguments={"url": paper.home}, settings={"PROGRESS_SECONDS": "0.2"})
    assert result.returncode == 0
    lines = [line for line in result.stderr.splitlines() if "[crawler.extensions.progress]" in line]
    assert lines
    assert all(" pages " in line and " articles " in line for line in lines)
