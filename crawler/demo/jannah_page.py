"""The page of an article in the theme Jannah: boxes inside the body, a poll, comments, an author box."""

import json
from html import escape

from crawler.demo.arabic_dates import day
from crawler.demo.exchange import Request
from crawler.demo.markup import body, link, wordpress_path
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story
from crawler.demo.theme_files import links

BOILERPLATE = (
    "اقرأ أيضًا",
    "مقالات ذات صلة",
    "استطلاع رأي",
    "هل تستخدم وسائل النقل العام في مدينتك؟",
    "تابعنا على Google News",
    "زر الذهاب إلى الأعلى",
    "لن يتم نشر عنوان بريدك الإلكتروني",
    "شكرًا على هذا الموضوع، نتمنى متابعة ما يستجد فيه.",
    "يكتب في الشأن المحلي منذ سنوات",
    "جميع الحقوق محفوظة",
    "الأكثر قراءة",
)


def path(story: Story) -> str:
    return f"/{story.published:%Y/%m/%d}/{story.slug}/"


def picture_path(story: Story) -> str:
    return f"/wp-content/uploads/{story.published:%Y/%m}/{story.number}.png"


def head(outlet: Outlet, request: Request, title: str, extra: str = "") -> str:
    """Return the page as far as the menu; the title ends in the outlet's name, as in WordPress."""
    menu = "".join(
        f"<li>{link(f'{request.origin}/category/{section.slug}/', section.name)}</li>"
        for section in outlet.sections
    )
    return (
        '<!DOCTYPE html>\n<html dir="rtl" lang="ar" data-skin="light">\n<head>\n<meta charset="UTF-8" />\n'
        f"<title>{escape(title)} - {escape(outlet.name_ar)}</title>\n"
        f'<meta property="og:site_name" content="{escape(outlet.name_ar)}" />\n'
        f'<link rel="alternate" type="application/rss+xml" title="{escape(outlet.name_ar)} &laquo; الخلاصة"'
        f' href="{request.origin}/feed/" />\n'
        f'<link rel="https://api.w.org/" href="{request.origin}/wp-json/" />\n'
        f"{extra}{links(request.origin)}</head>\n"
        '<body id="tie-body" class="rtl wrapper-has-shadow">'
        '<div id="tie-container" class="site tie-container">\n'
        '<header id="theme-header" class="theme-header"><nav id="main-nav" class="main-nav header-nav">'
        f'<ul id="menu-main" class="menu"><li>{link(f"{request.origin}/", "الرئيسية")}</li>{menu}'
        f"<li>{link(f'{request.origin}/about/', 'من نحن')}</li></ul></nav></header>\n"
        '<div id="content" class="site-content container">\n'
    )


def foot(outlet: Outlet) -> str:
    return (
        '</div>\n<footer id="footer" class="site-footer"><div class="copyright-text">'
        f"جميع الحقوق محفوظة © {escape(outlet.name_ar)}</div></footer>\n"
        '<a id="go-to-top" class="go-to-top-button" href="#go-to-tie-body">'
        '<span class="screen-reader-text">زر الذهاب إلى الأعلى</span></a>\n</div></body></html>\n'
    )


def article(outlet: Outlet, request: Request, story: Story) -> str:
    others = [other for other in outlet.stories if other is not story]
    start = story.number % len(others)
    related = (others[start:] + others[:start])[:4]
    extra = (
        f'<link rel="canonical" href="{_address(request, story)}" />\n'
        f'<meta property="og:type" content="article" />\n'
        f'<meta property="og:title" content="{escape(story.title)} - {escape(outlet.name_ar)}" />\n'
        f'<meta property="og:image" content="{request.origin}{picture_path(story)}" />\n'
    )
    return "".join(
        (
            head(outlet, request, story.title, extra),
            (
                '<div class="main-content" role="main">'
                '<article id="the-post" class="container-wrapper post-content">\n'
            ),
            _header(outlet, request, story),
            _share("top"),
            _picture(request, story),
            f'<div class="entry-content entry clearfix">\n{_body(request, story, related)}\n',
            '<p class="gn-follow">تابعنا على Google News <a href="#">اضغط هنا</a></p>\n</div>\n',
            _bottom(request, story),
            _share("bottom"),
            "</article>\n",
            _components(outlet, request, story, related),
            "</div>\n",
            _sidebar(request, others),
            _metadata(outlet, request, story),
            foot(outlet),
        )
    )


def _address(request: Request, story: Story) -> str:
    return request.origin + wordpress_path(path(story))


def _header(outlet: Outlet, request: Request, story: Story) -> str:
    name = outlet.section_name(story.section)
    section = f"{request.origin}/category/{story.section}/"
    subtitle = f'<h2 class="entry-sub-title">{escape(story.subtitle)}</h2>' if story.subtitle else ""
    author = " و".join(story.authors) or "فريق التحرير"
    return (
        '<header class="entry-header-outer"><nav id="breadcrumb">'
        f'{link(f"{request.origin}/", "الرئيسية")}<em class="delimiter">/</em>{link(section, name)}'
        f'<em class="delimiter">/</em><span class="current">{escape(story.title)}</span></nav>\n'
        f'<div class="entry-header"><span class="post-cat-wrap">{link(section, name, css="post-cat")}</span>'
        f'<h1 class="post-title entry-title">{escape(story.title)}</h1>{subtitle}\n'
        '<div class="single-post-meta post-meta clearfix"><span class="meta-author">'
        f"{link(f'{request.origin}/author/desk/', author, css='author-name tie-icon')}</span>"
        f'<span class="date meta-item tie-icon">{day(story.published)}</span>'
        '<span class="meta-comment tie-icon meta-item">1</span>'
        '<span class="meta-reading-time meta-item">دقيقتان</span></div></div></header>\n'
    )


