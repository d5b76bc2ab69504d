import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.discovery.feed import MAX_ENTRIES, Feed
from crawler.discovery.source import Window
from crawler.items import Candidate
from tests.discovery.reading import SITE, candidates, findings, first, lookups, reasons

FEED = Feed(f"{SITE}/feed/")
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
RDF = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'


def rss(items: str, channel: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{channel}{items}</channel></rss>'


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{entries}</feed>'


DATE = "<pubDate>Mon, 02 Nov 2026 10:00:00 +0300</pubDate>"
SEVEN = datetime(2026, 11, 2, 7, tzinfo=UTC)
DAY = date(2026, 11, 2)


def article(
    path: str,
    title: str | None = None,
    published: datetime | date | None = None,
    modified: datetime | None = None,
) -> Candidate:
    return Candidate(url=SITE + path, via="feed", title=title, published=published, modified=modified)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (rss(f"<item><title>سوق</title><link>{SITE}/1</link>{DATE}</item>"), article("/1", "سوق", SEVEN)),
        (rss("<item><link>/1</link></item>"), article("/1")),
        (
            rss(f"<item><link>{SITE}/خبر جديد</link></item>"),
            article("/%D8%AE%D8%A8%D8%B1%20%D8%AC%D8%AF%D9%8A%D8%AF"),
        ),
        (rss(f"<item><link>{SITE}/%d8%ae</link></item>"), article("/%d8%ae")),
        (rss("<item><link><![CDATA[ https://paper.example/1 ]]></link></item>"), article("/1")),
        (
            rss(f"<item><title>أ &amp;#8211; &lt;b>ب&lt;/b></title><link>{SITE}/1</link></item>"),
            article("/1", "أ – ب"),
        ),
        (rss(f"<item><title>سوق&nbsp;الكتب</title><link>{SITE}/1</link></item>"), article("/1", "سوق الكتب")),
        (rss(f"<item><title>سوق\x0b</title><link>{SITE}/1</link></item>"), article("/1", "سوق")),
        (rss(f"<item><title>a & b</title><link>{SITE}/1</link></item>"), article("/1", "a & b")),
        (rss(f"<item><guid>{SITE}/?p=7</guid></item>"), article("/?p=7")),
        (rss(f'<item><guid isPermaLink="false">{SITE}/?p=7</guid></item>'), article("/?p=7")),
        (
            rss(
                f"<item><link>https://counter.example/x</link><feedburner:origLink>{SITE}/1</feedburner:origLink></item>"
            ),
            article("/1"),
        ),
        (rss(f"<item><link>https://counter.example/x</link><guid>{SITE}/1</guid></item>"), article("/1")),
        (
            rss(f"<item><link>{SITE}/1</link><pubDate>Mon, 02 Nov 2026 10:00:00</pubDate></item>"),
            article("/1", published=DAY),
        ),
        (
            rss(f"<item><link>{SITE}/1</link><pubDate>الاثنين 2 نوفمبر 2026</pubDate></item>"),
            article("/1", published=DAY),
        ),
        (
            rss(f"<item><link>{SITE}/1</link><dc:date>2026-11-02T10:00:00+03:00</dc:date></item>"),
            article("/1", modified=SEVEN),
        ),
        (
            atom(
                '<entry><link rel="self" href="/s"/><link rel="alternate" href="1"/></entry>',
                f'xml:base="{SITE}/a/"',
            ),
            article("/a/1"),
        ),
        (
            atom(
                '<entry><title type="html">&lt;i>سوق&lt;/i> &amp;amp; كتب</title><link href="/1"/>'
                "<published>2026-11-02T07:00:00Z</published><updated>2026-11-02T10:00:00+03:00</updated></entry>"
            ),
            article("/1", "سوق & كتب", SEVEN, SEVEN),
        ),
        (
            f"<r:RDF {RDF}><item r:about='x'><title>سوق</title><link>{SITE}/1</link></item></r:RDF>",
            article("/1", "سوق"),
        ),
        (
            f"\n\ufeff <rss version='2.0'><channel><item><link>{SITE}/1</link></item></channel></rss>",
            article("/1"),
        ),
        (f"<rss version='2.0'><channel><item><link>{SITE}/1</link></item><item><ti", article("/1")),
        (
            "<!DOCTYPE rss SYSTEM 'file:///etc/hostname'><rss><channel><item><link>/1</link></item></channel></rss>",
            article("/1"),
        ),
    ],
)
def test_entry(document: str, expected: Candidate) -> None:
    assert next(findings(FEED, document)) == expected


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="windows-1256"?>'])
def test_windows_1256(declared: str) -> None:
    document = (
        f"{declared}<rss><channel><item><title>سوق الكتب</title><link>/خبر</link></item></channel></rss>"
    )
    assert list(findings(FEED, document.encode("cp1256"))) == [article("/%D8%AE%D8%A8%D8%B1", "سوق الكتب")]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("<!doctype html><html><body><p>الصفحة غير موجودة</p></body></html>", 200, "not-a-feed"),
        ("<html/>", 200, "not-a-feed"),
        ("", 200, "not-a-feed"),
        ("{}", 200, "not-a-feed"),
        ("\x00" * 100, 200, "not-a-feed"),
        ("<urlset><url><loc>https://paper.example/1</loc></url></urlset>", 200, "not-a-feed"),
        (rss(""), 404, "status"),
        (rss("<item><title>بلا رابط</title></item>"), 200, "no-link"),
        (rss("<item><guid>abc</guid></item>"), 200, "no-link"),
        (rss("<item><link>https://other.example/1</link></item>"), 200, "off-site"),
        (rss("<item><link>javascript:void(0)</link></item>"), 200, "not-a-url"),
    ],
)
def test_refused(body: str, status: int, reason: str) -> None:
    assert [finding.reason for finding in findings(FEED, body, status=status)] == [reason]  # type: ignore[union-attr]


