"""A site crawled again: known pages are not fetched, edits are versions, vanished pages are listed."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.crawl.archive_reading import articles, run_stats, warcs
from tests.crawl.running import crawl, scrapy
from tests.servers.paper import Answer, Paper, front_page, open_paper, path_of, rss, story


def paper_of(*numbers: int) -> dict[str, Answer]:
    answers = {path_of(number): story(number) for number in numbers}
    return answers | {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, numbers))}


def visit(paper: Paper, archive: Path, **arguments: str) -> list[str]:
    """Crawl the paper; the articles that were asked for, by path."""
    before = len(paper.asked)
    settings = {"RECHECK": arguments.pop("recheck", "")}
    result = crawl("news", archive, arguments={"url": paper.home, **arguments}, settings=settings)
    assert result.returncode == 0, result.stderr[-3000:]
    return [asked.path for asked in paper.asked[before:] if asked.path.startswith("/20")]


def ledger(archive: Path) -> Path:
    [path] = (archive / ".spool/ledger").glob("*.sqlite")
    return path


def change(archive: Path, statement: str, values: tuple[object, ...] = ()) -> None:
    """What time would have done to the ledger."""
    with closing(sqlite3.connect(ledger(archive))) as database, database:
        database.execute(statement, values)


def rows(archive: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(ledger(archive))) as database:
        return database.execute(question).fetchall()


def look_now(archive: Path) -> None:
    change(archive, "UPDATE pages SET look_at = 1 WHERE state = 'archived'")


def revisits(archive: Path) -> list[Mapping[str, str]]:
    """The headers of all revisit records."""
    found: list[Mapping[str, str]] = []
    for warc in warcs(archive):
        with warc.open("rb") as stream:
            found += (
                dict(record.headers)
                for record in ArchiveIterator(stream, record_types=WarcRecordType.revisit, parse_http=False)
            )
    return found


class Polite(dict[str, Answer]):
    """A paper that answers 304 to who names the right ETag or date; `asked` is filled by the open paper."""

    def __init__(self, answers: Mapping[str, Answer], tags: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(
            {path: replace(answer, headers=tags.get(path, {})) for path, answer in answers.items()}
        )
        self.tags = tags
        self.paper: Paper | None = None

    def get(self, path: str, default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        assert self.paper is not None
        sent, held = self.paper.asked[-1].headers, self.tags.get(path, {})
        same_tag = "ETag" in held and sent.get("if-none-match") == held["ETag"]
        same_date = "Last-Modified" in held and sent.get("if-modified-since") == held["Last-Modified"]
        if same_tag or same_date:
            return Answer("", 304, headers=held)
        return super().get(path, default)


def test_a_second_crawl_fetches_nothing_that_is_known(tmp_path: Path) -> None:
    with open_paper(paper_of(1, 2, 3)) as paper:
        assert sorted(visit(paper, tmp_path)) == [path_of(n) for n in (1, 2, 3)]
        assert visit(paper, tmp_path) == []
    assert len(articles(tmp_path)) == 3
    first, second = run_stats(tmp_path)
    assert (first["articles"], first["known"]) == (3, 0)
    assert (second["articles"], second["fetched"]) == (0, 0)


def test_what_is_new_is_fetched_and_nothing_else(tmp_path: Path) -> None:
    answers = paper_of(1, 2)
    with open_paper(answers) as paper:
        visit(paper, tmp_path)
        answers.update(paper_of(3, 1, 2))
        assert visit(paper, tmp_path) == [path_of(3)]
    assert len(articles(tmp_path)) == 3


NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
VALIDATORS: Mapping[str, Mapping[str, str]] = {
    "/strong/": {"ETag": '"v1"'},
    "/weak/": {"ETag": 'W/"weak"'},
    "/date/": {"Last-Modified": "Fri, 01 May 2026 10:00:00 GMT"},
    "/odd/": {"Last-Modified": "yesterday, or so", "ETag": "unquoted"},
}
SENT_BACK = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}


def test_lists_are_asked_for_conditionally(tmp_path: Path) -> None:
    """Validators go back as they were served; a 304 is a revisit of the record that holds the list."""
    paths = [path_of(number) for number in range(1, 6)]
    tables: dict[str, Answer] = {"/": front_page(*VALIDATORS)} | {path_of(n): story(n) for n in range(1, 6)}
    tables |= {feed: rss(*paths[turn:], *paths[:turn]) for turn, feed in enumerate(VALIDATORS)}
    answers = Polite(tables, VALIDATORS)
    with open_paper(answers) as paper:
        answers.paper = paper
        visit(paper, tmp_path)
        before = len(paper.asked)
        assert visit(paper, tmp_path) == []
        again = {asked.path: asked.headers for asked in paper.asked[before:]}
    for feed, held in VALIDATORS.items():
        assert {name: again[feed].get(SENT_BACK[name]) for name in held} == held
    kept = {}
    for warc in warcs(tmp_path):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                kept[record.headers["WARC-Target-URI"]] = record.headers["WARC-Date"]
    unchanged = [each for each in revisits(tmp_path) if each["WARC-Profile"] == NOT_MODIFIED]
    assert {urlsplit(each["WARC-Target-URI"]).path for each in unchanged} == set(VALIDATORS)
    for revisit in unchanged:
        assert revisit["WARC-Refers-To-Target-URI"] == revisit["WARC-Target-URI"]
        assert revisit["WARC-Refers-To-Date"] == kept[revisit["WARC-Target-URI"]]
    assert scrapy("verify", str(tmp_path)).returncode == 0


def test_a_changed_article_is_a_version_of_its_own(tmp_path: Path) -> None:
    answers = paper_of(1, 2)
    with open_paper(answers) as paper:
        visit(paper, tmp_path)
        [old] = [row for row in articles(tmp_path) if row["url"].endswith(path_of(1))]
        text = answers[path_of(1)].body
        assert isinstance(text, str)
        answers[path_of(1)] = Answer(text.replace("هذه هي الفقرة", "تلك هي الفقرة المصححة"))
        look_now(tmp_path)
        assert sorted(visit(paper, tmp_path)) == [path_of(1), path_of(2)]
        assert visit(paper, tmp_path) == []
    versions = [row for row in articles(tmp_path) if row["url"].endswith(path_of(1))]
    assert len(versions) == 2
    assert old in versions
    [new] = [row for row in versions if row != old]
    assert (old["previous_id"], new["previous_id"]) == (None, old["id"])
    assert "المصححة" in new["text"]
    assert len(articles(tmp_path)) == 3  # the unchanged one is not stored again
    assert run_stats(tmp_path)[1]["unchanged"] == 1


def test_an_article_that_was_taken_down_is_recorded_as_gone(tmp_path: Path) -> None:
    answers = paper_of(1, 2)
    with open_paper(answers) as paper:
        visit(paper, tmp_path)
        del answers[path_of(1)]
        look_now(tmp_path)
        began = datetime.now(UTC)
        visit(paper, tmp_path)
        ended = datetime.now(UTC)
        assert visit(paper, tmp_path) == [path_of(1)]  # the feed still names it: is it back?
        answers[path_of(1)] = story(1)
        assert visit(paper, tmp_path) == [path_of(1)]
    assert rows(tmp_path, "SELECT state, gone_at FROM pages WHERE reason IS NOT NULL") == []
    gone_files = [path for path in tmp_path.glob("runs/*/gone.jsonl") if path.stat().st_size]
    first = json.loads(min(gone_files).read_text().splitlines()[0])
    assert first["url"].endswith(path_of(1))
    assert began <= datetime.fromisoformat(first["seen"]) <= ended
    assert len(articles(tmp_path)) == 2  # what was stored stays, and its return is no new version


@pytest.mark.parametrize(
    ("published", "recheck", "looks"),
    [
        (timedelta(minutes=-30), "1h", True),
        (timedelta(days=-400), "1h", False),  # it was past that age when it was fetched
        (timedelta(minutes=-30), "", False),
    ],
)
def test_looks_happen_at_their_ages_only(
    tmp_path: Path, published: timedelta, recheck: str, *, looks: bool
) -> None:
    answers = paper_of(1)
    moment = (datetime.now(UTC) + published).isoformat(timespec="seconds")
    text = answers[path_of(1)].body
    assert isinstance(text, str)
    head = f'<meta property="article:published_time" content="{moment}"></head>'
    answers[path_of(1)] = Answer(text.replace("</head>", head))
    with open_paper(answers) as paper:
        visit(paper, tmp_path, recheck=recheck)
        [(look_at,)] = rows(tmp_path, "SELECT look_at FROM pages WHERE state = 'archived'")
        assert (look_at is not None) is looks
        assert visit(paper, tmp_path, recheck=recheck) == []
        if looks:
            due = datetime.fromtimestamp(look_at, UTC)
            assert due - datetime.fromisoformat(moment) == timedelta(hours=1)
            look_now(tmp_path)
            assert visit(paper, tmp_path, recheck=recheck) == [path_of(1)]


def test_limit_and_then_the_rest(tmp_path: Path) -> None:
    with open_paper(paper_of(*range(1, 11))) as paper:
        some = visit(paper, tmp_path, limit="3")
        assert len(articles(tmp_path)) == 3
        rest = visit(paper, tmp_path)
        assert visit(paper, tmp_path) == []
    assert len(articles(tmp_path)) == 10
    stored_first = {
        row["url"] for row in articles(tmp_path) if row["run_id"] == run_stats(tmp_path)[0]["run_id"]
    }
    assert not {path for path in rest if any(url.endswith(path) for url in stored_first)}
    assert {*some, *rest} == {path_of(number) for number in range(1, 11)}


def dated(number: int, day: str) -> str:
    return f"/{day.replace('-', '/')}/story-number-{number}/"


def test_windows_wider_and_narrower(tmp_path: Path) -> None:
    """Each run fetches what its window wants and no run before it had."""
    days = ("2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05")
    paths = [dated(number, day) for number, day in enumerate(days)]
    items = "".join(
        f"<item><link>{path}</link><pubDate>{day}T12:00:00Z</pubDate></item>"
        for path, day in zip(paths, days, strict=True)
    )
    answers: dict[str, Answer] = {path: story(number) for number, path in enumerate(paths)}
    feed = Answer(f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml")
    answers |= {"/": front_page("/feed/"), "/feed/": feed}
    with open_paper(answers) as paper:
        assert visit(paper, tmp_path, since="2026-03-01", until="2026-03-31") == [paths[2]]
        assert visit(paper, tmp_path, since="2026-03-01") == [paths[3]]
        assert visit(paper, tmp_path, since="2026-03-20") == []
        assert visit(paper, tmp_path, until="2026-01-31") == [paths[0]]
        assert visit(paper, tmp_path) == [paths[1]]
        assert visit(paper, tmp_path) == []
    assert len(articles(tmp_path)) == 4