def _share(where: str) -> str:
    return (
        f'<div id="share-buttons-{where}" class="share-buttons"><a class="facebook-share-button">'
        '<span class="social-text">فيسبوك</span></a><a><span class="social-text">تيلقرام</span></a>'
        '<a><span class="screen-reader-text">مشاركة عبر البريد</span></a></div>\n'
    )


def _picture(request: Request, story: Story) -> str:
    return (
        '<div class="featured-area"><figure class="single-featured-image">'
        f'<img src="{request.origin}{picture_path(story)}" width="64" height="36" alt="" /></figure></div>\n'
    )


def _body(request: Request, story: Story, related: list[Story]) -> str:
    """Return the text with the related box after the second block and the related line after the third."""

    def after(index: int) -> str:
        if index == 1:
            return "\n" + _related_box(request, related[:2])
        if index == 2:  # noqa: PLR2004
            other = link(_address(request, related[2]), related[2].title)
            return f"\n<p><strong>اقرأ أيضًا: {other}</strong></p>"
        return ""

    return body(story.blocks, after)


def _related_box(request: Request, related: list[Story]) -> str:
    items = "".join(
        f'<li class="widget-single-post-item">{link(_address(request, other), other.title, css="post-title")}'
        f'<div class="post-meta"><span class="date meta-item">{day(other.published)}</span></div></li>'
        for other in related
    )
    return (
        '<div id="inline-related-post" class="mag-box mini-posts-box content-only box">'
        f'<div class="the-subtitle">مقالات ذات صلة</div><ul class="posts-items">{items}</ul></div>'
    )


def _bottom(request: Request, story: Story) -> str:
    tags = " ".join(
        f'<a href="{request.origin}{wordpress_path(f"/tag/{tag}/")}" rel="tag">{escape(tag)}</a>'
        for tag in story.tags
    )
    source = (
        '<div class="post-bottom-meta post-bottom-source"><div class="post-bottom-meta-title">المصدر</div>'
        f"<span>{escape(story.agency)}</span></div>"
        if story.agency
        else ""
    )
    return (
        f'{source}<div class="post-bottom-meta post-bottom-tags">'
        '<div class="post-bottom-meta-title">الوسوم</div>'
        f'<span class="tagcloud">{tags}</span></div>\n'
    )


def _components(outlet: Outlet, request: Request, story: Story, related: list[Story]) -> str:
    author = " و".join(story.authors) or "فريق التحرير"
    items = "".join(
        f'<div class="related-item"><h3 class="post-title">{link(_address(request, other), other.title)}</h3>'
        f'<span class="date meta-item">{day(other.published)}</span></div>'
        for other in related[1:]
    )
    return (
        '<div class="post-components"><div class="about-author container-wrapper box">'
        f'<h3 class="author-name">{escape(author)}</h3><div class="author-bio-text">'
        f"يكتب في الشأن المحلي منذ سنوات، وهو من أسرة {escape(outlet.name_ar)}.</div></div>\n"
        '<div id="related-posts" class="container-wrapper box"><h3>مقالات ذات صلة</h3>'
        f'<div class="related-posts-list">{items}</div></div>\n'
        '<div id="comments" class="comments-area"><h3 id="comments-title">تعليق واحد</h3>'
        '<ol class="comment-list">'
        '<li class="comment"><b class="fn">قارئ من الحي</b> <span class="says">يقول:</span>'
        "<p>شكرًا على هذا الموضوع، نتمنى متابعة ما يستجد فيه.</p></li></ol>"
        '<div id="respond"><h3>اترك تعليقاً</h3><p>لن يتم نشر عنوان بريدك الإلكتروني. '
        "الحقول الإلزامية مشار إليها بـ *</p>"
        '<form><textarea name="comment"></textarea></form></div></div></div>\n'
    )


def _sidebar(request: Request, others: list[Story]) -> str:
    popular = "".join(
        f"<li>{link(_address(request, other), other.title)} "
        f'<span class="date">{day(other.published)}</span></li>'
        for other in others[:4]
    )
    return (
        '<aside class="sidebar"><div class="widget"><div class="the-subtitle">استطلاع رأي</div>'
        "<p>هل تستخدم وسائل النقل العام في مدينتك؟</p><label>يوميًا</label> <label>أحيانًا</label></div>"
        f'<div class="widget"><div class="the-subtitle">الأكثر قراءة</div><ul>{popular}</ul></div></aside>\n'
    )


def _metadata(outlet: Outlet, request: Request, story: Story) -> str:
    """Return JSON-LD as the theme writes it: with the editorial desk as a person."""
    authors = [{"@type": "Person", "name": name} for name in story.authors or ("فريق التحرير",)]
    record = {
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "dateCreated": story.published.isoformat(),
        "datePublished": story.published.isoformat(),
        "dateModified": story.changed.isoformat(),
        "headline": story.title,
        "name": story.title,
        "keywords": list(story.tags),
        "url": _address(request, story),
        "description": story.paragraphs[0],
        "articleSection": outlet.section_name(story.section),
        "publisher": {"@type": "Organization", "name": outlet.name_ar, "url": f"{request.origin}/"},
        "image": {"@type": "ImageObject", "url": request.origin + picture_path(story), "width": 64},
        "author": authors[0] if len(authors) == 1 else authors,
    }
    text = json.dumps(record, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script id="tie-schema-json" type="application/ld+json">{text}</script>\n'
