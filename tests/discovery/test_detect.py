import gzip
from urllib.parse import urljoin

import pytest

from crawler.discovery.detect import MAX_FEEDS, MAX_SECTIONS, MAX_SITEMAPS, Detect
from crawler.discovery.scope import Scope
from crawler.discovery.source import Lookup
from crawler.discovery.wordpress import WordPress
from tests.discovery.reading import SITE, candidates, findings, first, lookups, reasons

HOME = Detect(f"{SITE}/")
RSS = "<link rel='alternate' type='application/rss+xml' href='{}' title='{}'>"
API = "<link rel='https://api.w.org/' href='/wp-json/'>"
ARTICLE = "<a href='/2026/11/02/سوق/'>افتتاح معرض الكتاب</a>"
FEED = "<rss version='2.0'><channel><item><link>/7</link></item></channel></rss>"
URLSET = f"<urlset><url><loc>{SITE}/1234567</loc></url></urlset>"


def home(body: str = "<a href='/'>الرئيسية</a>", head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def asked(found: list[Lookup]) -> list[tuple[str, str]]:
    return [(each.source.kind, each.url.removeprefix(SITE)) for each in found]


def test_all_that_a_site_offers_in_order_of_preference() -> None:
    menu = "<nav><a href='/politics'>سياسة</a><a href='/economy'>اقتصاد</a><a href='/about'>من نحن</a></nav>"
    document = home(menu + ARTICLE, RSS.format("/feed/", "الورّاق") + API)
    found = list(findings(HOME, document))
    assert asked(lookups(found)) == [
        ("feed", "/feed/"),
        ("detect", "/robots.txt"),
        (
            "wordpress",
            first(WordPress(f"{SITE}/")).url.removeprefix(SITE),
        ),
        ("listing", "/politics"),
        ("listing", "/economy"),
    ]
    assert [(each.title, each.via) for each in candidates(found)] == [("افتتاح معرض الكتاب", "listing")]


@pytest.mark.parametrize(
    ("head", "body", "feeds"),
    [
        (RSS.format("/feed/", "أخبار") + RSS.format("/comments/feed/", ""), "", ["/feed/"]),
        (RSS.format("/feed/", "أخبار") + RSS.format("/x/feed/", "الورّاق » تعليقات على خبر"), "", ["/feed/"]),
        (RSS.format("/feed/", "").replace("rss", "atom"), "", ["/feed/"]),
        (RSS.format("/feed/", "") * 2, "", ["/feed/"]),
        (RSS.format("https://feeds.example/x", ""), "", ["https://feeds.example/x"]),
        (RSS.format("/feed/", ""), "<a href='/rss'>RSS</a>", ["/feed/"]),
        (
            "",
            "<a href='/rss'>RSS</a><a href='/rss-feed.xml'>RSS</a><a href='https://x.example/feed'>x</a>",
            ["/rss", "/rss-feed.xml"],
        ),
        ("<link rel='alternate' type='application/json' href='/wp-json/wp/v2/posts/1'>", "", []),
        ("<link rel='alternate' hreflang='en' href='/en/'>", "", []),
    ],
)
def test_feeds(head: str, body: str, feeds: list[str]) -> None:
    found = lookups(findings(HOME, home(body + "<a href='/'></a>", head)))
    assert [url for kind, url in asked(found) if kind == "feed"] == feeds


@pytest.mark.parametrize(
    ("head", "headers", "api"),
    [
        (API, {}, "/wp-json/wp/v2/posts"),
        ("<link rel='https://api.w.org/' href='/?rest_route=/'>", {}, "/"),
        (
            "",
            {"link": f'<{SITE}/ar/wp-json/>; rel="https://api.w.org/", <{SITE}/>; rel=shortlink'},
            "/ar/wp-json/wp/v2/posts",
        ),
        ("<link rel='stylesheet' href='/ar/wp-content/themes/x.css'>", {}, "/ar/wp-json/wp/v2/posts"),
        ("<link rel='https://api.w.org/' href='https://other.example/wp-json/'>", {}, None),
        ("", {"link": "<" * 5000}, None),
    ],
)
def test_wordpress(head: str, headers: dict[str, str], api: str | None) -> None:
    found = asked(lookups(findings(HOME, home(head=head), headers=headers)))
    assert [url.partition("?")[0] for kind, url in found if kind == "wordpress"] == ([api] if api else [])


@pytest.mark.parametrize(
    ("body", "sections"),
    [
        ("<nav><a href='/a'>ا</a></nav><a href='/b'>ب</a>", ["/a"]),
        ("<div class='main-menu'><ul><li><a href='/a'>ا</a></ul></div><a href='/b'>ب</a>", ["/a"]),
        ("<div role='navigation'><a href='/a'>ا</a></div>", ["/a"]),
        ("<a href='/a'>ا</a><a href='/b/'>ب</a>", ["/a", "/b/"]),
        ("<nav><a href='/a'>ا</a><a href='/a/'>ا</a><a href='/a#x'>ا</a></nav>", ["/a"]),
        ("<nav><a href='/'>ا</a><a href='#'>ا</a><a href='https://other.example/a'>ا</a></nav>", []),
        (
            "<nav><a href='/en/'>E</a><a href='/about'>ا</a><a href='/tag/x'></a><a href='/x.pdf'></a></nav>",
            [],
        ),
        (
            "<nav><a href='/category/a'>ا</a><a href='/Section/b/319/1'>ب</a></nav>",
            ["/category/a", "/Section/b/319/1"],
        ),
        ("<nav><a href='/?cat=1'>ا</a></nav>", []),
        (
            "<nav><a href='/l?cat=1'>ا</a><a href='/l?cat=2'>ا</a></nav>",
            ["/l?cat=1", "/l?cat=2"],
        ),
        ("<nav><a href='/1234567'>خبر</a></nav>", []),
    ],
)
def test_sections(body: str, sections: list[str]) -> None:
    found = asked(lookups(findings(HOME, home(body))))
    assert [url for kind, url in found if kind == "listing"] == sections


def test_robots_names_the_sitemaps() -> None:
    (robots,) = lookups(findings(HOME, home()))
    document = (
        f"User-agent: *\nDisallow: /x\nSitemap: {SITE}/a.xml\n sitemap:/b.xml # b\r\n"
        "SITEMAP: https://maps.example/c.xml\nSitemap: ftp://x/\nSitemap:\nSitemap: /a.xml"
    )
    found = lookups(findings(HOME, document, lookup=robots))
    assert asked(found) == [
        ("sitemap", "/a.xml"),
        ("sitemap", "/b.xml"),
        ("sitemap", "https://maps.example/c.xml"),
    ]


USUAL = ["/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/wp-sitemap.xml"]


@pytest.mark.parametrize(
    ("url", "status", "places"),
    [
        ("/", 200, USUAL),
        ("/", 404, USUAL),
        ("/ar/", 200, [*USUAL, *("/ar" + path for path in USUAL)]),
        ("/a/b/c/d/", 200, USUAL),
    ],
)
def test_usual_places_only_where_robots_names_none(url: str, status: int, places: list[str]) -> None:
    source = Detect(SITE + url)
    (robots,) = lookups(findings(source, home()))
    assert robots.url == f"{SITE}/robots.txt"
    found = list(findings(source, "User-agent: *\nDisallow:", status=status, lookup=robots))
    assert [each.url.removeprefix(SITE) for each in lookups(found)] == places
    assert reasons(found) == ([] if status == 200 else ["status"])


def test_counts_are_bounded() -> None:
    many = range(200)
    body = home(
        "".join(f"<a href='/s{n}'>ق</a>" for n in many), "".join(RSS.format(f"/feed{n}/", "") for n in many)
    )
    kinds = [kind for kind, _ in asked(lookups(findings(HOME, body)))]
    assert (kinds.count("feed"), kinds.count("listing")) == (MAX_FEEDS, MAX_SECTIONS)
    robots = "".join(f"Sitemap: /{n}.xml\n" for n in many)
    found = list(findings(Detect(f"{SITE}/robots.txt"), robots))
    assert (len(lookups(found)), reasons(found)) == (MAX_SITEMAPS, ["too-many-sitemaps"])


@pytest.mark.parametrize(
    "final", ["https://www.paper.example/", "https://paper.example/ar/", "http://ar.paper.example/"]
)
def test_redirects_within_the_site(final: str) -> None:
    found = lookups(
        findings(Detect("http://paper.example/"), home("<nav><a href='x'>ق</a></nav>"), url=final)
    )
    assert [each.url for each in found] == [urljoin(final, "/robots.txt"), f"{final}x"]


def test_a_redirect_to_another_site_is_told() -> None:
    (refused,) = findings(HOME, home(ARTICLE), url="https://other.example/")
    assert refused.reason == "moved"  # type: ignore[union-attr]
    assert "https://other.example/" in refused.detail  # type: ignore[union-attr]


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_home_that_fails_leaves_the_sitemaps(status: int) -> None:
    found = list(findings(HOME, home(ARTICLE), status=status))
    assert reasons(found) == ["status"]
    assert asked(lookups(found)) == [("detect", "/robots.txt")]


def test_an_article_is_read_and_the_site_found_from_it() -> None:
    source = Detect(f"{SITE}/2026/11/02/سوق/")
    found = list(findings(source, home("<nav><a href='/a'>ق</a></nav>", RSS.format("/feed/", ""))))
    assert [each.url for each in candidates(found)] == [f"{SITE}/2026/11/02/%D8%B3%D9%88%D9%82/"]
    assert asked(lookups(found)) == [("feed", "/feed/"), ("detect", "/robots.txt"), ("listing", "/a")]


@pytest.mark.parametrize(
    "body",
    [
        FEED.encode(),
        URLSET.encode(),
        gzip.compress(URLSET.encode(), mtime=0),
        b"<?xml version='1.0'?><!-- x -->" + URLSET.encode(),
        URLSET.encode("utf-16"),
        f"{SITE}/1234567\n".encode(),
    ],
)
def test_an_address_that_is_a_list_already(body: bytes) -> None:
    found = list(findings(Detect(f"{SITE}/list"), body))
    assert len(found) == len(candidates(found)) == 1


def test_an_index_goes_on_as_a_sitemap() -> None:
    index = f"<sitemapindex><sitemap><loc>{SITE}/a.xml</loc></sitemap></sitemapindex>"
    assert asked(lookups(findings(Detect(f"{SITE}/sitemap.xml"), index))) == [("sitemap", "/a.xml")]


def test_papers_on_one_host_are_told_apart_by_their_port() -> None:
    scope = Scope(domain="127.0.0.1", port=8001)
    body = home("<nav><a href='/a'>ا</a><a href='http://127.0.0.1:8002/b'>ب</a></nav>")
    found = lookups(findings(Detect("http://127.0.0.1:8001/"), body, scope=scope))
    assert [each.url for each in found] == ["http://127.0.0.1:8001/robots.txt", "http://127.0.0.1:8001/a"]


def test_the_first_lookup() -> None:
    assert first(HOME) == Lookup(url=f"{SITE}/", source=HOME)
