"""The page of an article in a layout of tables: no metadata, a comment form, the date in words."""

from collections.abc import Sequence
from html import escape

from crawler.demo.arabic_dates import gmt_line
from crawler.demo.markup import CSS, link
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story

BOILERPLATE = (
    "قد يهمك أيضاً",
    "البريد الألكتروني",
    "شروط النشر",
    "الابتعاد عن السب والتحريض",
    "اُوافق على شروط الأستخدام",
    "Security Code",
    "آخر تحديث GMT",
    "جميع الحقوق محفوظة",
)
_UTF8 = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
WINDOWS = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256" />'


def path(story: Story) -> str:
    return f"/{story.section}/{story.number:06}-{story.slug}"


def picture_path(story: Story) -> str:
    return f"/i/{story.number:06}.png"


def head(outlet: Outlet, title: str, *, charset: str = _UTF8) -> str:
    menu = "".join(f"<td>{link(f'/{section.slug}', section.name)}</td>" for section in outlet.sections)
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" dir="rtl"><head>{charset}\n'
        f"<title>{escape(title)} | {escape(outlet.name_ar)}</title>\n"
        f'<style type="text/css">{CSS}</style></head>\n'
        '<body><form name="aspnetForm" method="post" action="#"><input type="hidden" name="__VIEWSTATE" '
        'value="" />\n<table width="990" align="center" cellpadding="0" cellspacing="0">\n'
        f'<tr><td colspan="2"><table class="menu"><tr><td>{link("/", "الرئيسية")}</td>{menu}</tr>'
        "</table></td></tr>\n"
        '<tr><td valign="top" width="660">\n'
    )


def foot(outlet: Outlet, beside: str = "") -> str:
    """Return the side column, which holds `beside`, and the imprint."""
    return (
        f'</td>\n<td valign="top" width="320">{beside}</td></tr>\n'
        f'<tr><td colspan="2"><p>{link("/search?q=", "بحث")} {link("/rss", "RSS")}</p>'
        f"<p>جميع الحقوق محفوظة لـ{escape(outlet.name_ar)} ©</p></td></tr></table></form></body></html>\n"
    )


def article(outlet: Outlet, story: Story, *, charset: str = _UTF8) -> str:
    place = outlet.stories.index(story)
    others = [*outlet.stories[place + 1 :], *outlet.stories[:place]]
    title = escape(story.title)
    sub = f'<h3 class="sub">{escape(story.subtitle)}</h3>' if story.subtitle else ""
    signed = " و".join(story.authors) or outlet.name_ar
    return "".join(
        (
            head(outlet, story.title, charset=charset),
            (
                f'<div class="bread">{title}</div><div class="upd">آخر تحديث GMT04:47:12</div>'
                f'<div class="lg"> {escape(outlet.name_ar)} - </div>\n{sub}<h1>{title}</h1>\n'
                f'<div class="pic"><img src="{picture_path(story)}" width="64" height="36" alt="{title}" />'
                f"<span> {escape(outlet.name_ar)} - {title}</span></div>\n"
                f'<div class="by"><b>{escape(f"{story.dateline} - {signed}")}</b></div>'
                f'<div class="dt">{gmt_line(story.published)}</div>\n'
            ),
            f'<div id="ctl00_body_text" class="txt">{_text(story)}\n<br /><br />{_also(others[3:6])}</div>\n',
            _comment_form(),
            foot(outlet, latest(others[:6])),
        )
    )


def latest(stories: Sequence[Story]) -> str:
    return "".join(
        f'<div class="news_item"><span class="gmt">{gmt_line(story.published)}</span> '
        f"{link(path(story), story.title)}</div>\n"
        for story in stories
    )


def _text(story: Story) -> str:
    """Return the paragraphs with two line breaks between them, in no elements of their own."""
    return "<br /><br />\n".join(
        f"<b>{escape(block.text)}</b>" if block.heading else escape(block.text) for block in story.blocks
    )


def _also(stories: Sequence[Story]) -> str:
    links = "<br />".join(link(path(story), story.title) for story in stories)
    return f"<b>قد يهمك أيضاً:</b><br />{links}"


def _comment_form() -> str:
    rows = "".join(
        f"<tr><td>{label} *</td><td>{field}</td></tr>"
        for label, field in (
            ("الإسم", '<input name="n" />'),
            ("البريد الألكتروني", '<input name="m" />'),
            ("تعليق", '<textarea name="c" rows="3" cols="30"></textarea>'),
        )
    )
    return (
        f'<div class="comm box"><table>{rows}<tr><td colspan="2">: Characters Left</td></tr></table>\n'
        "<p>شروط النشر: احترام الكاتب والقراء، والابتعاد عن السب والتحريض وعن نشر ما يخص حياة الناس.</p>"
        "<p>اُوافق على شروط الأستخدام</p><p>Security Code*</p></div>\n"
    )
