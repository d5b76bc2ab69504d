"""The fields around the text: small pages, each with one thing that pages of real outlets do."""

from typing import Any

import pytest

from crawler.extraction import explain, extract
from crawler.items import Article

from .cases import page_of, site_of

URL = "https://paper.example/news/1"
TITLE = "بلدية الساحل تفتتح سوقًا جديدًا للصيادين"
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "افتتحت بلدية الساحل صباح اليوم سوقًا جديدًا للصيادين قرب الميناء القديم، بحضور عشرات العائلات.",
        "وقال رئيس البلدية إن السوق يضم ستين متجرًا، وإن الإيجار في العام الأول رمزي لمن فقد قاربه.",
    )
)
MENU = '<nav><ul><li><a href="/a">محليات</a></li><li><a href="/b">اقتصاد</a></li></ul></nav>'
KIND = '<meta property="og:type" content="article">'
STEP = '<a href="/s">شؤون البحر</a>'
DATE = '<div class="date">5 مايو 2020</div>'


OUTLET = '<meta property="og:site_name" content="العرب اليوم">'


def _og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def _read(
    *, head: str = "", above: str = "", below: str = DATE, behind: str = "", title: str = TITLE
) -> Article:
    page = page_of(
        f'<html lang="ar"><head><title>{TITLE}</title>{KIND}{head}</head><body>{MENU}<main>'
        f"{above}<h1>{title}</h1>{below}<div>{TEXT}</div>{behind}</main></body></html>"
    )
    result = extract(page, site_of(URL))
    assert isinstance(result, Article), (result, explain(page, site_of(URL)))
    return result


def _jsonld(values: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {values}}}</script>'


@pytest.mark.parametrize(
    ("parts", "section"),
    [
        ({"above": '<p class="t">محليات</p>'}, ["محليات"]),  # an entry of the menu
        ({"above": '<a href="#"><h3>شؤون البحر</h3></a>'}, ["شؤون البحر"]),
        ({"above": f'<ul><li><a href="/">الرئيسية >></a></li><li>{STEP}</li></ul>'}, ["شؤون البحر"]),
        ({"above": f'<div class="breadcru">{STEP} » <a href="/t">موانئ</a></div>'}, ["شؤون البحر", "موانئ"]),
        (
            {"above": f'<div class="breadCrum21"><a href="/">الرئيسية</a> > {STEP} > موانئ</div>'},
            ["شؤون البحر", "موانئ"],
        ),
        ({"below": f'{DATE}<div><span class="catname">موانئ</span></div>'}, ["موانئ"]),
        ({"below": '<div>5 مايو 2020 | <a href="/s">أخبار الساحل</a></div>'}, ["أخبار الساحل"]),
        ({"head": '<meta property="article:section" content="من-هنا-وهناك">'}, ["من هنا وهناك"]),
        ({"head": _jsonld('"articleSection": "قراءة, سعيد المرابط", "keywords": "سعيد المرابط"')}, ["قراءة"]),
        ({"head": _jsonld('"articleSection": "زيت &amp;amp; زيتون"')}, ["زيت & زيتون"]),
        ({"head": _jsonld('"articleSection": ["السلايدر الرئيسي", "محليات"]')}, ["محليات"]),
        ({"below": f'{DATE}<div><a href="/author/1">سامي الحلبي</a></div>'}, []),
        ({"below": '<div class="date">5 مايو 2020 <a href="/tag/x">ميناء</a></div>'}, []),
    ],
)
def test_section(parts: dict[str, Any], section: list[str]) -> None:
    assert _read(**parts).section == section


@pytest.mark.parametrize(
    ("parts", "authors"),
    [
        ({"below": f'{DATE}<div class="post-writer">غادة الحلبي</div>'}, ["غادة الحلبي"]),
        ({"below": f'<div class="date">هديل السيد</div>{DATE}'}, ["هديل السيد"]),
        ({"below": f"{DATE}<strong>هديل السيد</strong>"}, ["هديل السيد"]),
        ({"below": f"{DATE}<strong>صورة أرشيفية</strong>"}, []),
        ({"above": '<div class="newsSrc">سامر الحلبي</div>'}, ["سامر الحلبي"]),
        ({"behind": '<a href="/auteur/7"><div class="field-name">سعيدة البدوي</div></a>'}, ["سعيدة البدوي"]),
        ({"below": '<div class="correspondent d-print-none"><b>سعيد البدوي</b></div>'}, ["سعيد البدوي"]),
        ({"below": '<div class="author">تاريخ النشر: 5 مايو 2020</div>'}, []),
        ({"below": '<div class="byline">مدن ومطارات، خبز وزيت، بحر وجبل، أرض وسماء</div>'}, []),
        ({"head": '<meta name="author" content="The Paper"><meta name="author" content="Paper">'}, []),
        ({"head": _jsonld('"author": "&lt;a href=\'/e/1\'&gt;سامر الحلبي&lt;/a&gt;"')}, ["سامر الحلبي"]),
    ],
)
def test_authors(parts: dict[str, Any], authors: list[str]) -> None:
    assert _read(**parts).authors == authors


