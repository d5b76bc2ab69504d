"""Politeness and hostile input through the door: a paper of the test's own, a whole crawl, its counters."""

import json
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.archive_reading import answers, articles, run_stats, warcs
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, crawl, news_command, scrapy
from tests.servers.paper import Answer, Request, front_page, open_paper, path_of, rss, story


@dataclass(frozen=True)
class Outcome:
    code: int
    log: str
    stats: dict[str, Any]
    asked: list[Request]
    archive: Path

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def crawled(
    tmp_path: Path,
    table: Mapping[str, Answer],
    *,
    arguments: Mapping[str, str] | None = None,
    **settings: str,
) -> Outcome:
    archive = tmp_path / "archive"
    with open_paper(table) as paper:
        result = crawl("news", archive, arguments={"url": paper.home, **(arguments or {})}, settings=settings)
        asked = list(paper.asked)
    assert "Traceback" not in result.stderr, result.stderr[-3000:]
    [stats] = run_stats(archive)
    return Outcome(result.returncode, result.stderr, stats, asked, archive)


def test_who_we_say_we_are(tmp_path: Path) -> None:
    table = {
        "/": Answer(front_page("/feed/").body, headers={"Set-Cookie": "visitor=1; path=/"}),
        "/feed/": rss(path_of(1)),
        path_of(1): story(1),
    }
    outcome = crawled(tmp_path, table, CONTACT_URL="https://archive.example/crawler")
    assert outcome.code == 0
    assert outcome.paths[0] == "/robots.txt"
    for asked in outcome.asked:
        assert asked.headers["user-agent"] == "Warraq/0.1 (+https://archive.example/crawler)"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert not {"cookie", "referer", "authorization"} & set(asked.headers)


def test_two_requests_at_a_time_and_no_more(tmp_path: Path) -> None:
    numbers = range(1, 13)
    table = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, numbers))}
    table |= {path_of(number): story(number) for number in numbers}
    outcome = crawled(tmp_path, table)
    assert len(articles(outcome.archive)) == len(numbers)
    # a connection is used again as soon as it is free, so there are as many as there were requests at a time
    assert len({asked.connection for asked in outcome.asked}) <= 2


def test_a_moved_home_and_feed_are_followed(tmp_path: Path) -> None:
    table = {
        "/": Answer(status=301, headers={"Location": "/ar/"}),
        "/ar/": front_page("/feed"),
        "/feed": Answer(status=302, headers={"Location": "/feed/"}),
        "/feed/": rss(path_of(1)),
        path_of(1): story(1),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 0
    assert len(articles(outcome.archive)) == 1


def test_what_robots_txt_forbids_is_not_asked_for(tmp_path: Path) -> None:
    table = {
        "/robots.txt": Answer(f"User-agent: *\nDisallow: {path_of(2)}\n", content_type="text/plain"),
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1), path_of(2)),
        path_of(1): story(1),
        path_of(2): story(2),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 0
    assert path_of(2) not in outcome.paths
    assert outcome.stats["failed"] == {"robots": 1}
    assert len(articles(outcome.archive)) == 1


def test_addresses_off_the_site_are_counted_and_left_alone(tmp_path: Path) -> None:
    table = {
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1), "https://elsewhere.example/2026/05/01/story-number-9/"),
        path_of(1): Answer(status=302, headers={"Location": "http://elsewhere.example/"}),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.stats["refused"]["off-site"] == 1
    assert outcome.stats["failed"] == {"off-site": 1}
    [warc] = warcs(outcome.archive)
    assert 302 in [answer.status for answer in answers(warc)]


