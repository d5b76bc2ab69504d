import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from crawler.survey.output import print_report
from crawler.survey.report import ArticleReport, ListReport, SurveyReport

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEED = ListReport(source=0, kind="feed", url="https://p.example/feed", status=200, entries=10, newest=NOW)
GOOD = ArticleReport(
    url="https://p.example/1",
    status=200,
    layers=dict.fromkeys(("title", "text", "published", "authors", "section", "tags"), "jsonld"),
)
UNDATED = ArticleReport(
    url="https://p.example/2", status=200, layers={"title": "visible", "text": "structure"}
)
LIST = ArticleReport(url="https://p.example/3", status=200, reason="list")
GONE = ArticleReport(url="https://p.example/4", failure="http-404")


def report(**values: Any) -> SurveyReport:
    given: dict[str, Any] = {
        "site": "p", "address": "https://p.example/", "sources": ("feed https://p.example/feed",),
        "robots": (), "lists": (FEED,), "articles": (GOOD,) * 5, "requests": 8,
        "seconds": 1.0, "asked_at": NOW, **values,
    }  # fmt: skip
    return SurveyReport(**given)


def feed(**values: Any) -> tuple[ListReport, ...]:
    given: dict[str, Any] = {"source": 0, "kind": "feed", "url": "https://p.example/feed", **values}
    return (ListReport(**given),)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"lists": feed(failure="robots"), "articles": ()}, "named no article (robots)"),
        ({"lists": feed(failure="http-404", status=404), "articles": ()}, "named no article (http-404)"),
        (
            {"lists": feed(status=200, refused={"not-a-feed": 1}), "articles": ()},
            "named no article (not-a-feed)",
        ),
        ({"lists": feed(status=200), "articles": ()}, "named no article (empty)"),
        ({"lists": (), "articles": ()}, "was not asked"),
        ({"articles": ()}, "No page was asked for"),
        ({"articles": (GOOD, LIST, GONE)}, "1 of 3 pages gave an article (http-404, list)"),
        ({"articles": (GOOD, UNDATED, UNDATED)}, "2 of 3 articles had no date"),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, Any], problem: str) -> None:
    sick = report(**values)
    assert not sick.healthy
    assert any(problem in sentence for sentence in sick.problems), sick.problems


@pytest.mark.parametrize("articles", [(GOOD,) * 5, (GOOD, GOOD, GONE), (GOOD, GOOD, UNDATED)])
def test_a_site_with_a_fault_here_and_there_is_well(articles: tuple[ArticleReport, ...]) -> None:
    assert report(articles=articles).problems == []


def test_what_is_no_problem_is_noted() -> None:
    old = ListReport(
        source=0,
        kind="feed",
        url="https://p.example/old",
        status=200,
        entries=1,
        newest=NOW - timedelta(days=99),
    )
    assert "old looks abandoned" in report(lists=(FEED, old)).notes[0]
    assert "The newest entry of all lists is of" in report(lists=(old,)).notes[0]
    assert report(articles=(UNDATED,)).notes == ["No article had published, authors, section, tags."]
    assert report(ended="20 requests are enough").notes == [
        "Not everything was asked: 20 requests are enough."
    ]
    assert report().notes == []


def test_the_record_is_json_able() -> None:
    record = report(articles=(GOOD, UNDATED)).record()
    assert record["lists"][0]["newest"] == "2026-05-01T12:00:00+00:00"
    assert record["articles"][1]["missing"][:2] == ["published", "authors"]
    assert record["healthy"] is True


def test_a_site_cannot_speak_to_the_terminal() -> None:
    hostile = ArticleReport(
        url="https://p.example/%1b%5b2J", title="\x1b]0;x\x07\u202eخبر", layers=GOOD.layers
    )
    lists = feed(status=200, entries=1)
    listed = ListReport(source=0, kind="feed", url="https://p.example/%1b%5b2J/feed", status=200, entries=1)
    console = Console(file=io.StringIO(), markup=False, highlight=False, width=120)
    print_report(report(lists=(*lists, listed), articles=(hostile,)), console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "خبر" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