@pytest.mark.parametrize(
    ("parts", "agency", "dateline"),
    [
        ({"below": "<div>5 مايو 2020 | كتب: وكالات |</div>"}, "وكالات", None),
        (
            {"below": f'<div class="socialDateSrc"><b class="newsSrc">لندن – وكالات</b>{DATE}</div>'},
            "وكالات",
            "لندن",
        ),
        ({"below": f"{DATE}<h6>الرياض - العرب اليوم</h6>", "head": OUTLET}, None, "الرياض"),
        ({"below": f"{DATE}<div>سامر الحلبي (العلا) samer_online@</div>"}, None, "العلا"),
    ],
)
def test_agency_and_dateline(parts: dict[str, Any], agency: str | None, dateline: str | None) -> None:
    article = _read(**parts)
    assert (article.agency, article.dateline) == (agency, dateline)


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        ({"title": f"«{TITLE}»: قراءة أولى"}, f"«{TITLE}»: قراءة أولى"),
        ({"title": f"{TITLE} | «قضية الميناء»"}, f"{TITLE} | «قضية الميناء»"),
        (
            {"title": f"<span>الساحل</span> <span>{TITLE}</span>", "head": _og(f"الساحل: {TITLE}")},
            f"الساحل: {TITLE}",
        ),
        ({"title": "", "head": _og(f"زيت &amp;amp; زيتون في {TITLE}")}, f"زيت & زيتون في {TITLE}"),
    ],
)
def test_title(parts: dict[str, Any], title: str) -> None:
    assert _read(**parts).title == title


def test_a_headline_in_a_ticker_gives_way() -> None:
    ticker = f"<ul><li><h1>{TITLE} في حفل كبير</h1></li><li><h1>خبر آخر عن البحر والميناء</h1></li></ul>"
    article = _read(above=f"{ticker}<h2>{TITLE}</h2>", title="")
    assert article.title == TITLE


def test_tags_keep_their_letters() -> None:
    assert _read(head=_jsonld('"keywords": "زيت &amp;amp; زيتون, موانئ"')).tags == ["زيت & زيتون", "موانئ"]


@pytest.mark.parametrize(
    "line",
    [
        "انقر هنا لقراءة الخبر من مصدره.",
        "تابعوا أخبار الوكالة عبر أثير الإذاعة",
        "شاركوا هذا الخبر",
        "هذا الخبر منقول من جريدة الساحل",
        "اشترك لتصلك أهم الأخبار",
        "ق و نشر في المشوار يوم 26 - 03 - 2020",
    ],
)
def test_lines_that_close_or_open_a_text_are_no_text(line: str) -> None:
    assert line not in _read(behind=f"<p>{line}</p>", below=f"{DATE}<p>{line}</p>").text


STAMP = '<meta itemprop="datePublished" content="2020-05-05T10:00:00Z">'
SHOWN = "5 مايو 2020"


@pytest.mark.parametrize(
    ("parts", "published", "precision"),
    [
        (
            {"below": f'<div class="date">{SHOWN}</div><div class="date">14:30 بتوقيت غرينتش</div>'},
            "2020-05-05T14:30",
            "minute",
        ),
        ({"below": f'<div class="tags"><a href="/t">ميناء</a> {SHOWN}</div>'}, "2020-05-05T00:00", "day"),
        ({"below": f'<div class="post-timer">{SHOWN}</div>'}, "2020-05-05T00:00", "day"),
        ({"below": "<button>منذ 21 ساعة</button>"}, "2026-10-31T00:00", "day"),
        ({"below": "", "head": STAMP}, "2020-05-05T10:00", "second"),
        (
            {
                "below": '<div class="date">5 مايو 2020 14:30 بتوقيت غرينتش</div>',
                "head": _jsonld('"datePublished": "2020-05-05T14:30:00"'),
            },
            "2020-05-05T14:30",
            "second",
        ),
    ],
)
def test_published(parts: dict[str, Any], published: str, precision: str) -> None:
    article = _read(**parts)
    assert article.published is not None
    assert article.published.isoformat()[: len(published)] == published
    assert article.published_precision == precision


def test_a_change_cut_to_midnight_does_not_come_before_the_publication() -> None:
    values = '"datePublished": "2020-05-05T14:30:00Z", "dateModified": "2020-05-05"'
    assert _read(head=_jsonld(values)).modified is None


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("محمود الخطيب/سعاد الحربي", ["محمود الخطيب", "سعاد الحربي"]),
        ("الزيتون/العنب والتين", []),
        ("بقلم / محمود الخطيب", ["محمود الخطيب"]),
    ],
)
def test_names_that_open_the_text_are_its_authors(line: str, authors: list[str]) -> None:
    sentence = "افتتحت البلدية صباح اليوم مكتبة عامة في الحي القديم بعد أعمال ترميم استمرت عامين كاملين."
    title = "مكتبة عامة جديدة في الحي القديم"
    body = f"<h1>{title}</h1><div><p>{line}</p>{f'<p>{sentence}</p>' * 8}</div>"
    page = page_of(f"<title>{title}</title><body>{body}</body>")
    result = extract(page, site_of(page.url))
    assert isinstance(result, Article), result
    assert result.authors == authors
