"""Which of a page's dates is that of its publication."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from crawler.extraction import explain, extract
from crawler.items import Article, Candidate

from .cases import page_of, site_of

PROSE = "أعلنت البلدية أن أعمال توسيع الشارع الرئيسي ستبدأ الأسبوع المقبل وتستمر شهرين كاملين."
LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"توسيع الشارع الرئيسي",%s}</script>'
)
OG = '<meta property="article:published_time" content="%s">'


@dataclass(frozen=True, kw_only=True)
class Dates:
    """What a page says and what is to be read in it: a day or a moment, or nothing."""

    published: str | None
    head: str = ""
    beside: str = ""
    above: str = ""
    below: str = ""
    path: str = "news/1"
    zone: str | None = None
    host: str = "paper.example"
    candidate: datetime | None = None
    modified: str | None = None
    source: str = ""


CASES = {
    "the machine's moment": Dates(
        head=OG % "2025-03-10T08:00:00+03:00", published="2025-03-10T08:00:00+03:00"
    ),
    "UTC on the outlet's clock": Dates(
        head=OG % "2025-03-10T22:30:00Z", zone="Asia/Baghdad", published="2025-03-11T01:30:00+03:00"
    ),
    "UTC beside the hour a reader sees": Dates(
        head=OG % "2025-03-10T22:30:07Z",
        beside="11 مارس 2025 - 1:30 صباحاً",
        published="2025-03-11T01:30:07+03:00",
    ),
    "UTC beside the next day alone": Dates(
        head=OG % "2025-03-10T22:30:07+00:00", beside="الثلاثاء 11 مارس 2025", published="2025-03-11"
    ),
    "a false Z": Dates(
        head=OG % "2025-03-10T08:15:30Z",
        beside="10 مارس 2025 08:15 صباحاً",
        zone="Africa/Cairo",
        published="2025-03-10T08:15:30+02:00",
    ),
    "an hour on an unknown clock": Dates(beside="10 مارس 2025 - 9:40 مساءً", published="2025-03-10"),
    "an hour under a country's domain": Dates(
        beside="10 مارس 2025 - 9:40 مساءً", host="paper.example.jo", published="2025-03-10T21:40:00+03:00"
    ),
    "Arabic words where a machine's form belongs": Dates(
        head=OG % "الاثنين، 10 مارس 2025 - 12:09 م",
        zone="Asia/Riyadh",
        published="2025-03-10T12:09:00+03:00",
        source="opengraph",
    ),
    "midnight is a day": Dates(
        head=OG % "2025-03-10T00:00:00+03:00", zone="Asia/Riyadh", published="2025-03-10", source="opengraph"
    ),
    "the finest of the day": Dates(
        head=OG % "2025-03-10",
        beside="10 مارس 2025 - 9:40 مساءً",
        zone="Asia/Amman",
        published="2025-03-10T21:40:00+03:00",
        source="visible",
    ),
    "a change is no publication": Dates(
        beside="آخر تحديث: 12 مارس 2025 - 10:00 صباحاً",
        zone="Asia/Amman",
        path="2025/03/10/street",
        published="2025-03-10",
        modified="2025-03-12",
        source="url",
    ),
    "only a change": Dates(beside="آخر تحديث: 12 مارس 2025", published=None, modified="2025-03-12"),
    "a change before the publication": Dates(
        head=OG % "2025-03-10T08:00:00+03:00"
        + '<meta property="article:modified_time" content="2024-01-01T00:10:00+03:00">',
        published="2025-03-10T08:00:00+03:00",
    ),
    "reader and address against a machine's year": Dates(
        head=OG % "2019-01-01T12:00:00+03:00",
        beside="10 مارس 2025",
        path="2025/03/10/street",
        published="2025-03-10",
    ),
    "today's date above the page": Dates(
        above='<header><div class="date">الخميس 20 مارس 2025</div></header>', published=None
    ),
    "the dates of others": Dates(
        beside="10 مارس 2025",
        below='<div class="related"><h3>مواضيع ذات صلة</h3><p><a href="/2">خبر آخر</a>'
        ' <time datetime="2025-03-15">15 مارس</time></p></div>',
        published="2025-03-10",
    ),
    "after the fetch": Dates(
        head=OG % "2025-03-21T08:00:00+03:00", beside="10 مارس 2025", published="2025-03-10"
    ),
    "the date in the feed": Dates(
        candidate=datetime(2025, 3, 10, 5, tzinfo=UTC),
        zone="Asia/Amman",
        published="2025-03-10T08:00:00+03:00",
        source="advertised",
    ),
    "JSON-LD that is broken past repair": Dates(
        head=LD % '"description":"قال "نعم" ثم مضى","datePublished":"2025-03-10T08:00:00+03:00"',
        published="2025-03-10T08:00:00+03:00",
        source="jsonld",
    ),
    "Hijri and Gregorian agree": Dates(
        beside="الاثنين 10 رمضان 1446 هـ الموافق 10 مارس 2025", published="2025-03-10"
    ),
    "below the text": Dates(below='<div class="post-meta">نشر في 10 مارس 2025</div>', published="2025-03-10"),
    "no date at all": Dates(published=None),
}


@pytest.mark.parametrize("name", CASES)
def test_dates(name: str) -> None:
    case = CASES[name]
    url = f"https://{case.host}/{case.path}"
    text = f"<p>{PROSE}</p>" * 4
    source = (
        '<html lang="ar"><head><title>توسيع الشارع الرئيسي</title><meta property="og:type" content="article">'
        f"{case.head}</head><body>{case.above}<div><h1>توسيع الشارع الرئيسي</h1>"
        f'<div class="post-date">{case.beside}</div><div class="text">{text}</div>{case.below}</div></html>'
    )
    advertised = Candidate(url=url, via="feed", published=case.candidate) if case.candidate else None
    page = page_of(source, url, fetched_at=datetime(2025, 3, 20, 12, tzinfo=UTC), candidate=advertised)
    site = site_of(url, timezone=case.zone) if case.zone else site_of(url)
    article = extract(page, site)
    assert isinstance(article, Article)
    account = explain(page, site).fields["published"]
    if case.published is None:
        assert article.published is None, account
    elif "T" in case.published:
        assert article.published is not None, account
        assert article.published.isoformat() == case.published, account
        assert article.published_precision in {"minute", "second"}
    else:
        assert article.published is not None, account
        assert (article.published.date().isoformat(), article.published_precision) == (
            case.published,
            "day",
        ), account
        assert (article.published.hour, article.published.minute) == (0, 0)
    assert (article.published_source or "").startswith(case.source)
    assert (article.modified.date().isoformat() if article.modified else None) == case.modified
