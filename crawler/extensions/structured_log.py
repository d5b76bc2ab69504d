"""Log lines as JSON objects, for machines that read them."""

import json
import logging
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.utils.log import get_scrapy_root_handler


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, site, and the trace where there is one."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.site = site

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "site": self.site,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class StructuredLog:
    """Gives Scrapy's own handler the JSON format."""

    def __init__(self, crawler: Crawler) -> None:
        handler = get_scrapy_root_handler()
        if handler is not None:
            spider = crawler.spider
            handler.setFormatter(JsonFormatter(spider.name if spider is not None else ""))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)
