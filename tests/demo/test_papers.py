"""What the papers say: pages, lists, feeds and sitemaps agree with one another and with the known answers."""

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, unquote, urljoin

import feedparser
import pytest
from lxml import etree, html

from crawler.arabic.text import mend
from crawler.demo import plain, tables
from crawler.demo.outlet import Outlet
from crawler.demo.outlets import BARADA, NAKHLA, OUTLETS, WADI, ZAYTOUN, expected
from crawler.demo.server import Newsstand
from crawler.demo.story import Story
from tests.demo.asking import Answer, get

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
NEWS_DATE = "{http://www.google.com/schemas/sitemap-news/0.9}publication_date"
PAPERS = pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS)


def quirky(outlet: Outlet, quirk: str) -> Story:
    return next(story for story in outlet.stories if story.quirk == quirk)


def patient(stand: Newsstand, url: str) -> Answer:
    """As a reader who comes back when asked to."""
    answer = get(stand, url)
    return get(stand, url) if answer.status == 503 else answer


def decoded(answer: Answer) -> str:
    for encoding in ("utf-8", "iso-8859-6"):  # neither can read a page of the encodings behind it
        with suppress(UnicodeDecodeError):
            return answer.body.decode(encoding)
    return answer.body.decode("windows-1256")


def first(answer: Answer, path: str) -> str:
    """The text of the first match of an XPath, or an empty one."""
    return str(html.document_fromstring(decoded(answer)).xpath(f"string({path})"))


def locations(answer: Answer) -> list[str]:
    assert answer.headers["content-type"].startswith(("text/xml", "application/x-gzip"))
    body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    return [element.text or "" for element in etree.fromstring(body).iter(LOC)]


@PAPERS
def test_pages_say_what_is_expected_of_them(stand: Newsstand, outlet: Outlet) -> None:
    for known in expected(outlet):
        answer = patient(stand, known["url"])
        assert answer.status == 200
        assert first(answer, "//h1") == known["title"]
        written = "".join(str(piece) for piece in html.document_fromstring(decoded(answer)).itertext())
        text = written + mend(written)  # one page writes its letters as glyphs
        assert all(paragraph in text for paragraph in known["text"] + known["optional"])
        assert all(phrase in text for phrase in known["must_not_contain"])
        assert known["section"][0] in text
        assert all(author in text for author in known["authors"])
        assert (known["subtitle"] or "") in text


@PAPERS
def test_every_link_of_a_paper_leads_somewhere(stand: Newsstand, outlet: Outlet) -> None:
    """Follows the links of a paper from its home; only tag and author pages were never built."""
    seen: set[str] = set()
    waiting = [outlet.home]
    while waiting:
        url = waiting.pop()
        seen.add(url)
        answer = patient(stand, url)
        assert answer.status == 200, url
        for link in links(answer, url):
            if link not in seen and link not in waiting and "/tag/" not in link and "/author/" not in link:
                waiting.append(link)
    assert set(outlet.article_urls()) <= seen


def links(answer: Answer, base: str) -> Iterator[str]:
    for anchor in html.document_fromstring(decoded(answer)).iter("a"):
        link = urljoin(base, anchor.get("href", "")).partition("#")[0]
        if not link.endswith("/rss"):
            yield quote(unquote(link), safe=":/?=")


@pytest.mark.parametrize(
    ("outlet", "address"), [(BARADA, "feed/"), (WADI, "rss"), (NAKHLA, "feed/"), (ZAYTOUN, "rss.xml")]
)
def test_feeds(stand: Newsstand, outlet: Outlet, address: str) -> None:
    answer = get(stand, outlet.home + address)
    assert answer.headers["content-type"] == "application/rss+xml; charset=UTF-8"
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    assert len(feed.entries) >= 10
    for entry, story in zip(feed.entries, outlet.stories, strict=False):
        assert entry.title == story.title
        address = quote(unquote(entry.link), safe=":/?=&")
        assert address.removesuffix(plain.TRACKING) == outlet.url(story)
        assert entry.published.endswith(" GMT" if outlet is WADI else " +0000")
        assert tuple(entry.published_parsed[:6]) == story.published.utctimetuple()[:6]


def test_feed_pages_end(stand: Newsstand) -> None:
    assert get(stand, f"{BARADA.home}feed/?paged=2").status == 200
    assert get(stand, f"{BARADA.home}feed/?paged=3").status == 404


def test_sitemaps_of_barada(stand: Newsstand) -> None:
    assert (
        f"Sitemap: {BARADA.home}sitemap_index.xml\n" in get(stand, f"{BARADA.home}robots.txt").body.decode()
    )
    inner = locations(get(stand, f"{BARADA.home}sitemap_index.xml"))
    assert [url.rpartition("/")[2] for url in inner] == [
        "post-sitemap1.xml.gz",
        "page-sitemap.xml",
        "news-sitemap.xml",
    ]
    assert locations(get(stand, inner[0])) == BARADA.article_urls()
    assert locations(get(stand, inner[2])) == BARADA.article_urls()[:10]
    dates = [element.text for element in etree.fromstring(get(stand, inner[2]).body).iter(NEWS_DATE)]
    assert dates == [story.published.isoformat() for story in BARADA.stories[:10]]


def test_sitemap_of_wadi_mixes_lists_films_and_stories(stand: Newsstand) -> None:
    found = locations(get(stand, f"{WADI.home}sitemap.xml"))
    assert set(WADI.article_urls()) < set(found)
    assert all(get(stand, url).status == 200 for url in found)
    assert {WADI.home + quote(path[1:]) for path in (tables.VIDEO, tables.GALLERY)} < set(found)


