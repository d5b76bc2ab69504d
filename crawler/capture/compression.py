"""The downloader middleware that undoes content codings (gzip, deflate), with a bound on their number."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

MAX_CODINGS = 3  # of one response; reading the archive has the same bound


class BoundedCompression(HttpCompressionMiddleware):
    """Scrapy bounds the unpacked size but not the number of codings: 1,000 of them would stop the crawl."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Raise IgnoreRequest for a response with more than MAX_CODINGS. The archive has its bytes anyway."""
        named = b",".join(response.headers.getlist("Content-Encoding"))
        codings = sum(bool(coding.strip()) for coding in named.split(b","))
        if codings > MAX_CODINGS:
            if self.stats is not None:
                self.stats.inc_value("capture/overlong/codings")
            raise IgnoreRequest(f"{codings} content codings exceeded the maximum of {MAX_CODINGS}")
        return super().process_response(request, response)
