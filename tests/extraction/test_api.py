"""What other parts of the project rely on."""

import json
import pickle
from datetime import UTC, datetime
from importlib import resources

import pytest

from crawler.extraction import EXTRACTOR, explain, extract, rules_digest, warm
from crawler.extraction.digest import _files
from crawler.items import Article, Candidate, Page, RecordPointer, Rejection
from crawler.site import Site

from .cases import load, page_of, site_of

SITE = Site(
    name="wadi",
    domain="wadi.example",
    outlet_ar="صحيفة الوادي",
    outlet_en="Al Wadi",
    aliases=("الوادي",),
    country="JO",
    timezone="Asia/Amman",
    selectors={
        "title": "div.t",
        "body": "#b",
        "authors": ".w",
        "published": ".d",
        "section": ".s a",
        "prune": ".x",
    },
)
PARAGRAPHS = [
    "يستعد أهل الوادي لمهرجانهم السنوي الذي يقام في ساحة القرية كل ربيع، وسط حضور كبير من القرى المجاورة.",
    "وتضم فعاليات المهرجان عروضاً للخيل وسوقاً للحرف القديمة، إضافة إلى أمسيات شعرية يحييها شعراء من المنطقة.",
]
SOURCE = f"""<html><head><title>شيء آخر | الوادي</title><meta property="og:title" content="شيء آخر | الوادي">
<meta property="og:image" content="/img/lead.jpg"><link rel="canonical" href="https://www.wadi.example/%D9%85?utm_source=x">
<meta property="article:published_time" content="2020-01-01T00:00:00Z"></head><body>
<h1>صحيفة الوادي</h1><div class="t">مهرجان الوادي - الوادي</div><div class="s"><a href="/c">ثقافة</a></div>
<div class="w">كتبت سعاد النجار</div><div class="d">5/4/2021 10:20</div>
<div id="b"><img src="a.jpg"><p>{PARAGRAPHS[0]} <a href="/l?x=1">تفاصيل</a></p>
<p class="x">لا يُقرأ</p><p>{PARAGRAPHS[1]}</p>
<img src="data:image/png;base64,xx" data-src="/b.jpg"></div><a href="/far">بعيد</a></body></html>"""
RECORD = RecordPointer(
    warc_file="warc/wadi/2021/04/x.warc.gz",
    warc_offset=7,
    warc_length=9,
    warc_record_id="<urn:uuid:1>",
    payload_digest="sha256:00",
)


def _page() -> Page:
    return Page(
        url="https://wadi.example/م?utm_medium=y",
        body=SOURCE.encode(),
        http_status=200,
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2021, 4, 6, tzinfo=UTC),
        run_id="run-1",
        record=RECORD,
        candidate=Candidate(url="https://wadi.example/م", via="feed", title="عنوان الخلاصة"),
    )


def test_a_described_site_is_believed() -> None:
    article = extract(_page(), SITE)
    assert isinstance(article, Article)
    assert article.text == f"{PARAGRAPHS[0]} تفاصيل\n{PARAGRAPHS[1]}"
    assert (article.title, article.authors, article.section) == ("مهرجان الوادي", ["سعاد النجار"], ["ثقافة"])
    assert article.published is not None
    assert article.published.isoformat() == "2021-04-05T10:20:00+03:00"
    assert {article.layers[name] for name in ("title", "text", "authors", "section", "published")} == {
        "selector"
    }


def test_what_comes_from_the_page_and_its_record() -> None:
    article = extract(_page(), SITE)
    assert isinstance(article, Article)
    assert (article.site, article.outlet, article.country, article.language) == (
        "wadi",
        "صحيفة الوادي",
        "JO",
        "ar",
    )
    assert (article.run_id, article.http_status, article.warc_offset) == ("run-1", 200, 7)
    assert (article.warc_record_id, article.payload_digest) == ("<urn:uuid:1>", "sha256:00")
    assert article.canonical_url == "https://www.wadi.example/%D9%85"
    assert article.images == [
        "https://wadi.example/img/lead.jpg",
        "https://wadi.example/a.jpg",
        "https://wadi.example/b.jpg",
    ]
    assert article.links == ["https://wadi.example/l?x=1"]
    assert article.extractor == EXTRACTOR
    assert article.rules_digest == rules_digest()


def test_the_same_text_has_the_same_id() -> None:
    one, other = extract(_page(), SITE), extract(_page(), SITE)
    assert isinstance(one, Article)
    assert one == other
    assert len(one.id) == 32
    assert len(one.text_sha256) == 64


@pytest.mark.parametrize("name", ["jannah-relative-date", "not-search"])
def test_results_cross_process_lanes(name: str) -> None:
    page, site, _ = load(name)
    page, site = pickle.loads(pickle.dumps((page, site)))  # noqa: S301  our own bytes
    result = extract(page, site)
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301  our own bytes


def test_an_explanation_names_winners_and_losers() -> None:
    explanation = explain(_page(), SITE)
    record = json.loads(json.dumps(explanation.record()))
    assert record["fields"]["title"]["layer"] == "selector"
    assert {lost["layer"] for lost in record["fields"]["published"]["lost"]} >= {"opengraph"}
    assert {lost["value"] for lost in record["fields"]["title"]["lost"]} >= {"شيء آخر", "عنوان الخلاصة"}


def test_an_explanation_of_a_rejection_gives_the_reason() -> None:
    page, site, expected = load("not-search")
    explanation = explain(page, site)
    assert (explanation.reason, explanation.fields) == (expected["reason"], {})


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://paper.example/a/other", "https://paper.example/a/other"),
        ("/a/other", "https://paper.example/a/other"),
        ("https://amp.paper.example/a/1", "https://amp.paper.example/a/1"),
        ("https://elsewhere.example/a/1", "https://paper.example/a/1"),
        ("https://paper.example/", "https://paper.example/a/1"),
        ("javascript:void(0)", "https://paper.example/a/1"),
        ("", "https://paper.example/a/1"),
    ],
)
def test_the_canonical_address(canonical: str, kept: str) -> None:
    url = "https://paper.example/a/1"
    body = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    source = (
        f'<html><head><link rel="canonical" href="{canonical}"><meta property="og:type" content="article">'
    )
    source += f"</head><body><h1>مهرجان الوادي السنوي</h1><div>{body}</div></body></html>"
    article = extract(page_of(source, url), site_of(url))
    assert isinstance(article, Article)
    assert article.canonical_url == kept


def test_the_digest_covers_every_rule() -> None:
    warm()
    covered = {
        name
        for package in ("crawler.extraction", "crawler.arabic")
        for name, _ in _files(resources.files(package), package)
    }
    assert {
        "crawler.extraction/publication.py",
        "crawler.extraction/rules/names.json",
        "crawler.extraction/themes/jannah.json",
        "crawler.arabic/dates.py",
        "crawler.arabic/boilerplate.json",
    } <= covered
    assert len(rules_digest()) == 64


def test_languages_are_the_sites_choice() -> None:
    page, site, _ = load("not-persian")
    assert isinstance(extract(page, site), Rejection)
    article = extract(page, site_of(page.url, languages=("ar", "fa")))
    assert isinstance(article, Article)
    assert article.language == "fa"
