import gzip
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawler.discovery import inflate, sitemap, sitemap_rows
from crawler.discovery.sitemap import MAX_DEPTH, Sitemap
from crawler.discovery.source import Lookup, Window
from crawler.items import Candidate
from tests.discovery.reading import SITE, candidates, findings, first, lookups, reasons

MAP = Sitemap(f"{SITE}/sitemap.xml")
ARTICLE = "/2026/11/02/سوق-الكتب/"
SEVEN = datetime(2026, 11, 2, 7, tzinfo=UTC)


def urlset(*urls: str, attributes: str = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"') -> str:
    return (
        f'<?xml version="1.0"?><urlset {attributes}>{"".join(f"<url>{url}</url>" for url in urls)}</urlset>'
    )


def index(*sitemaps: str) -> str:
    return "<sitemapindex>" + "".join(f"<sitemap>{each}</sitemap>" for each in sitemaps) + "</sitemapindex>"


def loc(path: str, lastmod: str = "") -> str:
    return f"<loc>{SITE}{path}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "")


NEWS = (
    "<news:news><news:publication><news:name>الورّاق</news:name><news:language>ar</news:language></news:publication>"
    "<news:publication_date>2026-11-02T10:00:00+03:00</news:publication_date><news:title>سوق</news:title></news:news>"
)
IMAGE = "<image:image><image:loc>https://paper.example/a.jpg</image:loc><image:title>صورة</image:title></image:image>"
NEWS_SPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="i"'


@pytest.mark.parametrize(
    ("document", "title", "published", "modified"),
    [
        (urlset(loc(ARTICLE)), None, None, None),
        (urlset(loc(ARTICLE, "2026-11-02T10:00:00+03:00")), None, None, SEVEN),
        (urlset(loc(ARTICLE, "2026-11-02")), None, None, None),
        (urlset(loc(ARTICLE, "قريبا")), None, None, None),
        (urlset(f"<loc>\n {SITE}{ARTICLE} \n</loc>"), None, None, None),
        (urlset(f"<loc><![CDATA[{SITE}{ARTICLE}]]></loc>"), None, None, None),
        (urlset(IMAGE + loc(ARTICLE), attributes=NEWS_SPACE), None, None, None),
        (urlset(loc(ARTICLE) + NEWS, attributes=NEWS_SPACE), "سوق", SEVEN, None),
        (urlset(loc(ARTICLE) + NEWS, attributes='xmlns:news="urn:other"'), "سوق", SEVEN, None),
        (urlset(loc(ARTICLE) + NEWS, attributes=""), "سوق", SEVEN, None),
        (urlset(loc("/7") + NEWS, attributes=NEWS_SPACE), "سوق", SEVEN, None),
        ("\ufeff\n\n" + urlset(loc(ARTICLE)), None, None, None),
        ("<sm:urlset xmlns:sm='x'><sm:url><sm:loc>/1234567</sm:loc></sm:url></sm:urlset>", None, None, None),
        ("<!-- <urlset> --><URLSET><URL><LOC>/1234567</LOC></URL></URLSET>", None, None, None),
        ("<pages><url><loc>/1234567</loc></url></pages>", None, None, None),
        (
            "<!DOCTYPE urlset SYSTEM 'file:///etc/hostname'><urlset><url><loc>/1234567</loc></url></urlset>",
            None,
            None,
            None,
        ),
        (f"{SITE}/1234567\n", None, None, None),
        (f"\r\n{SITE}/1234567", None, None, None),
    ],
)
def test_page(
    document: str, title: str | None, published: datetime | None, modified: datetime | None
) -> None:
    (candidate,) = findings(MAP, document)
    assert isinstance(candidate, Candidate)
    assert candidate.via == "sitemap"
    assert (candidate.title, candidate.published, candidate.modified) == (title, published, modified)


def test_encodings() -> None:
    document = urlset(loc("/خبر/1234567"))
    encoded = [
        document.encode(),
        document.encode("utf-16"),
        document.replace("?>", ' encoding="windows-1256"?>', 1).encode("cp1256"),
        gzip.compress(document.encode()),
        gzip.compress(document.encode()[:40]) + gzip.compress(document.encode()[40:]),
        gzip.compress(document.encode()) + b"\x00" * 512,
    ]
    expected = f"{SITE}/%D8%AE%D8%A8%D8%B1/1234567"
    assert [[found.url for found in candidates(findings(MAP, body))] for body in encoded] == [[expected]] * 6


def test_text_sitemap() -> None:
    document = f"{SITE}/1234567\r\n\n{SITE}/خبر/1234568\n# ملاحظة\n{SITE}/about"
    found = list(findings(MAP, document))
    assert [each.url for each in candidates(found)] == [
        f"{SITE}/1234567",
        f"{SITE}/%D8%AE%D8%A8%D8%B1/1234568",
    ]
    assert reasons(found) == ["not-a-url", "not-an-article"]


def test_feed_in_a_sitemaps_place() -> None:
    document = "<rss version='2.0'><channel><item><title>سوق</title><link>/7</link></item></channel></rss>"
    for body in (document.encode(), gzip.compress(document.encode())):
        assert [each.title for each in candidates(findings(MAP, body))] == ["سوق"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not-a-sitemap"),
        ("   \n", "not-a-sitemap"),
        ("Not found", "not-a-sitemap"),
        ("{}", "not-a-sitemap"),
        ("<!DOCTYPE html><html><body>غير موجودة</body></html>", "not-a-sitemap"),
        ("<html></html>", "not-a-sitemap"),
        (urlset("<lastmod>2026-11-02</lastmod>"), "no-link"),
        (urlset("<loc> </loc>"), "no-link"),
        (urlset("<loc>https://other.example/1234567</loc>"), "off-site"),
        (urlset("<loc>mailto:editor@paper.example</loc>"), "not-a-url"),
        (urlset("<loc>/tag/سوق</loc>"), "not-an-article"),
        ("<urlset>", "broken-xml"),
        ("<urlset></urlset>trailing", "broken-xml"),
        (index("<loc>mailto:editor@paper.example</loc>"), "not-a-url"),
        (index(""), "no-link"),
        (b"\x1f\x8b", "broken-gzip"),
        (b"\x1f\x8bnot gzip at all", "broken-gzip"),
        (gzip.compress(gzip.compress(urlset().encode())), "not-a-sitemap"),
        (f"{SITE}/1234567".ljust(100_000, "x"), "not-a-sitemap"),
    ],
)
def test_refused(body: str | bytes, reason: str) -> None:
    assert reasons(findings(MAP, body)) == [reason]


