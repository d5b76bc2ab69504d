"""No page, however made, raises or yields what is no article; the same page yields the same article twice."""

import json
import re
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import explain, extract
from crawler.extraction.tree import MAX_BYTES
from crawler.items import Article, Rejection

from .cases import load, names, page_of, site_of

SITE = site_of("https://paper.example/")
PROSE = "قال المتحدث إن الجسر سيفتح غداً أمام السيارات بعد انتهاء أعمال الصيانة في المدينة. "
HEAD = (
    '<html><head><title>عنوان الخبر الطويل</title><meta property="og:type" content="article"></head>'
    "<body><h1>عنوان الخبر الطويل</h1>"
)
BODY = f"<p>{PROSE * 4}</p>"
LD = '<script type="application/ld+json">'

SHAPES = {
    "nested divs": HEAD + "<div>" * 60_000 + BODY,
    "nested tables": HEAD + "<table><tr><td>" * 8_000 + BODY,
    "nested inline tags": HEAD + "<b><span>" * 40_000 + BODY,
    "unclosed fonts": HEAD + "<font>" * 1_500 + BODY,
    "ten thousand tables": HEAD + "<table><tr><td>x</td></tr></table>" * 10_000 + BODY,
    "megabytes of JSON-LD": HEAD
    + LD
    + '{"@type":"NewsArticle","a":['
    + '{"x":1},' * 300_000
    + "{}]}</script>"
    + BODY,
    "deep JSON-LD": HEAD + LD + "[" * 150_000 + "]" * 150_000 + "</script>" + BODY,
    "JSON-LD of backslashes": HEAD
    + LD
    + '{"@type":"NewsArticle","headline":"'
    + '"\\' * 150_000
    + "}</script>"
    + BODY,
    "JSON-LD of commas": HEAD + LD + "[" + ", " * 200_000 + "]</script>" + BODY,
    "one huge word": HEAD + "<p>" + "ا" * 800_000 + "</p>",
    "blanks": HEAD + "<p>" + " \u00a0\n" * 500_000 + "</p>",
    "line breaks": HEAD + "<br>" * 100_000 + BODY,
    "links": HEAD + '<a href="/x">رابط إلى خبر آخر</a>' * 20_000,
    "class names": HEAD + "".join(f'<div class="c{i} share-{i}">x</div>' for i in range(15_000)),
    "a class of megabytes": HEAD + f'<div class="{"a-b " * 300_000}">' + BODY,
    "long titles": "<title>" + "ا - " * 100_000 + "</title><h1>" + "ا - " * 100_000 + "</h1>" + BODY,
    "many headlines": HEAD + "<h1>عنوان الخبر الطويل</h1>" * 10_000 + BODY,
    "many times": HEAD + '<time datetime="2020-01-01">1 يناير 2020</time>' * 8_000 + BODY,
    "many metas": '<head><meta property="article:tag" content="x">' * 20_000 + HEAD + BODY,
    "many comment boxes": HEAD + (f"<p>{PROSE}</p>" + '<div class="fb-comments"></div>') * 2_000,
    "microdata": HEAD + '<b itemprop="datePublished author name articleBody">2020-01-01</b>' * 8_000 + BODY,
    "references": HEAD + "&amp;&#x41;&#1114112;&#0;" * 80_000,
    "entities": '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + HEAD + "&b;" * 1_000 + BODY,
    "angle brackets": HEAD + "<" * 300_000,
    "zero bytes": HEAD + "\x00" * 300_000 + BODY,
    "slashes": HEAD + '<div class="date">' + "1/" * 100_000 + "</div>" + BODY,
    "teasers": HEAD + f'<div><a href="/1">عنوان خبر آخر طويل هنا</a><p>{PROSE}</p></div>' * 3_000,
    "frames": "<frameset><frame src=x></frameset>",
    "a foreign declaration": '<?xml version="1.0" encoding="windows-1256"?>' + HEAD + BODY,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape: str) -> None:
    result = extract(page_of(SHAPES[shape]), SITE)
    assert isinstance(result, (Article, Rejection))
    if isinstance(result, Article):
        json.dumps(result.record())


def test_beyond_the_bound() -> None:
    result = extract(page_of(HEAD + BODY + " " * MAX_BYTES), SITE)
    assert isinstance(result, Rejection)
    assert result.reason == "too-large"


