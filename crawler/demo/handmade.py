"""A small newspaper with a system of its own: /rss.xml, no sitemap, raw Arabic addresses, difficult pages."""

import re
from collections.abc import Sequence
from html import escape

from crawler.demo import feeds, sitemaps
from crawler.demo.exchange import Reply, Request, page
from crawler.demo.handmade_page import article, foot, head, latest, path, picture_path
from crawler.demo.markup import link, picture
from crawler.demo.outlet import Outlet, batch, batches
from crawler.demo.story import Story

__all__ = ["answer", "path"]

_LISTED = 3  # stories on a list page
_FALSE_HEADER = "text/html; charset=utf-8"  # of every page, also of those in another encoding
OLD_ENCODING = "iso-8859-6"


def answer(outlet: Outlet, request: Request) -> Reply:
    fixed = {"/": _home, "/rss.xml": _feed, "/robots.txt": _robots}
    if request.path in fixed:
        return fixed[request.path](outlet, request)
    if match := re.fullmatch(r"/topic/([a-z]+)", request.path):
        return _section(outlet, request, match[1])
    for story in outlet.stories:
        if request.path == path(story):
            return _article(outlet, story)
        if request.path == picture_path(story):
            return picture(story.number)
    return _missing(outlet)


def _article(outlet: Outlet, story: Story) -> Reply:
    html = article(outlet, story)
    if (
        story.quirk == OLD_ENCODING
    ):  # characters that the encoding lacks («» and ©) become character references
        body = html.encode(OLD_ENCODING, "xmlcharrefreplace")
        return Reply(body=body, content_type=_FALSE_HEADER)
    return page(html)


def _home(outlet: Outlet, _: Request) -> Reply:
    return page(f"{head(outlet, 'الرئيسية')}<main>{latest(outlet.stories)}</main>\n{foot(outlet)}")


def _section(outlet: Outlet, request: Request, slug: str) -> Reply:
    stories = outlet.in_section(slug)
    shown = batch(stories, request.query.get("page", "1"), _LISTED)
    if not shown:
        return _missing(outlet)
    return page(_list(outlet, slug, shown, batches(stories, _LISTED)))


def _list(outlet: Outlet, slug: str, stories: Sequence[Story], pages: int) -> str:
    name = outlet.section_name(slug)
    steps = " ".join(link(f"/topic/{slug}?page={step}", str(step)) for step in range(1, pages + 1))
    return (
        f"{head(outlet, name)}<main><h1>{escape(name)}</h1>\n{latest(stories)}"
        f'<div class="pager">{steps}</div></main>\n{foot(outlet)}'
    )


def _feed(outlet: Outlet, request: Request) -> Reply:
    items = [(story, request.origin + path(story)) for story in outlet.stories]
    return feeds.rss(outlet, request, items, wordpress=False)


def _robots(_: Outlet, __: Request) -> Reply:
    return sitemaps.robots("User-agent: *", "Disallow: /admin/")


def _missing(outlet: Outlet) -> Reply:
    html = f"{head(outlet, 'غير موجود')}<h1>الصفحة غير موجودة</h1>\n{foot(outlet)}"
    return page(html, status=404)
