"""The pipeline that keeps one article for each address and each text, in this run and all before it."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.errors import Reason
from crawler.extensions.run import run_of
from crawler.items import Article
from pipelines.dropping import Dropped, drop, unless_run_fails


class Deduplicate:
    """Drops an article that is stored already; a changed article gets the id of its version before."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        with unless_run_fails(self.crawler, item.url):
            verdict = await run_of(self.crawler).judge(item)
        if verdict.reason == Reason.UNCHANGED:
            self.crawler.stats.inc_value("pages/unchanged")
            raise Dropped(verdict.reason, item.url)
        if verdict.reason is not None:
            raise drop(self.crawler, verdict.reason, item.url)
        if verdict.previous_id is not None:
            self.crawler.stats.inc_value("articles/changed")
            for column in verdict.changed:
                self.crawler.stats.inc_value(f"articles/changed/{column}")
        item.version_id, item.previous_version_id = verdict.version_id, verdict.previous_version_id
        item.previous_id, item.image_digests = verdict.previous_id, verdict.image_digests
        item.changed = list(verdict.changed) if verdict.previous_id is not None else None
        return item
