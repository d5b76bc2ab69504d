"""A site that is blocked, emptied, redesigned and mended, crawled with the shipped crontab's arguments."""

from pathlib import Path
from typing import NamedTuple

from tests.crawl.archive_reading import articles
from tests.crawl.running import scrapy
from tests.health.listening import web_server
from tests.health.simulated import Condition, SimulatedPaper, crawl_now
from tests.servers.paper import open_paper


class Day(NamedTuple):
    """What a day brings, and what its run says: exit code, state, likely reason, and what the notice says."""

    condition: Condition
    code: int
    state: str
    cause: str | None
    news: str | None


DAYS = [
    Day("well", 0, "well", None, None),
    Day("well", 0, "well", None, None),
    Day("well", 0, "well", None, None),
    Day("blocked", 1, "ill", "blocked", "changed"),
    Day("blocked", 1, "ill", "blocked", "lasting"),
    Day("emptied", 1, "ill", "pages-empty", "changed"),
    Day("redesigned", 1, "ill", "layout-changed", "changed"),
    Day("feedless", 1, "ill", "feed-gone", "changed"),
    Day("well", 0, "well", None, "mended"),
    Day("well", 0, "well", None, None),
]


def test_ten_days_of_a_site(tmp_path: Path) -> None:
    paper, seen, sick = SimulatedPaper(), [], set()
    with open_paper(paper) as opened, web_server() as web:
        settings = {"HEALTH_WEBHOOK": f"http://127.0.0.1:{web.port}/", "RECHECK": ""}
        for number, day in enumerate(DAYS):
            paper.condition, paper.days = day.condition, number
            web.heard.clear()
            run = crawl_now(paper, opened.home, tmp_path, settings)
            state, cause = run.state["condition"], run.state["cause"]
            [news] = [notice["news"] for notice in web.heard] or [None]
            assert [notice["cause"] for notice in web.heard] == ([cause] if news else [])
            assert all(notice["sentence"] in notice["text"] for notice in web.heard)
            seen.append(Day(day.condition, run.code, str(state), str(cause) if cause else None, news))
            sick |= {run.state["since"]} if run.code else set()
    assert seen == DAYS
    assert len(sick) == 1  # ill since the first bad day, whatever the reason is
    # Nothing is lost: all that the feed named while pages were empty or without dates is read in the end.
    assert len({row["url"] for row in articles(tmp_path)}) == len(paper.named)
    coverage = scrapy("coverage", str(tmp_path), "--fail-under", "100")
    assert coverage.returncode == 0, coverage.stdout