@pytest.mark.parametrize("status", [301, 304, 403, 404, 500])
def test_status(status: int) -> None:
    assert reasons(findings(MAP, urlset(loc(ARTICLE)), status=status)) == ["status"]


@pytest.mark.parametrize(
    ("document", "broken"),
    [
        ("<urlset><url><loc>/1234567</loc><n:news><n:title>a</n:title></n:news></url></urlset>", False),
        ("<urlset><url><loc>/1234567</loc><n:news><n:title>a</n:title></n:news></url>", True),
        ("<urlset><url><loc>/1234567</loc><n:news><n:title>a</n:title></n:news></url>&", True),
    ],
)
def test_undeclared_prefixes_alone_are_no_break(document: str, broken: bool) -> None:  # noqa: FBT001
    found = list(findings(MAP, document))
    assert [each.title for each in candidates(found)] == ["a"]
    assert reasons(found) == (["broken-xml"] if broken else [])


def test_what_was_unpacked_before_the_break_is_kept() -> None:
    whole = urlset(*(loc(f"/{number}") for number in range(1_000_000, 1_003_000)))
    found = list(findings(MAP, gzip.compress(whole.encode())[:-200]))
    assert len(candidates(found)) >= 1_000
    assert [each.url for each in candidates(found)] == [
        f"{SITE}/{number}" for number in range(1_000_000, 1_000_000 + len(candidates(found)))
    ]
    assert reasons(found) == ["broken-gzip"]


WINDOW = Window(since=datetime(2026, 11, 1, tzinfo=UTC), until=datetime(2026, 11, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (loc("/1234567"), True),
        (loc("/1234567", "2026-10-31"), True),  # twelve hours west of Greenwich
        (loc("/1234567", "2026-10-30"), False),
        (loc("/1234567", "2026-10-31T23:59:59Z"), False),
        (loc("/1234567", "2027-05-01"), True),  # modified since, published who knows when
        (loc("/2026/11/03/سوق/"), True),
        (loc("/2026/10/03/سوق/"), False),
        (loc("/2026/12/03/سوق/"), False),
        (loc("/2026/10/03/سوق/", "2026-11-03"), False),
        (loc("/1234567") + NEWS.replace("2026-11-02", "2026-10-02"), False),
        (loc("/1234567") + NEWS.replace("2026-11-02", "2026-11-09"), False),
        (loc("/2026/10/03/سوق/") + NEWS, True),  # what the list says outright counts before the address
    ],
)
def test_window(url: str, kept: bool) -> None:  # noqa: FBT001
    found = list(findings(MAP, urlset(url, attributes=NEWS_SPACE), window=WINDOW))
    assert (len(candidates(found)), reasons(found)) == ((1, []) if kept else (0, ["outside-window"]))


