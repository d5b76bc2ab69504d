"""The page of an article of the home-made system: the quirk of each story is a difficulty of Arabic pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from types import MappingProxyType

from crawler.demo.arabic_dates import WEEKDAYS, gregorian_and_hijri, indic, maghrebi
from crawler.demo.glyphs import as_glyphs, with_marks
from crawler.demo.markup import CSS, link
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story

BOILERPLATE = ("اقرأ أيضًا", "النشرة البريدية الأسبوعية", "جميع الحقوق محفوظة")


def path(story: Story) -> str:
    return f"/article/{story.number}/{story.slug}"


def picture_path(story: Story) -> str:
    return f"/img/{story.number}.png"


def head(outlet: Outlet, title: str, meta: str = "") -> str:
    menu = " ".join(link(f"/topic/{section.slug}", section.name) for section in outlet.sections)
    return (
        '<!DOCTYPE html>\n<html lang="ar" dir="rtl"><head>\n'
        f"<title>{escape(title)} - {escape(outlet.name_ar)}</title>\n{meta}"
        '<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss.xml">\n'
        f"<style>{CSS}</style></head>\n<body>\n"
        f'<nav class="menu">{link("/", "الرئيسية")} {menu}</nav>\n'
    )


def foot(outlet: Outlet) -> str:
    return (
        '<footer><p>النشرة البريدية الأسبوعية <input name="mail"></p>'
        f"<p>جميع الحقوق محفوظة © {escape(outlet.name_ar)}</p></footer></body></html>\n"
    )


def latest(stories: Sequence[Story]) -> str:
    """Return links to stories, each with its day."""
    return "".join(
        f'<div class="item">{link(path(story), story.title)} <span>{maghrebi(story.published)}</span></div>\n'
        for story in stories
    )


def article(outlet: Outlet, story: Story) -> str:
    place = outlet.stories.index(story)
    others = [*outlet.stories[place + 1 :], *outlet.stories[:place]]
    title = escape(story.title)
    section = link(f"/topic/{story.section}", outlet.section_name(story.section))
    return "".join(
        (
            head(outlet, story.title, _meta(story)),
            f'<main><div class="path">{section}</div>\n',
            f'<h1>{title}</h1>\n<div class="info">{_info(story)}</div>\n',
            f'<img src="{picture_path(story)}" width="64" height="36" alt="">\n',
            f'<div class="content">{_text(story)}</div></main>\n',
            f'<aside class="related"><h3>اقرأ أيضًا</h3>\n{latest(others[:6])}</aside>\n',
            foot(outlet),
        )
    )


def _meta(story: Story) -> str:
    """Return the meta element with a time that some pages have: local time marked as UTC, or words."""
    stamps = {"false z": f"{story.published:%Y-%m-%dT%H:%M:%SZ}", "words in meta": _minute(story.published)}
    stamp = stamps.get(story.quirk or "")
    return f'<meta property="article:published_time" content="{stamp}">\n' if stamp else ""


def _info(story: Story) -> str:
    """Return the line under the headline; an interview names its author in the text instead."""
    dates = _DATES.get(story.quirk or "", _minute)(story.published)
    if story.modified:
        dates = f"نُشر في: {dates}</span> <span>آخر تحديث: {_minute(story.modified)}"
    byline = (
        "" if story.quirk == "interview" else f'<span class="author">بقلم: {" و".join(story.authors)}</span>'
    )
    return f'{byline} <span class="date">{dates}</span>'


def _text(story: Story) -> str:
    paragraphs = [*story.paragraphs]
    if story.quirk == "glyphs":  # as pasted from another program; the fourth paragraph as from a printed page
        paragraphs = [with_marks(text) for text in paragraphs]
        paragraphs[3] = as_glyphs(paragraphs[3])
    return "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)


def _minute(moment: datetime) -> str:
    """الأربعاء 15 جانفي 2025 - 17:25"""
    return f"{maghrebi(moment)} - {moment:%H:%M}"


def _scrambled(moment: datetime) -> str:
    """٠٠:٢٠ الثلاثاء ١ / ٤ / ٢٠٢٥"""
    day = f"{moment.day} / {moment.month} / {moment.year}"
    return indic(f"{moment:%H:%M} {WEEKDAYS[moment.weekday()]} {day}")


_DATES: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "maghrebi month": maghrebi,
        "words in meta": maghrebi,
        "arabic digits": _scrambled,
        "hijri beside": gregorian_and_hijri,
    }
)
