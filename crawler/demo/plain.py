"""A plain WordPress site with the faults of real ones.

Its REST interface is closed. One address in its sitemap does not exist, another has moved. One page answers
503 to its first request, and the feed links one story with tracking parameters.
"""

import json
import re
from collections.abc import Sequence
from html import escape

from crawler.demo import feeds, sitemaps, wp_rest
from crawler.demo.exchange import JSON, Reply, Request, page, redirect
from crawler.demo.markup import excerpt, link, picture
from crawler.demo.outlet import Outlet, batch, batches
from crawler.demo.plain_page import article, foot, head, path, picture_path
from crawler.demo.story import Story

__all__ = ["answer", "path"]

GONE = "/archives/4999/"  # in the sitemap, but without a page
TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=home"
_LISTED = 3  # stories on a list page
_FED = 10  # items in the feed
_SECTION = re.compile(r"/category/(?P<slug>[a-z-]+)/(?:page/(?P<page>\d{1,9})/)?")


def answer(outlet: Outlet, request: Request) -> Reply:
    fixed = {
        "/": _home,
        "/feed/": _feed,
        "/robots.txt": _robots,
        "/wp-sitemap.xml": _sitemap_index,
        "/wp-sitemap-posts-post-1.xml": _post_sitemap,
        "/wp-sitemap-posts-page-1.xml": _page_sitemap,
        "/about/": _about,
    }
    if request.path in fixed:
        return fixed[request.path](outlet, request)
    if request.path.startswith(wp_rest.ROOT):
        return _closed()
    if match := _SECTION.fullmatch(request.path):
        return _section(outlet, request, match["slug"], match["page"] or "1")
    return _by_story(outlet, request) or _missing(outlet, request)


def old_path(story: Story) -> str:
    """Return the path of a story before the site changed its addresses."""
    return f"/{story.slug}.html"


def _by_story(outlet: Outlet, request: Request) -> Reply | None:
    for story in outlet.stories:
        if request.path == path(story):
            if story.quirk == "busy" and request.visit == 0:
                return _busy()
            if story.quirk == "taken down":  # see crawler.demo.later
                return _missing(outlet, request, 410)
            return page(article(outlet, request, story), modified=story.changed, chunked=True)
        if story.quirk == "moved" and request.path == old_path(story):
            return redirect(outlet.url(story, request.origin))
        if request.path == picture_path(story):
            return picture(story.number)
    return None


def _busy() -> Reply:
    html = "<!doctype html><title>503</title><h1>503 Service Unavailable</h1>"
    return Reply(body=html.encode(), status=503, headers={"Retry-After": "1"})


def _closed() -> Reply:
    """Return the response of a plugin that closes the REST interface."""
    record = {"code": "rest_login_required", "message": "غير مسموح لك.", "data": {"status": 401}}
    return Reply(body=json.dumps(record, ensure_ascii=False).encode(), content_type=JSON, status=401)


def _home(outlet: Outlet, request: Request) -> Reply:
    if "s" in request.query:
        words = request.query["s"]
        found = [story for story in outlet.stories if words and words in story.title]
        return _list(outlet, request, f"نتائج البحث عن: {words}", found, "")
    return _list(outlet, request, outlet.name_ar, outlet.stories[:8], "")


def _section(outlet: Outlet, request: Request, slug: str, number: str) -> Reply:
    stories = outlet.in_section(slug)
    shown = batch(stories, number, _LISTED)
    if not shown:
        return _missing(outlet, request)
    base = f"{request.origin}/category/{slug}/"
    steps = " ".join(
        link(base if step == 1 else f"{base}page/{step}/", str(step), css="page-numbers")
        for step in range(1, batches(stories, _LISTED) + 1)
    )
    return _list(outlet, request, outlet.section_name(slug), shown, f'<div class="nav-links">{steps}</div>\n')


def _list(outlet: Outlet, request: Request, title: str, stories: Sequence[Story], navigation: str) -> Reply:
    items = "".join(
        f'<div class="post"><h2>{link(request.origin + path(story), story.title)}</h2>'
        f"<p>{escape(excerpt(story.paragraphs[0]))}</p></div>\n"
        for story in stories
    )
    html = (
        f"{head(outlet, request, title)}<h1>{escape(title)}</h1>\n{items}{navigation}{foot(outlet, request)}"
    )
    return page(html)


def _feed(outlet: Outlet, request: Request) -> Reply:
    items = [
        (story, outlet.url(story, request.origin) + (TRACKING if story.quirk == "tracked" else ""))
        for story in outlet.stories[:_FED]
    ]
    return feeds.rss(outlet, request, items, wordpress=True)


def _robots(_: Outlet, request: Request) -> Reply:
    return sitemaps.robots(
        "User-agent: *", "Disallow: /wp-admin/", "", f"Sitemap: {request.origin}/wp-sitemap.xml"
    )


def _sitemap_index(outlet: Outlet, request: Request) -> Reply:
    names = ("wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-page-1.xml")
    return sitemaps.index((f"{request.origin}/{name}", outlet.changed) for name in names)


def _post_sitemap(outlet: Outlet, request: Request) -> Reply:
    entries = [
        (
            request.origin + old_path(story) if story.quirk == "moved" else outlet.url(story, request.origin),
            story.changed,
        )
        for story in outlet.stories
    ]
    return sitemaps.urlset([*entries, (request.origin + GONE, outlet.changed)])


def _page_sitemap(_: Outlet, request: Request) -> Reply:
    return sitemaps.urlset([(f"{request.origin}/about/", None)])


def _about(outlet: Outlet, request: Request) -> Reply:
    html = (
        f"{head(outlet, request, 'من نحن')}<h1>من نحن</h1><p>{escape(outlet.name_ar)} صحيفة متخيَّلة، "
        f"كُتبت أخبارها لتجربة برنامج الزحف وحده.</p>\n{foot(outlet, request)}"
    )
    return page(html)


def _missing(outlet: Outlet, request: Request, status: int = 404) -> Reply:
    html = f"{head(outlet, request, 'غير موجود')}<h1>غير موجود</h1>\n{foot(outlet, request)}"
    return page(html, status=status)
