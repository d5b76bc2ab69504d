"""A page that only sends the reader on: a meta refresh without delay, followed as a redirect."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import HtmlResponse, Response
from scrapy.utils.response import get_meta_refresh
from w3lib.html import remove_tags, remove_tags_with_content

_MAX_BYTES = 50_000  # a larger page is no mere signpost
_MAX_LETTERS = 200  # of visible text: "You are being redirected", and a link
_OK = 200
_NOT_SHOWN = ("script", "style", "title", "noscript", "template")


class ImmediateRefresh(MetaRefreshMiddleware):
    """Follows `<meta http-equiv="refresh" content="0; url=…">` on a list or page without text.

    A page with text that reloads itself, as news pages do, is read. METAREFRESH_MAXDELAY bounds the delay.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature; deprecated, and not passed on
    ) -> Request | Response:
        """Return the request for the target, or the response where it is no redirect."""
        if not request.meta.keys() & {"asking", "claim"}:  # a requisite is stored as it is
            return response
        if response.status != _OK or not isinstance(response, HtmlResponse) or not _leads_away(response):
            return response
        return super().process_response(request, response)


def _leads_away(response: HtmlResponse) -> bool:
    """Return whether a page names another address to go to, and holds next to no text."""
    if len(response.body) > _MAX_BYTES:
        return False
    _, target = get_meta_refresh(response)
    if not target or target.partition("#")[0] == response.url.partition("#")[0]:
        return False
    shown = remove_tags(remove_tags_with_content(response.text, _NOT_SHOWN))
    return sum(map(str.isalpha, shown)) <= _MAX_LETTERS
