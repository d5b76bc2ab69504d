"""A newspaper over simulated days: it prints twelve stories a day, and is blocked, emptied or redesigned."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from tests.clock import VARIABLE
from tests.crawl.running import PROJECT, crawl
from tests.servers.http import Answer, Request
from tests.servers.paper import NOT_FOUND, WORDS, front_page

Condition = Literal["well", "blocked", "emptied", "redesigned", "feedless"]
A_DAY = 12  # stories
SHELL = Answer(
    '<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>صحيفة البلدة</title></head>'
    '<body><div id="app"></div><script src="/app.js"></script></body></html>'
)
_STORY = re.compile(r"/stories/(\d+)-story/")
_CRONTAB = re.compile(r"""since="\$\(date --date='(\d+) days ago' \+\\%F\)\"""")


def crontab_arguments(now: datetime) -> dict[str, str]:
    """Return the arguments of the shipped crontab at a moment, as cron would pass them."""
    crontab = (PROJECT / "deploy/scrapyd/crontab").read_text()
    found = _CRONTAB.search(crontab)
    assert found is not None
    return {"since": f"{now - timedelta(days=int(found[1])):%Y-%m-%d}"}


@dataclass
class SimulatedPaper:
    """The answers of the newspaper at its own moment."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    days: float = 0.0  # since the beginning
    condition: Condition = "well"
    a_day: float = A_DAY
    named: set[int] = field(default_factory=set)  # stories that a served feed named

    @property
    def now(self) -> datetime:
        return self.began + timedelta(days=self.days)

    def __call__(self, request: Request) -> Answer:
        if self.condition == "blocked" and request.path != "/robots.txt":
            return Answer("Forbidden", 403)
        if request.path == "/":
            return front_page("/feed/")
        if request.path == "/feed/" and self.condition != "feedless":
            return self._feed()
        if found := _STORY.fullmatch(request.path):
            return self._story(int(found[1]))
        return NOT_FOUND

    def _printed(self, number: int) -> datetime:
        return self.began + timedelta(days=number / self.a_day - 2)

    def _feed(self) -> Answer:
        """Return a feed of the last two days' stories; a redesigned one has no dates."""
        last = int((self.days + 2) * self.a_day)
        items = []
        for number in range(last, max(last - round(2 * self.a_day), -1), -1):
            self.named.add(number)
            date = f"<pubDate>{self._printed(number).isoformat()}</pubDate>"
            given = "" if self.condition == "redesigned" else date
            items.append(f"<item><link>/stories/{number}-story/</link>{given}</item>")
        body = f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'
        return Answer(body, content_type="application/rss+xml")

    def _story(self, number: int) -> Answer:
        if self.condition == "emptied":
            return SHELL
        paragraphs = "".join(
            f"<p>{WORDS}، وهذه هي الفقرة {part} من الخبر {number}.</p>" for part in range(1, 5)
        )
        head = '<meta charset="utf-8"><meta property="og:type" content="article">'
        if self.condition != "redesigned":
            moment = self._printed(number).isoformat()
            head += (
                f'<meta property="article:published_time" content="{moment}">'
                '<meta name="author" content="سلمى الحلبي"><meta property="article:section" content="محليات">'
            )
        title = f"أهالي البلدة يناقشون ترميم السوق للمرة {number}"
        body = f"<article><h1>{title}</h1>{paragraphs}</article>"
        return Answer(
            f'<!DOCTYPE html><html lang="ar" dir="rtl"><head>{head}</head><body>{body}</body></html>'
        )


@dataclass(frozen=True)
class Crawled:
    """What one run ended with."""

    code: int
    stderr: str
    state: Mapping[str, object]  # health/<site>.json


def crawl_now(
    paper: SimulatedPaper, home: str, archive: Path, settings: Mapping[str, str], **arguments: str
) -> Crawled:
    """Crawl the paper at its moment, as the shipped crontab does."""
    result = crawl(
        "news",
        archive,
        arguments={"url": home, **crontab_arguments(paper.now), **arguments},
        settings=settings,
        env={VARIABLE: str(paper.days)},
    )
    assert "Traceback" not in result.stderr, result.stderr[-5000:]
    [path] = archive.glob("health/*.json")
    return Crawled(result.returncode, result.stderr, json.loads(path.read_text()))
