"""The address that a crawl starts from, and an only feed: their failure is the exit code of the crawl."""

from pathlib import Path

import pytest

from tests.crawl.archive_reading import run_stats
from tests.crawl.running import crawl
from tests.servers.paper import Answer, front_page, open_paper, path_of, rss, story

CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"/": Answer("down", status=500)}, "(http-500 1)"),
        ({"/": Answer("no", status=403), "/robots.txt": Answer("User-agent: *")}, "(http-403 1)"),
        ({"/": Answer(CHALLENGE)}, "names an article"),
        ({"/": front_page("/feed/"), "/feed/": Answer("down", status=503)}, "names an article"),
        ({"/robots.txt": Answer("down", status=503)}, "robots-unreachable: http-503"),
    ],
    ids=["error", "refused", "challenge", "only-feed", "robots"],
)
def test_a_start_that_fails_is_no_success(table: dict[str, Answer], words: str, tmp_path: Path) -> None:
    with open_paper(table) as paper:
        result = crawl("news", tmp_path, arguments={"url": paper.home}, settings={"RETRY_TIMES": "0"})
    assert result.returncode == 1
    assert words in result.stderr
    assert "every list was read" not in result.stderr
    [stats] = run_stats(tmp_path)
    assert stats["articles"] == 0


@pytest.mark.parametrize(
    ("url", "cause"), [("http://nowhere.invalid/", "dns 1"), ("http://127.0.0.1:1/", "connection-refused 1")]
)
def test_a_host_that_does_not_answer_is_named_with_the_cause(url: str, cause: str, tmp_path: Path) -> None:
    result = crawl("news", tmp_path, arguments={"url": url}, settings={"RETRY_TIMES": "0"})
    assert result.returncode == 1
    assert cause in result.stderr
    assert "could be reached: nothing of this run was kept" in result.stderr
    # a mistyped host leaves no site behind
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".lock")] == []


def test_a_known_site_that_cannot_be_reached_keeps_the_record_of_the_run(tmp_path: Path) -> None:
    with open_paper({"/": front_page("/feed/"), "/feed/": rss(path_of(1)), path_of(1): story(1)}) as paper:
        first = crawl("news", tmp_path, arguments={"url": paper.home}, settings={"RETRY_TIMES": "0"})
    assert first.returncode == 0, first.stderr[-3000:]
    second = crawl("news", tmp_path, arguments={"url": paper.home}, settings={"RETRY_TIMES": "0"})
    assert second.returncode == 1
    assert "nothing of this run was kept" not in second.stderr
    assert [stats["articles"] for stats in run_stats(tmp_path)] == [1, 0]