def test_hostile_lists_cost_themselves_only(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
    outside = (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>'
    )
    index = "<sitemapindex>{}</sitemapindex>"
    table = {
        "/robots.txt": Answer("Sitemap: /self.xml\nSitemap: /outside.xml\n", content_type="text/plain"),
        "/": front_page("/bomb/", "/broken/", "/feed/"),
        "/bomb/": Answer(bomb, content_type="application/rss+xml"),
        "/broken/": Answer("<rss><channel><item><link>", content_type="application/rss+xml"),
        "/feed/": rss(path_of(1)),
        "/self.xml": Answer(index.format("<sitemap><loc>/self.xml</loc></sitemap>"), content_type="text/xml"),
        "/outside.xml": Answer(outside, content_type="text/xml"),
        path_of(1): story(1),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 0
    assert len(articles(outcome.archive)) == 1
    assert outcome.stats["refused"]["entity"] == 2
    assert outcome.stats["refused"]["loop"] == 1
    assert outcome.paths.count("/self.xml") == 1
    assert "root:" not in outcome.log


def test_the_same_text_under_two_addresses_is_stored_once(tmp_path: Path) -> None:
    table = {
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1), path_of(2)),
        path_of(1): story(1),
        path_of(2): story(1),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.stats["dropped"] == {"duplicate-text": 1}
    assert len(articles(outcome.archive)) == 1


def test_a_page_that_takes_too_long_costs_itself_only(tmp_path: Path) -> None:
    table = {"/": front_page("/feed/"), "/feed/": rss(path_of(1)), path_of(1): story(1)}
    outcome = crawled(tmp_path, table, EXTRACTION_TIMEOUT="0.000001", EXTRACTION_LANES="1")
    assert outcome.stats["dropped"] == {"extraction-timeout": 1}
    assert articles(outcome.archive) == []
    [warc] = warcs(outcome.archive)
    assert any(answer.url.endswith(path_of(1)) for answer in answers(warc))  # kept all the same


def test_a_site_that_answers_nothing_is_no_success(tmp_path: Path) -> None:
    outcome = crawled(tmp_path, {})
    assert outcome.code == 1
    assert "could be read" in outcome.log


def test_pages_that_reload_themselves_are_read_once(tmp_path: Path) -> None:
    body = str(story(1).body).replace(
        "<head>", f'<head><meta http-equiv="refresh" content="60; url={path_of(1)}">'
    )
    home = str(front_page("/feed/").body).replace("<head>", '<head><meta http-equiv="refresh" content="30">')
    table = {"/": Answer(home), "/feed/": rss(path_of(1)), path_of(1): Answer(body)}
    outcome = crawled(tmp_path, table)
    assert outcome.code == 0
    assert len(articles(outcome.archive)) == 1
    assert outcome.paths.count("/") == outcome.paths.count(path_of(1)) == 1


REFRESH = (
    '<!DOCTYPE html><html><head><meta http-equiv="refresh" content="0; url={}"></head><body>{}</body></html>'
)


def test_a_page_that_only_sends_on_is_a_redirect(tmp_path: Path) -> None:
    target = "/2026/05/02/new-place-of-number-one/"
    with_text = str(story(2).body).replace(
        "<head>", f'<head><meta http-equiv="refresh" content="0; url={path_of(9)}">'
    )
    table = {
        "/": Answer(REFRESH.format("/ar/", "<a href=/ar/>العربية</a>")),
        "/ar/": front_page("/feed/"),
        "/feed/": rss(path_of(1), path_of(2)),
        path_of(1): Answer(REFRESH.format(target, "<p>يتم تحويلك الآن</p>")),
        target: story(1),
        path_of(2): Answer(with_text),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 0
    assert {row["url"].partition("/2026")[2] for row in articles(outcome.archive)} == {
        target.removeprefix("/2026"),
        path_of(2).removeprefix("/2026"),
    }
    assert path_of(9) not in outcome.paths


def test_a_redirect_to_itself_is_followed_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(request.path)
        if request.path == path_of(1) and asked.count(path_of(1)) == 1:
            return Answer(status=302, headers={"Location": path_of(1)})
        return {"/": front_page("/feed/"), "/feed/": rss(path_of(1)), path_of(1): story(1)}.get(
            request.path, Answer(status=404)
        )

    with open_paper(answer) as paper:
        result = crawl("news", tmp_path, arguments={"url": paper.home})
    assert result.returncode == 0, result.stderr
    assert len(articles(tmp_path)) == 1


def test_redirects_to_each_other_lose_nothing_and_are_counted(tmp_path: Path) -> None:
    def moved(target: str) -> Answer:
        return Answer(status=301, headers={"Location": target})

    table = {
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1), path_of(2), path_of(3), path_of(4)),
        path_of(1): story(1),
        path_of(2): moved(path_of(1)),  # another candidate has it
        path_of(3): moved(path_of(3)),  # wants a cookie, and gets none
        path_of(4): moved("/2026/05/02/new-place-of-number-four/"),
        "/2026/05/02/new-place-of-number-four/": story(4),
    }
    outcome = crawled(tmp_path, table)
    assert len(articles(outcome.archive)) == 2
    assert outcome.stats["dropped"] == {"duplicate-address": 1}
    assert outcome.stats["failed"] == {"redirect-loop": 1}