def test_index_newest_first_and_too_old_ones_not_at_all() -> None:
    document = index(
        loc("/pages.xml"),
        loc("/2024.xml", "2024-12-31"),
        loc("/2026-11.xml.gz", "2026-11-03T08:00:00Z"),
        loc("/2026-10.xml", "2026-11-01"),
        loc("/pages.xml"),
        loc("/late.xml", "2027-05-01"),
    )
    found = list(findings(MAP, document, window=WINDOW))
    assert [each.url.removeprefix(SITE) for each in lookups(found)] == [
        "/late.xml",
        "/2026-11.xml.gz",
        "/2026-10.xml",
        "/pages.xml",
    ]
    assert reasons(found) == ["outside-window"]
    assert {(each.depth, each.source) for each in lookups(found)} == {(1, MAP)}


def test_index_that_contains_itself() -> None:
    assert reasons(findings(MAP, index(loc("/sitemap.xml")))) == ["loop"]
    redirected = findings(MAP, index(loc("/moved.xml")), url=f"{SITE}/moved.xml")
    assert reasons(redirected) == ["loop"]
    (child,) = lookups(findings(MAP, index(loc("/b.xml"))))
    assert reasons(findings(MAP, index(loc("/sitemap.xml")), lookup=child)) == ["loop"]


def test_nesting_is_bounded() -> None:
    lookup = first(MAP)
    for depth in range(MAX_DEPTH):
        (lookup,) = lookups(findings(MAP, index(loc(f"/{depth}.xml")), lookup=lookup))
    assert reasons(findings(MAP, index(loc("/deeper.xml")), lookup=lookup)) == ["too-deep"]


def test_other_hosts_only_beside_the_sitemap_that_was_named() -> None:
    document = index(
        "<loc>https://maps.example/a.xml</loc>", "<loc>https://other.example/b.xml</loc>", loc("/c.xml")
    )
    assert reasons(findings(MAP, document)) == ["off-site", "off-site"]
    elsewhere = list(findings(Sitemap("https://maps.example/index.xml"), document))
    assert [each.url for each in lookups(elsewhere)] == ["https://maps.example/a.xml", f"{SITE}/c.xml"]
    assert reasons(elsewhere) == ["off-site"]


def test_counts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MAX_PAGES", 2)
    monkeypatch.setattr(sitemap, "MAX_NESTED", 2)
    monkeypatch.setattr(sitemap_rows, "MAX_FIELDS", 5)
    many = [loc(f"/{number}") for number in range(1_000_000, 1_000_003)]
    pages = list(findings(MAP, urlset(*many)))
    assert (len(candidates(pages)), reasons(pages)) == (2, ["too-many-entries"])
    maps = list(findings(MAP, index(*many)))
    assert (len(lookups(maps)), reasons(maps)) == (2, ["too-many-sitemaps"])
    assert reasons(findings(MAP, urlset(many[0] + "<a/>" * 6))) == ["too-many-fields"]


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def bounded(body: bytes) -> Iterator[bytes]:
        return inflate.pieces(body, 2**20)

    monkeypatch.setattr(sitemap, "pieces", bounded)
    body = urlset(loc("/1234567")).encode() + b" " * 2**20
    for packed in (body, gzip.compress(body)):
        found = list(findings(MAP, packed))
        assert (len(candidates(found)), reasons(found)) == (1, ["too-big"])


MEASURE = """
import gzip
from crawler.discovery.inflate import pieces
from crawler.discovery.sitemap_rows import Row, xml_rows

def peak():  # KiB; of this process alone, where getrusage would tell of the one that started it
    status = open("/proc/self/status").read()
    return int(status.partition("VmHWM:")[2].split()[0])

def read(count):
    rows = "".join(f"<url><loc>https://paper.example/{number}</loc></url>" for number in range(count))
    body = gzip.compress(f"<urlset>{rows}</urlset>".encode())
    del rows
    before = peak()
    found = sum(isinstance(row, Row) for row in xml_rows(pieces(body), ""))
    return found, peak() - before

print(*read(1_000), *read(80_000))
"""


def test_eighty_thousand_pages_in_constant_memory() -> None:
    """In a process of its own, because the parser's memory shows nowhere but in the process's peak."""
    measured = subprocess.run([sys.executable, "-c", MEASURE], check=True, capture_output=True, text=True)
    few, _, many, grown = map(int, measured.stdout.split())
    assert (few, many) == (1_000, 80_000)
    assert grown < 4_096  # KiB; the document alone has some four thousand, its tree a hundred thousand


def test_reading_is_lazy() -> None:
    """The first pages are there before the document is known to be sound."""
    body = urlset(*(loc(f"/{number}") for number in range(1_000_000, 1_010_000))).replace("</urlset>", "&")
    found = findings(MAP, body)
    assert isinstance(next(found), Candidate)


def test_lookups() -> None:
    assert first(MAP) == Lookup(url=f"{SITE}/sitemap.xml", source=MAP)
