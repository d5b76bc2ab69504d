"""A site in a layout of tables, without WordPress: /rss, a sitemap, raw Arabic addresses, an old encoding."""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from crawler.demo import feeds, sitemaps
from crawler.demo.exchange import Reply, Request
from crawler.demo.markup import link, picture
from crawler.demo.outlet import Outlet, batch, batches
from crawler.demo.story import Story
from crawler.demo.tables_page import WINDOWS, article, foot, head, latest, path, picture_path

__all__ = ["answer", "path"]

_LISTED = 3  # stories on a list page
_FED = 12  # items in the feed
_BARE_HTML = "text/html"  # the headers of this site never name a charset
VIDEO = "/v-52210-جولة-مصورة-في-ميناء-الصيادين"
GALLERY = "/gallery-318/ألوان-موسم-الحصاد"


def answer(outlet: Outlet, request: Request) -> Reply:
    fixed = {
        "/": _home,
        "/rss": _feed,
        "/robots.txt": _robots,
        "/sitemap.xml": _sitemap,
        "/search": _search,
        VIDEO: _video,
        GALLERY: _gallery,
    }
    if request.path in fixed:
        return fixed[request.path](outlet, request)
    if match := re.fullmatch(r"/([a-z]+)", request.path):
        return _section(outlet, request, match[1])
    for story in outlet.stories:
        if request.path == path(story) and story.quirk != "lost":  # see crawler.demo.later
            return _article(outlet, story)
        if request.path == picture_path(story):
            return picture(story.number)
    return _missing(outlet)


def _article(outlet: Outlet, story: Story) -> Reply:
    """Return a page in UTF-8, or in windows-1256 that a meta element declares, or that nothing declares."""
    declared = {"windows-1256": WINDOWS, "windows-1256, undeclared": ""}
    if story.quirk in declared:
        html = article(outlet, story, charset=declared[story.quirk])
        return Reply(body=html.encode("windows-1256"), content_type=_BARE_HTML, modified=story.changed)
    return _page(article(outlet, story))


def _page(html: str, *, status: int = 200) -> Reply:
    return Reply(body=html.encode(), content_type=_BARE_HTML, status=status)


def _home(outlet: Outlet, _: Request) -> Reply:
    videos = f'<div class="news_item">{link(VIDEO, "فيديو: جولة مصورة في ميناء الصيادين")}</div>\n'
    pictures = f'<div class="news_item">{link(GALLERY, "بالصور: ألوان موسم الحصاد")}</div>\n'
    return _page(head(outlet, "الرئيسية") + latest(outlet.stories[:8]) + foot(outlet, videos + pictures))


def _section(outlet: Outlet, request: Request, slug: str) -> Reply:
    stories = outlet.in_section(slug)
    number = request.query.get("page", "1")
    shown = batch(stories, number, _LISTED)
    if not shown:
        return _missing(outlet)
    steps = " ".join(
        link(f"/{slug}?page={step}", str(step)) for step in range(1, batches(stories, _LISTED) + 1)
    )
    return _list(outlet, outlet.section_name(slug), shown, f'<div class="pager">{steps}</div>\n')


def _search(outlet: Outlet, request: Request) -> Reply:
    words = request.query.get("q", "")
    found = [story for story in outlet.stories if words and words in story.title]
    return _list(outlet, f"نتائج البحث: {words}", found, "")


def _list(outlet: Outlet, title: str, stories: Sequence[Story], navigation: str) -> Reply:
    return _page(
        f"{head(outlet, title)}<h1>{escape(title)}</h1>\n{latest(stories)}{navigation}{foot(outlet)}"
    )


def _feed(outlet: Outlet, request: Request) -> Reply:
    """Return the feed; its links are not percent-encoded, as on sites of this kind."""
    items = [(story, request.origin + path(story)) for story in outlet.stories[:_FED]]
    return feeds.rss(outlet, request, items, wordpress=False, gmt=True)


def _robots(_: Outlet, __: Request) -> Reply:
    return sitemaps.robots("User-agent: *", "Disallow: /search")


def _sitemap(outlet: Outlet, request: Request) -> Reply:
    paths = ["/", *(f"/{section.slug}" for section in outlet.sections), VIDEO, GALLERY]
    lists = [(request.origin + quote(each), None) for each in paths]
    return sitemaps.urlset([*lists, *((outlet.url(story, request.origin), None) for story in outlet.stories)])


def _video(outlet: Outlet, _: Request) -> Reply:
    html = (
        f"{head(outlet, 'جولة مصورة في ميناء الصيادين')}<h1>فيديو: جولة مصورة في ميناء الصيادين</h1>"
        f'<video controls="controls" width="320"></video><p>المدة: 3:12</p>\n{foot(outlet)}'
    )
    return _page(html)


def _gallery(outlet: Outlet, _: Request) -> Reply:
    images = "".join(
        f'<td><img src="{picture_path(story)}" alt="" /><br />صورة {index}</td>'
        for index, story in enumerate(outlet.stories[:6], start=1)
    )
    html = (
        f"{head(outlet, 'ألوان موسم الحصاد')}<h1>بالصور: ألوان موسم الحصاد</h1>"
        f"<table><tr>{images}</tr></table>\n{foot(outlet)}"
    )
    return _page(html)


def _missing(outlet: Outlet) -> Reply:
    html = f"{head(outlet, 'خطأ')}<h1>خطأ</h1><p>الصفحة المطلوبة غير موجودة.</p>\n{foot(outlet)}"
    return _page(html, status=404)