REFUSED = [
    (b"", "text/html", 200, "empty"),
    (b" \r\n", "text/html", 200, "empty"),
    ((HEAD + BODY).encode(), "text/html", 404, "status"),
    ((HEAD + BODY).encode(), "text/html", 503, "status"),
    ((HEAD + BODY).encode(), "application/json", 200, "not-html"),
    (b"%PDF-1.7 <html>", "text/html", 200, "not-html"),
    (b'{"html": "<p>x</p>"}', "text/html", 200, "not-html"),
    (b"<?xml version='1.0'?><rss><channel></channel></rss>", "text/xml", 200, "not-html"),
    (b"just words", "text/plain", 200, "not-html"),
    (b"\x89PNG\r\n\x1a\n<html>", None, 200, "not-html"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "reason"), REFUSED)
def test_refused_unread(body: bytes, content_type: str | None, status: int, reason: str) -> None:
    result = extract(page_of(body, content_type=content_type, status=status), SITE)
    assert isinstance(result, Rejection)
    assert result.reason == reason


def test_an_address_that_is_none() -> None:
    result = extract(page_of(HEAD + BODY, "https://[nowhere"), SITE)
    assert isinstance(result, Rejection)
    assert result.reason == "bad-url"


TAGS = st.sampled_from(
    [
        "div",
        "p",
        "table",
        "tr",
        "td",
        "h1",
        "h2",
        "article",
        "main",
        "section",
        "header",
        "footer",
        "nav",
        "aside",
        "ul",
        "li",
        "a",
        "b",
        "time",
        "span",
        "br",
        "form",
        "figure",
        "blockquote",
        "script",
        "style",
        "title",
        "meta",
        "iframe",
        "font",
    ]
)
NAMES = st.sampled_from(
    ["", "entry-content", "share", "date", "author", "post-meta", "comments", "related", "title", "sidebar"]
)
TEXTS = st.sampled_from(
    [
        PROSE,
        "كتب: محمد علي",
        "12 مارس 2020",
        "منذ ساعتين",
        "اقرأ أيضاً",
        "2099-01-01T00:00:00Z",
        "&lt;b&gt;",
        "x" * 90,
    ]
) | st.text(max_size=30)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Tags of all sorts, some of them closed, with names and texts that the rules react to."""
    pieces = []
    for _ in range(draw(st.integers(1, 25))):
        tag, name = draw(TAGS), draw(NAMES)
        pieces.append(f'<{tag} class="{name}" datetime="2031-05-05" href="/{name}" content="2019-09-09">')
        pieces.append(draw(TEXTS))
        pieces.append(f"</{draw(TAGS) if draw(st.booleans()) else tag}>")
    return "".join(pieces)


@given(inner=markup())
def test_any_markup(inner: str) -> None:
    page = page_of(HEAD + BODY + inner)
    result = extract(page, SITE)
    assert result == extract(page, SITE)
    json.dumps(explain(page, SITE).record())
    if isinstance(result, Article):
        assert result.published is None or result.published <= page.fetched_at
        assert result.modified is None or result.modified <= page.fetched_at
        assert not re.search(r"</?(?:div|p|span|table|script)\b", result.text)
        assert all(paragraph.strip() == paragraph and paragraph for paragraph in result.text.split("\n"))


@given(
    body=st.binary(max_size=400),
    header=st.sampled_from([None, "text/html", "text/html; charset=windows-1256"]),
)
def test_any_bytes(body: bytes, header: str | None) -> None:
    page = page_of(b"<html><h1>" + body + b"</h1><p>" + body * 3, content_type=header)
    assert isinstance(extract(page, SITE), (Article, Rejection))


@given(data=st.data())
def test_a_page_cut_or_damaged_anywhere(data: st.DataObject) -> None:
    page, site, _ = load(data.draw(st.sampled_from(list(islice(names(), 14)))))
    cut = data.draw(st.integers(0, len(page.body)))
    junk = data.draw(st.binary(max_size=20))
    damaged = page_of(
        page.body[:cut] + junk + page.body[cut + len(junk) :], page.url, fetched_at=page.fetched_at
    )
    assert isinstance(extract(damaged, site), (Article, Rejection))
    assert isinstance(extract(page_of(page.body[:cut], page.url), site), (Article, Rejection))


@pytest.mark.parametrize("day", [1, 8, 15, 22])
def test_nothing_is_published_after_the_fetch(day: int) -> None:
    fetched = datetime(2025, 3, 12, 9, tzinfo=UTC)
    stamp = f'<time datetime="2025-03-{day:02}T22:00:00Z"></time>'
    source = HEAD + f'<div class="date">{day} مارس 2025 - 10:00 مساءً</div>{stamp}'
    result = extract(page_of(source + BODY, fetched_at=fetched), SITE)
    assert isinstance(result, Article)
    assert (result.published is not None) == (day < fetched.day)
    assert result.published is None or result.published <= fetched
