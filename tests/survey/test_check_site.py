"""check-site through the door: demo papers that are well, and papers that are not."""

import json
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, scrapy
from tests.servers.paper import Answer, front_page, open_paper, path_of, rss, story


def look(address: str, **settings: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON, stderr."""
    result = scrapy("check-site", address, "--json", settings={**UNHURRIED, **settings})
    assert "Traceback" not in result.stderr, result.stderr
    return result.returncode, json.loads(result.stdout), result.stderr


@pytest.mark.parametrize("key", OUTLETS)
def test_the_demo_papers_are_well(key: str) -> None:
    with serve([OUTLETS[key]]) as stand:
        code, report, _ = look(OUTLETS[key].home, CONNECT_TO=",".join(stand.connect_to()))
        asked = len(stand.requests)
    assert (code, report["problems"]) == (0, [])
    assert asked == report["requests"] <= 20
    read = [article for article in report["articles"] if article["layers"]]
    assert len(report["articles"]) == 5
    assert len(read) >= 3  # one paper has a page that is gone, and one that asks for a pause
    assert all(article["layers"]["text"] and article["published"] for article in read)
    assert report["robots"][0]["status"] == 200
    assert {"detect", "feed"} <= {each["kind"] for each in report["lists"]}


def test_the_table_names_what_came_and_from_where() -> None:
    with serve([OUTLETS["barada"]]) as stand:
        settings = {**UNHURRIED, "CONNECT_TO": ",".join(stand.connect_to())}
        result = scrapy("check-site", "http://barada.example/", settings=settings)
    assert result.returncode == 0
    for word in (
        "robots.txt of barada.example: 200",
        "/feed/",
        "theme:jannah",
        "JSON-LD",
        "barada_example is healthy",
    ):
        assert word in result.stdout
    assert result.stderr == ""


def test_a_site_that_forbids_is_asked_for_nothing_more() -> None:
    table = {"/robots.txt": Answer("User-agent: *\nDisallow: /\n", content_type="text/plain")}
    with open_paper(table) as paper:
        code, report, _ = look(paper.home)
        assert set(paper.paths()) == {"/robots.txt"}
    assert code == 1
    assert "robots" in report["problems"][0]


def test_a_site_without_robots_and_lists_says_so() -> None:
    with open_paper({"/": front_page()}) as paper:
        code, report, _ = look(paper.home)
    assert code == 1
    assert "named no article" in report["problems"][0]


def test_pages_that_are_no_articles_are_told_by_reason() -> None:
    paths = [path_of(number) for number in range(5)]
    table = {"/": front_page("/feed/"), "/feed/": rss(*paths), paths[0]: story(0)}
    table |= dict.fromkeys(paths[1:4], Answer("<html><title>404</title><body>لا شيء هنا</body></html>"))
    with open_paper(table) as paper:
        code, report, _ = look(paper.home)
    assert code == 1
    assert "1 of 5 pages gave an article" in report["problems"][0]
    assert report["articles"][-1]["failure"] == "http-404"


def test_a_site_that_asks_for_a_pause_gets_it() -> None:
    table = {"/": front_page("/feed/"), "/feed/": Answer("", 503, headers={"Retry-After": "60"})}
    with open_paper(table) as paper:
        code, report, _ = look(paper.home)
        assert paper.paths().count("/feed/") == 1
        assert paper.paths()[-1] == "/feed/"
    assert code == 1
    assert "pause" in report["ended"]


def test_endless_redirects_keep_the_bound() -> None:
    paths = [path_of(number) for number in range(40)]
    loops = {path: Answer("", 302, headers={"Location": f"{path}x"}) for path in paths}
    loops |= {f"{path}x": Answer("", 302, headers={"Location": path}) for path in paths}
    with open_paper({"/": front_page("/feed/"), "/feed/": rss(*paths), **loops}) as paper:
        code, report, _ = look(paper.home)
        assert len(paper.asked) <= 30
    assert code == 1
    assert report["ended"] == "20 requests are enough"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["step_agenci"], 2, "Did you mean step_agency"),
        (["zzzzzz"], 2, "scrapy sites lists the known ones"),
        (["ftp://x/"], 2, "is not an address"),
        (["https://"], 2, "is not an address"),
        ([], 2, "Name one site"),
        (["a", "b"], 2, "Name one site"),
        (["step_agency", "-s", "CONNECT_TO=x"], 2, "CONNECT_TO"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(words: list[str], code: int, said: str) -> None:
    result = scrapy("check-site", *words)
    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_ends_it_with_a_sentence_though_the_site_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "check-site",
            f"http://127.0.0.1:{silent.getsockname()[1]}/",
        ]
        with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as looking:
            connection, _ = silent.accept()
            looking.send_signal(signal.SIGINT)
            _, said = looking.communicate(timeout=MAX_SECONDS)
            connection.close()
    assert (looking.returncode, said) == (130, "scrapy check-site: The look at the site was cut short.\n")
