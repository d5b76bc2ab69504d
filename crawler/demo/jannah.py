"""A WordPress site with the theme Jannah: feed, sitemap index, news sitemap, REST, dates in addresses."""

import re
from collections.abc import Sequence
from html import escape

from crawler.demo import feeds, sitemaps, wp_rest
from crawler.demo.arabic_dates import day
from crawler.demo.exchange import Reply, Request, page, redirect
from crawler.demo.jannah_page import article, foot, head, path, picture_path
from crawler.demo.markup import excerpt, link, picture, wordpress_path
from crawler.demo.outlet import Outlet, batch, batches
from crawler.demo.story import Story
from crawler.demo.theme_files import theme_file

__all__ = ["answer", "path"]

_LISTED = 3  # stories on a list page
_FED = 10  # items on a feed page
_SECTION = re.compile(r"/category/(?P<slug>[a-z-]+)/(?:page/(?P<page>\d{1,9})/)?")
_POST = re.compile(re.escape(wp_rest.POSTS) + r"/(?P<number>\d{1,9})")


def answer(outlet: Outlet, request: Request) -> Reply:
    fixed = {
        "/": _home,
        "/feed/": _feed,
        "/robots.txt": _robots,
        "/sitemap_index.xml": _sitemap_index,
        "/post-sitemap1.xml.gz": _post_sitemap,
        "/page-sitemap.xml": _page_sitemap,
        "/news-sitemap.xml": _news_sitemap,
        "/about/": _about,
        wp_rest.ROOT: wp_rest.root,
        wp_rest.POSTS: wp_rest.posts,
    }
    if request.path in fixed:
        return fixed[request.path](outlet, request)
    if match := _SECTION.fullmatch(request.path):
        return _section(outlet, request, match["slug"], match["page"] or "1")
    if match := _POST.fullmatch(request.path):
        return wp_rest.post(outlet, request, match["number"])
    return _by_story(outlet, request) or theme_file(request.path) or _missing(outlet, request)


def _by_story(outlet: Outlet, request: Request) -> Reply | None:
    for story in outlet.stories:
        if request.path == path(story):
            return page(article(outlet, request, story), modified=story.changed)
        if f"{request.path}/" == path(story):
            return redirect(outlet.url(story, request.origin))
        if request.path == picture_path(story):
            return picture(story.number)
    return None


def _home(outlet: Outlet, request: Request) -> Reply:
    if "s" in request.query:
        return _search(outlet, request, request.query["s"])
    return _list(outlet, request, "الرئيسية", outlet.stories[:_FED], "")


def _search(outlet: Outlet, request: Request, words: str) -> Reply:
    found = [story for story in outlet.stories if words and words in story.title]
    return _list(outlet, request, f"نتائج البحث عن: {words}", found, "")


def _section(outlet: Outlet, request: Request, slug: str, number: str) -> Reply:
    stories = outlet.in_section(slug)
    shown = batch(stories, number, _LISTED)
    if not shown:
        return _missing(outlet, request)
    base = f"{request.origin}/category/{slug}/"
    last = batches(stories, _LISTED)
    steps = []
    if int(number) > 1:
        before = int(number) - 1
        steps.append(link(base if before == 1 else f"{base}page/{before}/", "الصفحة السابقة"))
    if int(number) < last:
        steps.append(link(f"{base}page/{int(number) + 1}/", "الصفحة التالية"))
    navigation = f'<div class="pages-nav">{" ".join(steps)}</div>\n' if steps else ""
    return _list(outlet, request, outlet.section_name(slug), shown, navigation)


def _list(outlet: Outlet, request: Request, title: str, stories: Sequence[Story], navigation: str) -> Reply:
    items = "".join(_item(request, story) for story in stories)
    html = (
        f'{head(outlet, request, title)}<h1 class="page-title">{escape(title)}</h1>\n'
        f'<ul id="posts-container" class="posts-items">\n{items}</ul>\n{navigation}{foot(outlet)}'
    )
    return page(html, modified=outlet.changed, chunked=True)


def _item(request: Request, story: Story) -> str:
    address = request.origin + wordpress_path(path(story))
    return (
        f'<li class="post-item"><h2 class="post-title">{link(address, story.title)}</h2>'
        f'<span class="date meta-item tie-icon">{day(story.published)}</span>'
        f'<p class="post-excerpt">{escape(excerpt(story.paragraphs[0]))}</p>'
        f"{link(address, 'أكمل القراءة »', css='more-link button')}</li>\n"
    )


def _feed(outlet: Outlet, request: Request) -> Reply:
    """Return a page of the feed, by ?paged=N as in WordPress; 404 after the last page."""
    shown = batch(outlet.stories, request.query.get("paged", "1"), _FED)
    if not shown:
        return _missing(outlet, request)
    items = [(story, request.origin + wordpress_path(path(story))) for story in shown]
    return feeds.rss(outlet, request, items, wordpress=True)


def _robots(_: Outlet, request: Request) -> Reply:
    return sitemaps.robots(
        "User-agent: *",
        "Disallow: /wp-admin/",
        "Disallow: /?s=",
        "Crawl-delay: 0.1",
        "",
        f"Sitemap: {request.origin}/sitemap_index.xml",
    )


def _sitemap_index(outlet: Outlet, request: Request) -> Reply:
    names = ("post-sitemap1.xml.gz", "page-sitemap.xml", "news-sitemap.xml")
    return sitemaps.index((f"{request.origin}/{name}", outlet.changed) for name in names)


def _post_sitemap(outlet: Outlet, request: Request) -> Reply:
    entries = [(outlet.url(story, request.origin), story.changed) for story in outlet.stories]
    return sitemaps.gzipped(sitemaps.urlset(entries))


def _page_sitemap(outlet: Outlet, request: Request) -> Reply:
    return sitemaps.urlset([(f"{request.origin}/", outlet.changed), (f"{request.origin}/about/", None)])


def _news_sitemap(outlet: Outlet, request: Request) -> Reply:
    return sitemaps.news(outlet, request, outlet.stories[:_FED])


def _about(outlet: Outlet, request: Request) -> Reply:
    html = (
        f'{head(outlet, request, "من نحن")}<div class="entry-content"><h1>من نحن</h1>'
        f"<p>{escape(outlet.name_ar)} صحيفة متخيَّلة، كُتبت أخبارها لتجربة برنامج الزحف وحده.</p></div>\n"
        f"{foot(outlet)}"
    )
    return page(html)


def _missing(outlet: Outlet, request: Request) -> Reply:
    html = (
        f"{head(outlet, request, 'الصفحة غير موجودة')}<h1>404</h1><p>عفوًا، لم نجد الصفحة التي تطلبها.</p>\n"
        f"{foot(outlet)}"
    )
    return page(html, status=404)
