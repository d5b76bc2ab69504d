"""A site that is closed for a while: what gave no article is asked for again, and is missing until then."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.crawl.archive_reading import articles
from tests.crawl.running import crawl, scrapy
from tests.servers.paper import Answer, Paper, front_page, open_paper, path_of, rss, story

OLD = (1, 2, 3)
LINKS = "".join(f'<li><a href="/section/{number}/">قسم {number}</a></li>' for number in range(12))
TEASERS = "".join(
    f'<div><a href="{path_of(number)}"><h3>أهالي البلدة يناقشون ترميم السوق للمرة {number}</h3></a></div>'
    for number in OLD * 6
)


def html(title: str, body: str) -> Answer:
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return Answer(f'<!DOCTYPE html><html lang="ar" dir="rtl">{head}<body>{body}</body></html>')


NOTICE = "<p>الموقع تحت الصيانة، ونعتذر عن الإزعاج، وسنعود قريبًا.</p>"
CLOSED: dict[str, Answer] = {
    "a maintenance page": html("صحيفة البلدة", f"<h1>صيانة</h1>{NOTICE}"),
    "a long maintenance page": html("الموقع تحت الصيانة", NOTICE * 12),
    "no bytes": Answer(""),
    "a shell for scripts": html("صحيفة البلدة", '<div id="root"></div><script src="/app.js"></script>'),
    "a shell with teasers": html("صحيفة البلدة", f"<ul>{LINKS}</ul><main></main><aside>{TEASERS}</aside>"),
    "a challenge": html("Just a moment...", "<script>window._cf_chl_opt = {};</script><p>انتظر</p>"),
    "a consent wall": html("Before you continue", "<form><p>نستخدم ملفات تعريف الارتباط.</p></form>"),
    "not found": html("الصفحة غير موجودة", "<h1>404</h1><p>عذرًا، الصفحة غير موجودة.</p>"),
    "a message in JSON": Answer('{"error": "unavailable"}', content_type="application/json"),
    "a message in a line": Answer("Service Unavailable"),
    "the home page": Answer("", 302, headers={"Location": "/"}),
    "one page for all": Answer("", 302, headers={"Location": "/closed/"}),
    "another site": Answer("", 302, headers={"Location": "https://consent.example/wall"}),
    "itself": Answer("", 302, headers={"Location": "/loop/"}),
}  # fmt: skip


def paper_of(*numbers: int) -> dict[str, Answer]:
    answers = {path_of(number): story(number) for number in numbers}
    answers["/closed/"] = html("صحيفة البلدة", NOTICE)
    answers["/loop/"] = Answer("", 302, headers={"Location": "/loop/"})
    return answers | {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, numbers))}


def visit(paper: Paper, archive: Path, **arguments: str) -> list[str]:
    """Crawl the paper; the articles that were asked for, by path."""
    before = len(paper.asked)
    crawl("news", archive, arguments={"url": paper.home, **arguments}, settings={"RECHECK": ""})
    return [asked.path for asked in paper.asked[before:] if asked.path.startswith("/20")]


def coverage(archive: Path) -> dict[str, Any]:
    result = scrapy("coverage", str(archive), "--json")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_new_articles_of_a_closed_site_come_with_the_next_run(tmp_path: Path) -> None:
    """Twenty articles and more, of each kind of page that a closed site serves two."""
    pages = {path_of(100 + number): closed for number, closed in enumerate([*CLOSED.values()] * 2)}
    answers = paper_of(*OLD)
    with open_paper(answers) as paper:
        visit(paper, tmp_path)
        feed = rss(*pages, *map(path_of, OLD))
        answers |= pages | {"/feed/": feed}
        assert set(visit(paper, tmp_path)) == set(pages)
        found = coverage(tmp_path)
        assert (found["total"]["articles"], found["total"]["missing"]) == (len(OLD), len(pages))
        assert found["total"]["covered_percent"] < 10
        answers |= paper_of(*OLD)  # the feed has moved on, too
        answers |= {path: story(100 + number) for number, path in enumerate(pages)}
        assert set(visit(paper, tmp_path)) == set(pages)
        assert visit(paper, tmp_path) == []
    assert len(articles(tmp_path)) == len(OLD) + len(pages)
    found = coverage(tmp_path)
    assert (found["total"]["articles"], found["total"]["missing"]) == (len(OLD) + len(pages), 0)
    assert found["total"]["covered_percent"] == 100


def test_a_page_that_stays_empty_is_given_up_after_thirty_days(tmp_path: Path) -> None:
    answers = paper_of(1, 2) | {path_of(2): CLOSED["no bytes"]}
    with open_paper(answers) as paper:
        visit(paper, tmp_path)
        assert visit(paper, tmp_path) == [path_of(2)]
        assert visit(paper, tmp_path) == []  # it waits an hour now
        [ledger] = (tmp_path / ".spool/ledger").glob("*.sqlite")
        with closing(sqlite3.connect(ledger)) as database, database:
            database.execute(
                "UPDATE pages SET asked_since = '2026-01-01T00:00:00+00:00', look_at = 0 "
                "WHERE asked_since IS NOT NULL"
            )
        assert visit(paper, tmp_path) == [path_of(2)]
        assert visit(paper, tmp_path) == []
    total = coverage(tmp_path)["total"]
    assert (total["missing"], total["given_up"], total["covered_percent"]) == (0, 1, 50)
    shown = scrapy("coverage", str(tmp_path))
    assert "given up: after 30 days without an article 1" in shown.stdout
    listed = scrapy("coverage", str(tmp_path), "--missing")
    assert [line.split("\t")[2] for line in listed.stdout.splitlines()] == ["given-up"]
