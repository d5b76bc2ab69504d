"""Content codings undone, as many of them as an honest server uses."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

CODINGS_MOST = 3  # as many as reading the archive undoes


class BoundedCompression(HttpCompressionMiddleware):
    """Scrapy bounds what a coding unpacks to, not how many there are: a thousand would hold the crawl up."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Request | Response:
        """Raises IgnoreRequest for an answer with more codings; the archive has it all the same."""
        named = b",".join(response.headers.getlist("Content-Encoding"))
        codings = sum(bool(coding.strip()) for coding in named.split(b","))
        if codings > CODINGS_MOST:
            if self.stats is not None:
                self.stats.inc_value("capture/overlong/codings")
            raise IgnoreRequest(f"{codings} content codings exceeded the {CODINGS_MOST} that are undone")
        return super().process_response(request, response)