def test_empty_feed_is_no_fault() -> None:
    assert list(findings(FEED, rss(""))) == []


def test_a_body_that_is_a_file_name_opens_no_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss(f"<item><link>{SITE}/1</link></item>"), "utf-8")
    assert reasons(findings(FEED, os.fsencode(path))) == ["not-a-feed"]


def test_too_many_entries_are_told() -> None:
    items = "".join(f"<item><link>/{number}</link></item>" for number in range(MAX_ENTRIES + 1))
    found = list(findings(FEED, rss(items)))
    assert len(candidates(found)) == MAX_ENTRIES
    assert reasons(found) == ["too-many-entries"]


WINDOW = Window(since=datetime(2026, 11, 1, tzinfo=UTC), until=datetime(2026, 11, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("Sun, 01 Nov 2026 00:00:00 GMT", True),
        ("Sun, 01 Nov 2026 02:59:59 +0300", False),
        ("Sat, 07 Nov 2026 23:59:59 GMT", True),
        ("Sun, 08 Nov 2026 00:00:00 GMT", False),
        ("Sat, 31 Oct 2026 13:00:00", True),  # without zone it may be November
        ("Sat, 31 Oct 2026 11:59:59", False),
        ("", True),
        ("بالأمس", True),
    ],
)
def test_window(date: str, kept: bool) -> None:  # noqa: FBT001
    found = list(findings(FEED, rss(f"<item><link>/1</link><pubDate>{date}</pubDate></item>"), window=WINDOW))
    assert (len(candidates(found)), reasons(found)) == ((1, []) if kept else (0, ["outside-window"]))


NEXT = '<atom:link rel="next" href="/feed/?page=2"/>'
WORDPRESS = "<generator>https://wordpress.org/?v=6.6</generator>"
ITEM = f"<item><link>/1</link>{DATE}</item>"


@pytest.mark.parametrize(
    ("document", "pages", "following"),
    [
        (rss(ITEM, NEXT), 1, []),
        (rss(ITEM, NEXT), 2, [f"{SITE}/feed/?page=2"]),
        (rss(ITEM, NEXT.replace("next", "prev-archive")), 2, [f"{SITE}/feed/?page=2"]),
        (rss(ITEM, WORDPRESS), 2, [f"{SITE}/feed/?paged=2"]),
        (rss(ITEM, WORDPRESS), 1, []),
        (rss(ITEM), 2, []),
        (rss("", NEXT), 2, []),
    ],
)
def test_following_page(document: str, pages: int, following: list[str]) -> None:
    found = findings(Feed(f"{SITE}/feed/", pages=pages), document)
    assert [lookup.url for lookup in lookups(found)] == following


def test_paging_goes_on_as_long_as_it_brings_something() -> None:
    feed = Feed(f"{SITE}/feed/", pages=10)
    (second,) = lookups(findings(feed, rss(ITEM, WORDPRESS)))
    assert second.page == 2
    (third,) = lookups(findings(feed, rss(ITEM.replace("/1", "/2"), WORDPRESS), lookup=second))
    assert third.url == f"{SITE}/feed/?paged=3"
    assert reasons(findings(feed, rss(ITEM, WORDPRESS), lookup=third)) == ["nothing-new"]
    assert reasons(findings(feed, "", status=404, lookup=third)) == ["status"]


def test_paging_ends_where_all_is_too_old_and_not_where_all_is_too_new() -> None:
    feed = Feed(f"{SITE}/feed/", pages=10)
    late, early = (
        Window(since=datetime(2026, 12, 1, tzinfo=UTC)),
        Window(until=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    assert not lookups(findings(feed, rss(ITEM, WORDPRESS), window=late))
    assert len(lookups(findings(feed, rss(ITEM, WORDPRESS), window=early))) == 1


def test_a_feed_that_leads_to_itself_or_away() -> None:
    feed = Feed(f"{SITE}/feed/", pages=10)
    assert reasons(findings(feed, rss(ITEM, NEXT.replace("?page=2", "")))) == ["loop"]
    assert reasons(findings(feed, rss(ITEM, NEXT.replace("/feed/", "https://other.example/")))) == [
        "off-site"
    ]


@pytest.mark.parametrize("pages", [0, -1, 10_000])
def test_pages_out_of_bounds(pages: int) -> None:
    with pytest.raises(ValueError, match="pages must be 1 to"):
        Feed(f"{SITE}/feed/", pages=pages)


def test_the_first_lookup() -> None:
    assert first(FEED).url == f"{SITE}/feed/"
