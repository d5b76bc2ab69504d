"""The hard forms of Arabic pages: what the extraction reads from each is what the paper's editors wrote."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from crawler.arabic.decoding import decode
from crawler.arabic.text import mend
from crawler.demo.exchange import Request
from crawler.demo.handmade import OLD_ENCODING
from crawler.demo.outlets import ZAYTOUN, expected
from crawler.demo.story import Story
from crawler.extraction import explain, extract
from crawler.items import Article, Page
from crawler.site import Site

SITE = Site(
    name="zaytoun",
    domain=ZAYTOUN.host,
    outlet_ar=ZAYTOUN.name_ar,
    outlet_en=ZAYTOUN.name_en,
    country=ZAYTOUN.country,
    timezone=ZAYTOUN.timezone,
)
DAY_ALONE = {"maghrebi month", "hijri beside"}  # what their pages tell
SHOWN = {
    "maghrebi month": "السبت 8 فيفري 2025<",
    "arabic digits": "٠٠:٢٠ الثلاثاء ١ / ٤ / ٢٠٢٥",
    "hijri beside": "الجمعة 13 ربيع الأول 1447 هـ الموافق 5 سبتمبر 2025 م",
    "false z": 'content="2025-09-17T09:42:00Z"',
    "words in meta": 'content="الخميس 1 ماي 2025 - 11:05"',
    "two authors": "بقلم: وليد القروي ووداد الماجري",
    "interview": "<p>حوار: سلمى العياري</p>\n<p>(القيروان) - ",
    "updated years later": "آخر تحديث: الجمعة 3 أكتوبر 2025 - 18:05",
}
STORIES = pytest.mark.parametrize("story", ZAYTOUN.stories, ids=lambda story: story.quirk)


def page_of(story: Story) -> Page:
    reply = ZAYTOUN.answer(Request(origin=ZAYTOUN.home.rstrip("/"), path=ZAYTOUN.shape.path(story)))
    return Page(
        url=ZAYTOUN.url(story),
        body=reply.body,
        http_status=reply.status,
        content_type=reply.content_type,
        fetched_at=datetime(2026, 1, 10, 12, tzinfo=UTC),
    )


@STORIES
def test_a_hard_page_is_read_as_it_was_written(story: Story) -> None:
    page = page_of(story)
    known = next(answer for answer in expected(ZAYTOUN) if answer["url"] == page.url)
    article = extract(page, SITE)
    assert isinstance(article, Article), article
    account = explain(page, SITE).fields
    assert article.title == known["title"]
    assert article.text.split("\n") == known["text"]
    assert article.authors == known["authors"], account["authors"]
    assert article.dateline == known["dateline"], account["dateline"]
    assert article.published is not None
    if story.quirk in DAY_ALONE:
        assert article.published.date() == known["published"].date(), account["published"]
        assert article.published_precision == "day"
    else:
        assert article.published == known["published"], account["published"]
        assert article.published_precision in {"minute", "second"}
    assert article.modified == known["modified"], account["modified"]


@pytest.mark.parametrize("quirk", SHOWN)
def test_a_page_has_the_form_that_it_stands_for(quirk: str) -> None:
    assert SHOWN[quirk] in page_of(_story(quirk)).body.decode()


def test_the_old_page_is_of_one_code_page_and_its_header_of_another() -> None:
    page = page_of(_story(OLD_ENCODING))
    assert page.content_type == "text/html; charset=utf-8"
    assert _story(OLD_ENCODING).paragraphs[0].encode(OLD_ENCODING) in page.body
    assert decode(page.body, page.content_type).encoding in {"iso8859-6", "iso-8859-6"}


def test_glyphs_and_marks_stand_in_the_page_and_mend_to_the_text() -> None:
    story = _story("glyphs")
    shown = re.findall("<p>(.*)</p>", page_of(story).body.decode().partition('class="content"')[2])
    shown = [unescape(text) for text in shown[: len(story.paragraphs)]]
    assert tuple(mend(text) for text in shown) == story.paragraphs
    assert all(re.search("[\u202b\u200f\u200b\ufeff]", text) for text in shown)
    assert len(re.findall("[\ufe80-\ufefc]", shown[3])) > len(shown[3]) / 2
    assert "\ufefb" in shown[3] or "\ufefc" in shown[3]  # lam and alef are one glyph


def _story(quirk: str) -> Story:
    return next(story for story in ZAYTOUN.stories if story.quirk == quirk)
