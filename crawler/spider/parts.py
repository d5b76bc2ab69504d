"""The further pages of an article, which are fetched after its first page and read with it."""

import asyncio
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.discovery.parts import MAX_PARTS, may_go_on, next_part
from crawler.items import Page
from crawler.ledger.entries import Claim
from crawler.spider.lists import answer_of
from crawler.spider.pages import page_of

PRIORITY = 5  # an article that is begun goes before the next one
_HOPS = "LL"  # a link of a page that a list led to; no list names it, so it is no article of its own
_OK = 200


async def part_request(response: Response, page: Page, callback: Any, errback: Any) -> Request | None:
    """Return the request for the page that follows a response in its article, or None at the last one.

    `page` is the article's first page with the further pages so far. Pages are parsed on a thread.
    """
    number = len(page.further) + 2
    if response.status != _OK or number > MAX_PARTS + 1 or not may_go_on(response.body):
        return None
    url = await asyncio.to_thread(next_part, answer_of(response), page.url, number)
    if url is None:
        return None
    return Request(
        url,
        callback=callback,
        errback=errback,
        priority=PRIORITY,
        dont_filter=True,
        meta={
            "claim": response.meta["claim"],
            "first": response.meta.get("first", response),
            "page": page,
            "hop": {"via": response.url, "hops": _HOPS, "source": "article"},
            "dont_redirect": True,  # the address of a page that is not there leads to the first one
            "handle_httpstatus_list": list(range(300, 400)),
        },
    )


def with_part(response: Response, claim: Claim) -> tuple[Page, bool]:
    """Return the article's first page with one more further page, and whether the response was one."""
    page: Page = response.meta["page"]
    if response.status != _OK:
        return page, False
    return replace(page, further=(*page.further, page_of(response, claim))), True
