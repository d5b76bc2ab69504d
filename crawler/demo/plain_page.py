"""The page of an article of a plain WordPress site: category, breadcrumbs, OpenGraph, two month names."""

from collections.abc import Sequence
from html import escape

from crawler.demo.arabic_dates import day_and_time, dual_month
from crawler.demo.exchange import Request
from crawler.demo.markup import CSS, body, excerpt, link
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story

BOILERPLATE = (
    "قد يعجبك أيضا",
    "تصنيفات",
    "تابعونا على فيسبوك",
    "أحدث الأخبار",
    "شارك هذا الخبر",
    "لا تعليقات",
    "نستخدم ملفات تعريف الارتباط",
    "كل الحقوق محفوظة",
)


def path(story: Story) -> str:
    return f"/archives/{story.number}/"


def picture_path(story: Story) -> str:
    return f"/wp-content/uploads/{story.number}.png"


def head(outlet: Outlet, request: Request, title: str, extra: str = "") -> str:
    menu = "".join(
        f"<li>{link(f'{request.origin}/category/{section.slug}/', section.name)}</li>"
        for section in outlet.sections
    )
    return (
        '<!doctype html><html dir="rtl" lang="ar"><head><meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{extra}"
        f'<link rel="alternate" type="application/rss+xml" href="{request.origin}/feed/">'
        f'<meta name="generator" content="WordPress 6.4">\n<style>{CSS}</style></head>\n'
        '<body class="rtl"><div class="cookie-notice">نستخدم ملفات تعريف الارتباط لتحسين تصفحكم. '
        '<button>موافق</button></div>\n<div id="page"><div id="masthead">'
        f"{link(f'{request.origin}/', outlet.name_ar, css='brand')}"
        f'<ul class="nav"><li>{link(f"{request.origin}/", "الرئيسية")}</li>{menu}</ul></div>\n'
        '<div class="row"><div class="col-8">\n'
    )


def foot(outlet: Outlet, request: Request) -> str:
    """Return the side column and the imprint, which every page has."""
    sections = "".join(
        f"<li>{link(f'{request.origin}/category/{section.slug}/', section.name)}</li>"
        for section in outlet.sections
    )
    news = "".join(
        f"<p>{link(request.origin + path(story), story.title)} "
        f"<i>{story.published.day} {dual_month(story.published)} {story.published.year}</i></p>"
        for story in outlet.stories[:3]
    )
    return (
        f'</div>\n<div class="col-4 box"><h4>تصنيفات</h4><ul>{sections}</ul><h4>أحدث الأخبار</h4>{news}'
        f"<h4>تابعونا على فيسبوك</h4></div></div>\n<footer>{link(f'{request.origin}/about/', 'من نحن')} "
        f"<p>{escape(outlet.name_ar)} © كل الحقوق محفوظة</p></footer></div></body></html>\n"
    )


def article(outlet: Outlet, request: Request, story: Story) -> str:
    name = outlet.section_name(story.section)
    section = link(f"{request.origin}/category/{story.section}/", name)
    home = link(f"{request.origin}/", "الرئيسية")
    lead = f'<p class="excerpt">{escape(story.subtitle)}</p>' if story.subtitle else ""
    place = outlet.stories.index(story)
    others = [*outlet.stories[place + 1 :], *outlet.stories[:place]]
    return "".join(
        (
            head(outlet, request, story.title, _metadata(outlet, request, story)),
            (
                f'<div class="yoast-breadcrumb"><span>{home} » {section} » '
                f'<strong class="breadcrumb_last">{escape(story.title)}</strong></span></div>\n'
                f'<div class="hentry"><span class="cat">{section}</span>'
                f"<h1>{escape(story.title)}</h1>{lead}\n"
                f'<div class="pmeta">{_signed(outlet, story)}</div>\n'
                f'<img src="{request.origin}{picture_path(story)}" width="64" height="36" alt="">\n'
                f'<div class="article-txt">{body(story.blocks)}</div>\n{_source(story)}'
                '<div class="share">شارك هذا الخبر <a>فيسبوك</a> <a>واتساب</a></div></div>\n'
            ),
            _more(request, others[:3]),
            foot(outlet, request),
        )
    )


def _metadata(outlet: Outlet, request: Request, story: Story) -> str:
    values = [
        ("og:type", "article"),
        ("og:title", f"{story.title} | {outlet.name_ar}"),
        ("og:description", story.subtitle or excerpt(story.paragraphs[0])),
        ("og:url", outlet.url(story, request.origin)),
        ("og:site_name", outlet.name_ar),
        ("og:image", request.origin + picture_path(story)),
        ("article:published_time", story.published.isoformat()),
        ("article:section", outlet.section_name(story.section)),
        *(("article:tag", tag) for tag in story.tags),
    ]
    if story.modified:
        values.append(("article:modified_time", story.modified.isoformat()))
    lines = "".join(f'<meta property="{name}" content="{escape(value)}">\n' for name, value in values)
    return f'<link rel="canonical" href="{outlet.url(story, request.origin)}">\n{lines}'


def _signed(outlet: Outlet, story: Story) -> str:
    author = " و".join(story.authors)
    byline = f"بقلم: {author}" if author else outlet.name_ar
    changed = f" <span>آخر تحديث: {day_and_time(story.modified)}</span>" if story.modified else ""
    return (
        f'<span class="author">{escape(byline)}</span> <span>{day_and_time(story.published)}</span>{changed} '
        "<span>لا تعليقات</span>"
    )


def _source(story: Story) -> str:
    return f'<div class="source">المصدر: {escape(story.agency)}</div>\n' if story.agency else ""


def _more(request: Request, others: Sequence[Story]) -> str:
    items = "".join(
        f"<div>{link(request.origin + path(other), other.title)}"
        f"<p>{escape(excerpt(other.paragraphs[0]))}</p></div>"
        for other in others
    )
    return f'<div class="more box"><h4>قد يعجبك أيضا</h4>{items}</div>\n'