def test_a_robots_txt_that_fails_forbids_everything(tmp_path: Path) -> None:
    table = {
        "/robots.txt": Answer(status=503),
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1)),
        path_of(1): story(1),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 1
    assert set(outcome.paths) == {"/robots.txt"}
    assert "robots-unreachable" in outcome.log


def test_a_pause_holds_what_is_already_queued(tmp_path: Path) -> None:
    """The pause is longer than the test: it holds what is not asked for before the crawl is stopped."""
    numbers = range(1, 9)
    table = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, numbers))}
    table |= {path_of(number): story(number) for number in numbers}
    table[path_of(2)] = Answer(status=503, headers={"Retry-After": "3600"})
    log = tmp_path / "log"
    with open_paper(table) as paper, log.open("wb") as stderr:
        # one at a time, so that only the next of the queue is sent while the answer is on its way
        settings = {**UNHURRIED, "ARCHIVE": str(tmp_path / "archive"), "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
        crawl = subprocess.Popen(news_command(paper.home, settings), cwd=PROJECT, stderr=stderr)
        while b"asks for a pause" not in log.read_bytes():
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(0.02)
                pytest.fail(log.read_text())
        crawl.send_signal(signal.SIGTERM)
        assert crawl.wait(MAX_SECONDS) == 1
        paths = paper.paths()
    assert len(paths[paths.index(path_of(2)) + 1 :]) <= 1
    assert "The crawl ended before its end: shutdown." in log.read_text()


def test_pages_that_a_better_moment_might_give_are_an_exit_code(tmp_path: Path) -> None:
    table = {
        "/": front_page("/feed/"),
        "/feed/": rss(path_of(1), path_of(2)),
        path_of(1): story(1),
        path_of(2): Answer(status=500),
    }
    outcome = crawled(tmp_path, table)
    assert outcome.code == 1
    assert "1 pages could not be fetched (http-500 1)" in outcome.log
    assert len(articles(outcome.archive)) == 1


def test_in_production_every_line_is_json(tmp_path: Path) -> None:
    table = {"/": front_page("/feed/"), "/feed/": rss(path_of(1)), path_of(1): story(1)}
    env = {
        "SCRAPY_PROJECT": "production",
        "WARRAQ_ARCHIVE": str(tmp_path / "a"),
        "WARRAQ_SPOOL": str(tmp_path / "s"),
    }
    with open_paper(table) as paper:
        command = ["crawl", "news", "-a", f"url={paper.home}"]
        result = scrapy(
            *command,
            settings={"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False"},
            env={**env, "SCRAPY_PROJECT": "production"},
        )
    assert result.returncode == 0, result.stderr[-2000:]
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert any(line["message"].startswith("The run is over: ") for line in lines)
    [log] = (tmp_path / "a").glob("runs/*/log.txt")
    assert all(json.loads(line)["message"] for line in log.read_text().splitlines())
