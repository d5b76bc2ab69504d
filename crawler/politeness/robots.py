"""The downloader middleware for robots.txt (RFC 9309).

A robots.txt that cannot be fetched forbids everything (section 2.3.1.4); one that does not exist allows
everything (section 2.3.1.3). `crawler.politeness.robots_rules` reads the file.
"""

import asyncio
import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from w3lib.encoding import http_content_type_encoding

from crawler.politeness.robots_rules import RobotsRules

logger = logging.getLogger(__name__)

PRIORITY = 1000  # of requests for robots.txt
RECEIVED = "robots_received"  # key in the meta of these requests: bytes of the body received so far
UNAVAILABLE, UNREACHABLE = 400, 500  # the lowest status of each kind (section 2.3.1)


class RobotsUnreachableError(IgnoreRequest):
    """The robots.txt of the request's host could not be fetched: a server error or no response.

    `status` is that of the server error; without a response the error's cause is the one of the download.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class RobotsForbiddenError(IgnoreRequest):
    """The robots.txt of the request's host forbids the request."""


class Robots:
    """Request the robots.txt of each host once and stop the requests that it forbids.

    Replaces Scrapy's middleware, which allows everything where robots.txt fails, against section 2.3.1.4.
    Sends Scrapy's signal `robots_parsed`, as that middleware does, with a `RobotsRules` as `robotparser`.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self.crawler = crawler
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self.max_bytes = crawler.settings.getint("ROBOTS_MAXSIZE")
        crawler.signals.connect(self.headers_received, signal=signals.headers_received)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)
        self._rules: dict[str, asyncio.Future[RobotsRules | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbiddenError or RobotsUnreachableError for a request that must not be sent."""
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
        """Start counting the bytes of a robots.txt, for a redirect or a retry again from zero."""
        if RECEIVED in request.meta:
            request.meta[RECEIVED] = 0
            request.meta["download_maxsize"] = (
                0  # Scrapy would drop all of a long body; bytes_received cuts it
            )

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop the download of a robots.txt that is too long; its beginning is read."""
        if RECEIVED in request.meta:
            request.meta.pop("download_maxsize", None)  # Scrapy has read it; decompression needs the default
            request.meta[RECEIVED] += len(data)
            if request.meta[RECEIVED] > self.max_bytes:
                raise StopDownload(fail=False)

    async def _ask(self, request: Request) -> RobotsRules | None:
        """Return the rules of the request's host, None where it has none. Raises RobotsUnreachableError."""
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
        except Exception as error:  # every failure means that the rules are unknown
            logger.warning(
                "%s could not be fetched, so nothing is fetched from this host: %s", asking.url, error
            )
            raise RobotsUnreachableError(f"robots.txt: {error}") from error
        return await self._read(response, asking)

    async def _read(self, response: Response, asking: Request) -> RobotsRules | None:
        self.crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= UNREACHABLE:
            logger.warning("%s answers %d, so nothing of its host is fetched.", asking.url, response.status)
            raise RobotsUnreachableError(f"robots.txt answers {response.status}", response.status)
        if response.status >= UNAVAILABLE:
            return None
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        rules = RobotsRules(self._whole_lines(response), charset=http_content_type_encoding(content_type))
        facts: dict[str, Any] = {"robotparser": rules, "request": asking}
        await self.crawler.signals.send_catch_log_async(signal=signals.robots_parsed, **facts)
        return rules

    def _whole_lines(self, response: Response) -> bytes:
        """Return the body, of a too long one only the whole lines within ROBOTS_MAXSIZE bytes."""
        if len(response.body) <= self.max_bytes and "download_stopped" not in response.flags:
            return response.body
        self.crawler.stats.inc_value("robotstxt/cut")
        logger.warning("%s is too long; only its first %d bytes are read.", response.url, self.max_bytes)
        return response.body[: response.body.rfind(b"\n", 0, self.max_bytes) + 1]
