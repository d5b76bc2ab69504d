"""Health through the door: a site that changes between crawls, and the notices about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest

from tests.crawl.running import crawl
from tests.health.listening import LoopbackMail, web_server
from tests.servers.paper import Answer, front_page, open_paper, path_of, rss, story

STORIES = 12


@contextmanager
def paper(*, dated: bool, edition: int = 0) -> Iterator[str]:
    """An edition of twelve stories, with their days or without; the address of its front page."""
    numbers = range(edition * STORIES, (edition + 1) * STORIES)
    answers = {"/": front_page("/feed"), "/feed": rss(*(f"/stories/{n}-story/" for n in numbers))}
    for number in numbers:
        moment = f"2026-05-{number % STORIES + 1:02}T09:00:00+03:00"
        meta = f'<meta property="article:published_time" content="{moment}">' if dated else ""
        page = story(number)
        body = str(page.body).replace("<head>", f"<head>{meta}")
        answers[f"/stories/{number}-story/"] = replace(page, body=body)
    with open_paper(answers) as opened:
        yield opened.home


def stats_of(archive: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(archive.glob("runs/*/stats.json"))]


def test_a_run_counts_what_its_articles_have(tmp_path: Path) -> None:
    with paper(dated=True) as home:
        result = crawl("news", tmp_path, arguments={"url": home})
    assert result.returncode == 0, result.stderr[-2000:]
    [stats] = stats_of(tmp_path)
    counters = stats["counters"]
    assert isinstance(counters, dict)
    assert counters["articles/field/published"] == STORIES
    assert "articles/field/agency" not in counters
    assert counters["health/expected_yield"] == 0
    assert "health/bounded" not in counters
    waits = [number for name, number in counters.items() if name.startswith("articles/answers/")]
    assert sum(waits) == counters["downloader/response_count"]


@pytest.mark.parametrize("arguments", [{"limit": "3"}, {"since": "2026-05-03"}, {"until": "2026-05-03"}])
def test_a_part_of_a_site_is_marked_as_one(tmp_path: Path, arguments: dict[str, str]) -> None:
    with paper(dated=True) as home:
        crawl("news", tmp_path, arguments={"url": home, **arguments})
    [stats] = stats_of(tmp_path)
    assert stats["counters"]["health/bounded"] == 1  # type: ignore[index]


def test_notices_are_sent_when_a_site_refuses_the_crawler(tmp_path: Path) -> None:
    links = [path_of(number) for number in range(30)]
    answers = {"/": front_page("/feed"), "/feed": rss(*links)}
    answers |= {link: Answer("", 403) for link in links[2:]} | {link: story(1) for link in links[:2]}
    with open_paper(answers) as opened, web_server() as web, LoopbackMail() as mail:
        settings = {
            "HEALTH_EMAIL_TO": "editor@example.org",
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(mail.port),
            "MAIL_FROM": "warraq@example.org",
        }
        result = crawl(
            "news",
            tmp_path,
            arguments={"url": opened.home},
            settings=settings,
            env={"WARRAQ_HEALTH_WEBHOOK": f"http://127.0.0.1:{web.port}/secret-hook"},
        )
    [notice] = web.heard
    [failed] = notice["failed_checks"]
    assert failed["check"] == "blocked"
    assert "93%" in failed["sentence_ar"]
    assert notice["archive"] == str(tmp_path)
    assert "93% of the pages were refused" in notice["text"]
    assert "blocked:" in message_from_string(mail.messages[0], policy=default).get_content()
    assert "Health: blocked:" in result.stderr
    assert "secret-hook" not in result.stderr
    assert "Deprecat" not in result.stderr
    assert "Traceback" not in result.stderr


def test_an_ignored_check_sends_no_notice(tmp_path: Path) -> None:
    """Settings of spidermon, which version 0.1 used, have no effect and do no harm."""
    links = [path_of(number) for number in range(30)]
    answers = {"/": front_page("/feed"), "/feed": rss(*links)} | {link: Answer("", 403) for link in links}
    with open_paper(answers) as opened, web_server() as web:
        settings = {
            "HEALTH_WEBHOOK": f"http://127.0.0.1:{web.port}/",
            "HEALTH_IGNORE": "blocked",
            "SPIDERMON_ENABLED": "True",
            "SPIDERMON_ENGINE_STOP_MONITORS": "crawler.extensions.monitors.HealthSuite",
        }
        crawl("news", tmp_path, arguments={"url": opened.home}, settings=settings)
    assert web.heard == []


def test_a_field_that_falls_fails_after_three_good_runs(tmp_path: Path) -> None:
    """The paper moves to another port each time, so the site is called by one name through CONNECT_TO."""
    for edition, dated in enumerate((True, True, True, False)):
        with paper(dated=dated, edition=edition) as home:
            port = home.rstrip("/").rpartition(":")[2]
            result = crawl(
                "news",
                tmp_path,
                arguments={"url": "http://paper.example/"},
                connect_to=[f"paper.example:80:127.0.0.1:{port}"],
            )
        assert ("Health: dates:" in result.stderr) is not dated, result.stderr[-3000:]
    assert "100% of the articles have no certain date" in result.stderr
    rhythms = [stats["counters"].get("health/rhythm/articles") for stats in stats_of(tmp_path)]  # type: ignore[attr-defined]
    assert rhythms == [None, STORIES, 2 * STORIES, 3 * STORIES]  # the first run brings the backlog


@pytest.mark.parametrize(
    "settings",
    [
        {"HEALTH_IGNORE": "yeild"},
        {"HEALTH_WEBHOOK": "ftp://example.org/secret"},
        {"HEALTH_EMAIL_TO": "absent"},
    ],
)
def test_settings_without_a_meaning_end_the_run_before_anything_is_fetched(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with open_paper({}) as opened:
        result = crawl("news", tmp_path, arguments={"url": opened.home}, settings=settings)
        assert opened.asked == []
    assert result.returncode == 2
    assert next(iter(settings)) in result.stderr
    assert "secret" not in result.stderr.replace("'HEALTH_WEBHOOK': 'ftp://example.org/secret'", "")
    assert "Traceback" not in result.stderr
