"""robots.txt as RFC 9309 has it: what cannot be asked forbids, what is not there allows."""

import asyncio
import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)

PRIORITY = 1000
RECEIVED = "robots_received"  # in the meta of our own requests: bytes of the body so far
UNAVAILABLE, UNREACHABLE = 400, 500  # statuses from here on, section 2.3.1


class RobotsUnreachableError(IgnoreRequest):
    """The site's rules cannot be known: a server error or no answer stands for complete disallow."""


class RobotsForbiddenError(IgnoreRequest):
    """The site's rules forbid it."""


class Robots:
    """Asks each host for its rules once, and lets through what they allow.

    Scrapy's own middleware takes a failing robots.txt for permission, against section 2.3.1.4.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self.crawler = crawler
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self.most = crawler.settings.getint("ROBOTS_MAXSIZE")
        crawler.signals.connect(self.headers_received, signal=signals.headers_received)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)
        self._rules: dict[str, asyncio.Future[ProtegoRobotParser | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        host = urlparse_cached(request).netloc
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._ask(request))
        rules = await asyncio.shield(self._rules[host])
        if rules is not None and not rules.allowed(request.url, self.agent):
            self.crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsForbiddenError("Forbidden by robots.txt")

    def headers_received(self, request: Request) -> None:
        if RECEIVED in request.meta:  # a redirect or a retry begins anew
            request.meta[RECEIVED] = 0
            request.meta["download_maxsize"] = 0  # we stop it ourselves: Scrapy would have none of a long one

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop a robots.txt that has no end; what came of it is read."""
        if RECEIVED in request.meta:
            request.meta.pop("download_maxsize", None)  # Scrapy has read it; unpacking keeps its bound
            request.meta[RECEIVED] += len(data)
            if request.meta[RECEIVED] > self.most:
                raise StopDownload(fail=False)

    async def _ask(self, request: Request) -> ProtegoRobotParser | None:
        """The rules, or None where there are none. Raises RobotsUnreachableError."""
        url = urlparse_cached(request)
        asking = Request(
            f"{url.scheme}://{url.netloc}/robots.txt",
            priority=PRIORITY,
            meta={"dont_obey_robotstxt": True, RECEIVED: 0},
            callback=NO_CALLBACK,
        )
        self.crawler.stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asking)
        except Exception as error:  # whatever it was, the rules are not known
            logger.warning("%s cannot be had, so nothing is fetched there: %s", asking.url, error)
            raise RobotsUnreachableError(f"robots.txt: {error}") from error
        return await self._read(response, asking)

    async def _read(self, response: Response, asking: Request) -> ProtegoRobotParser | None:
        self.crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= UNREACHABLE:
            logger.warning("%s answers %d, so nothing is fetched there.", asking.url, response.status)
            raise RobotsUnreachableError(f"robots.txt answers {response.status}")
        if response.status >= UNAVAILABLE:
            return None
        rules = ProtegoRobotParser(self._whole_lines(response), self.crawler.spider)
        facts: dict[str, Any] = {"robotparser": rules, "request": asking}
        await self.crawler.signals.send_catch_log_async(signal=signals.robots_parsed, **facts)
        return rules

    def _whole_lines(self, response: Response) -> bytes:
        """The body, of a very long one the lines within ROBOTS_MAXSIZE."""
        if len(response.body) <= self.most and "download_stopped" not in response.flags:
            return response.body
        self.crawler.stats.inc_value("robotstxt/cut")
        logger.warning("%s is too long; its first %d bytes are read.", response.url, self.most)
        return response.body[: response.body.rfind(b"\n", 0, self.most) + 1]