def test_what_goes_wrong_at_nakhla(stand: Newsstand) -> None:
    (posts, _) = locations(get(stand, f"{NAKHLA.home}wp-sitemap.xml"))
    found = locations(get(stand, posts))
    moved = quirky(NAKHLA, "moved")
    assert NAKHLA.url(moved) not in found
    redirect = get(stand, NAKHLA.home.rstrip("/") + plain.old_path(moved))
    assert (redirect.status, redirect.headers["location"]) == (301, NAKHLA.url(moved))
    assert found[-1] == NAKHLA.home.rstrip("/") + plain.GONE
    assert get(stand, found[-1]).status == 404
    assert get(stand, f"{NAKHLA.home}wp-json/wp/v2/posts").status == 401


def test_a_busy_page_is_there_at_the_second_visit(stand: Newsstand) -> None:
    url = NAKHLA.url(quirky(NAKHLA, "busy"))
    first, second = get(stand, url), get(stand, url)
    assert (first.status, first.headers["retry-after"], second.status) == (503, "1", 200)


def test_a_tracked_address_names_the_plain_one_as_canonical(stand: Newsstand) -> None:
    url = NAKHLA.url(quirky(NAKHLA, "tracked"))
    assert f"{url}{plain.TRACKING}".replace("&", "&amp;") in get(stand, f"{NAKHLA.home}feed/").body.decode()
    tracked = get(stand, url + plain.TRACKING)
    assert tracked.headers["transfer-encoding"] == "chunked"
    assert first(tracked, "//link[@rel='canonical']/@href") == url
    assert tracked.body == get(stand, url).body


@pytest.mark.parametrize(("quirk", "declared"), [("windows-1256", True), ("windows-1256, undeclared", False)])
def test_old_encodings(stand: Newsstand, quirk: str, declared: bool) -> None:  # noqa: FBT001
    answer = get(stand, WADI.url(quirky(WADI, quirk)))
    assert answer.headers["content-type"] == "text/html"
    assert quirky(WADI, quirk).paragraphs[0].encode("windows-1256") in answer.body
    assert (b"charset=windows-1256" in answer.body) is declared
    assert b"charset=utf-8" not in answer.body


def test_wadi_prints_raw_arabic_addresses_and_dates_in_words(stand: Newsstand) -> None:
    story = WADI.stories[-1]
    page = get(stand, WADI.url(story)).body.decode()
    assert '<div class="dt">GMT 07:15 2025 الثلاثاء ,17 حزيران / يونيو</div>' in page
    assert "<b>عزبة الصيادين - نداء الوادي</b>" in page
    assert f'href="{tables.path(WADI.stories[0])}"' in page
    assert story.published.isoformat() not in page


def test_barada_writes_addresses_as_wordpress_does(stand: Newsstand) -> None:
    story = next(story for story in BARADA.stories if not story.slug.isascii())
    page = get(stand, BARADA.url(story))
    assert page.headers["content-type"] == "text/html; charset=UTF-8"
    address = first(page, "//link[@rel='canonical']/@href")
    assert address != BARADA.url(story)
    assert unquote(address) == unquote(BARADA.url(story))
    assert get(stand, address).body == page.body
    slashless = get(stand, BARADA.url(story).rstrip("/"))
    assert (slashless.status, slashless.headers["location"]) == (301, BARADA.url(story))


def test_barada_gives_its_metadata_as_json(stand: Newsstand) -> None:
    for story in BARADA.stories:
        record = json.loads(first(get(stand, BARADA.url(story)), "//script[@id='tie-schema-json']"))
        assert record["datePublished"] == story.published.isoformat()
        assert record["headline"] == story.title


@PAPERS
def test_sections_are_paged_to_their_end(stand: Newsstand, outlet: Outlet) -> None:
    patterns = {"wadi": "{home}{slug}?page={page}", "zaytoun": "{home}topic/{slug}?page={page}"}
    pattern = patterns.get(outlet.key, "{home}category/{slug}/page/{page}/")
    for section in outlet.sections:
        wanted = {outlet.url(story) for story in outlet.in_section(section.slug)}
        found: set[str] = set()
        for page in range(1, 10):
            answer = get(stand, pattern.format(home=outlet.home, slug=section.slug, page=page))
            if answer.status == 404:
                break
            found.update(links(answer, outlet.home))
        else:
            pytest.fail("the pages never end")
        assert wanted <= found
    bad = get(stand, pattern.format(home=outlet.home, slug=outlet.sections[0].slug, page="0"))
    assert bad.status == 404


@PAPERS
def test_pictures_are_pictures(stand: Newsstand, outlet: Outlet) -> None:
    page = patient(stand, outlet.article_urls()[0])
    source = first(page, "//img/@src")
    answer = get(stand, urljoin(outlet.home, source))
    assert answer.headers["content-type"] == "image/png"
    assert answer.body.startswith(b"\x89PNG\r\n")


@PAPERS
@pytest.mark.parametrize("path", ["nothing", "category/none/", "search?q=x&page=2/", "wp-content/"])
def test_unknown_addresses(stand: Newsstand, outlet: Outlet, path: str) -> None:
    assert get(stand, outlet.home + path).status == (200 if outlet is WADI and "search" in path else 404)


def test_search_finds_and_escapes(stand: Newsstand) -> None:
    word = quote("المياه")
    for url in (f"{BARADA.home}?s={word}", f"{WADI.home}search?q={word}", f"{NAKHLA.home}?s={word}"):
        assert "المياه" in get(stand, url).body.decode()
        hostile = get(stand, url.replace(word, quote("<script>")))
        assert b"<script>" not in hostile.body
