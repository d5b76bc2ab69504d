"""Hostile lists: reading ends, raises nothing, expands nothing and opens nothing."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Refusal, Source
from crawler.discovery.wordpress import WordPress
from tests.discovery.reading import SITE, findings

SOURCES: list[Source] = [
    Feed(f"{SITE}/feed", pages=3),
    Sitemap(f"{SITE}/sitemap.xml"),
    WordPress(f"{SITE}/"),
    Listing(f"{SITE}/list", pages=3),
    Detect(f"{SITE}/"),
    Detect(f"{SITE}/robots.txt"),
]
RSS = """<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>سوق</title>
<item><title>أ &amp; ب</title><link>https://paper.example/1234567</link>
<pubDate>Mon, 02 Nov 2026 10:00:00 +0300</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://paper.example/'>
<link rel='next' href='?page=2'/><entry><title type='xhtml'><div>سوق</div></title><link href='/1'/>
<updated>2026-11-02T10:00:00Z</updated></entry></feed>"""
URLSET = """<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='n'>
<url><loc>https://paper.example/1234567</loc><lastmod>2026-11-02</lastmod>
<news:news><news:title>سوق</news:title></news:news></url></urlset>"""
INDEX = """<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-11-02T10:00:00+03:00</lastmod></sitemap>
</sitemapindex>"""
PAGE = """<!doctype html><html><head><base href='/'><link rel='next' href='/2'></head><body>
<nav><a href='/سياسة'>ق</a></nav><h2><a href='/2026/11/02/سوق/'>افتتاح معرض الكتاب</a></h2>
<a href='?page=2'>التالي</a></body></html>"""
POSTS = json.dumps(
    [{"link": "https://paper.example/7", "date_gmt": "2026-11-02T10:00:00", "title": {"rendered": "سوق"}}]
)
ROBOTS = "User-agent: *\nSitemap: https://paper.example/a.xml\n"
DOCUMENTS = [RSS, ATOM, URLSET, INDEX, PAGE, POSTS, ROBOTS]
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'lollollol'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]>"
)
LONG = f"<!DOCTYPE x [<!ENTITY a '{'a' * 50_000}'>]>"
FILE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
PARAMETER = "<!DOCTYPE x [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>"


def bodies(prolog: str, reference: str) -> list[str]:
    return [
        f"{prolog}<rss><channel><item><title>{reference}</title><link>/1</link></item></channel></rss>",
        f"{prolog}<rss version='2.0' a='{reference}'><channel/></rss>",
        f"{prolog}<urlset><url><loc>/1234567?{reference}</loc></url></urlset>",
        f"{prolog}<urlset a='{reference}'><url><loc>/1234567</loc></url></urlset>",
    ]


@pytest.mark.parametrize("source", SOURCES[:2], ids=["feed", "sitemap"])
@pytest.mark.parametrize(
    ("prolog", "reference"),
    [(LAUGHS, "&m;"), (LONG, "&a;" * 10_000), (FILE, "&a;"), (PARAMETER, "")],
    ids=["laughs", "quadratic", "file", "parameter"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(source: Source, prolog: str, reference: str, encoding: str) -> None:
    for body in bodies(prolog, reference):
        found = list(findings(source, body.encode(encoding)))
        assert [each.reason for each in found if isinstance(each, Refusal)] == ["entity"]
        assert len(found) == 1


@pytest.mark.parametrize("source", SOURCES[:2], ids=["feed", "sitemap"])
def test_entities_far_down_are_refused_as_well(source: Source) -> None:
    for body in bodies(
        f"<!DOCTYPE x [<!-- {'x' * 100_000} --><!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "&a;"
    ):
        found = list(findings(source, body))
        assert [type(each) for each in found] == [Refusal]
        assert "root:" not in repr(found)


@pytest.mark.parametrize("source", [SOURCES[1], SOURCES[4]], ids=["sitemap", "detect"])
def test_gzip_bomb(source: Source) -> None:
    bomb = gzip.compress(b"<urlset>" + (b"<url/>" + b" " * 60_000) * 2_000)
    assert len(bomb) < 500_000
    found = [each.reason for each in findings(source, bomb) if isinstance(each, Refusal)]
    assert set(found[:-1]) == {"no-link"}
    assert found[-1] == "too-big"
    members = gzip.compress(b"") * 50_000
    assert [each.reason for each in findings(source, members) if isinstance(each, Refusal)] == ["too-big"]


ATTRIBUTES = " ".join(f'a{n}="{n}"' for n in range(20_000))
# Each took minutes, or all memory, in one of the libraries or in an earlier reader.
COSTLY = {
    "attributes of the channel": f"<rss><channel {ATTRIBUTES}><item/></channel></rss>",
    "attributes of the root": f"<urlset {ATTRIBUTES}/>",
    "attributes of a body": f"<html><body {ATTRIBUTES}><a href=/1234567>x",
    "namespaces": "<rss>" + "".join(f"<a{n}:b xmlns:a{n}='u'/>" for n in range(20_000)),
    "many elements": "<html>" + "<p>" * 1_000_000,
    "long base": f"<html><base href='{SITE}/{'x/' * 2_000}'>" + "<a href='1'>x</a>" * 5_000,
    "tags without end": "<rss>" + "<a " * 300_000,
    "deep": "<rss>" + "<a>" * 300_000,
    "deep pages": "<urlset><url>" + "<a>" * 300_000,
    "blank prolog": "<?xml version='1.0'?>" + "\n" * 1_000_000 + "<rss/>",
    "angle brackets": "<" * 500_000,
    "ampersands": "<rss><channel><title>" + "&" * 500_000,
    "comments": "<!--" * 200_000,
    "attributes": "<html><a " + " ".join(f"a{n}" for n in range(100_000)) + " href=/1234567>x",
    "divisions": "<html>" + "<div>" * 200_000,
    "blank robots": "Sitemap:" + " \t" * 300_000,
    "brackets": "[" * 500_000,
    "digits": '[{"link": ' + "9" * 100_000 + "}]",
    "tags in a title": '[{"link": "https://paper.example/1", "title": "' + "<" * 500_000 + '"}]',
    "one long line": "https://paper.example/" + "x" * 500_000,
}


@pytest.mark.parametrize("document", COSTLY.values(), ids=COSTLY.keys())
def test_costly_documents_come_to_an_end(document: str) -> None:
    for source in SOURCES:
        assert sum(1 for _ in findings(source, document)) < 100


@given(
    st.sampled_from(SOURCES), st.binary(max_size=300), st.sampled_from([200, 400, 404]), st.text(max_size=20)
)
def test_random_bytes(source: Source, body: bytes, status: int, header: str) -> None:
    headers = {"content-type": f"text/xml; charset={header}", "x-wp-totalpages": header, "link": header}
    for _ in findings(source, body, status=status, headers=headers):
        pass


@given(
    st.sampled_from(SOURCES),
    st.sampled_from(DOCUMENTS),
    st.lists(
        st.tuples(
            st.integers(0, 10_000),
            st.integers(0, 12),
            st.sampled_from(["", "<", "&", '"', "]]>", "\x00", "//[", "٣", "<a>", "\ud800"]),
        ),
        max_size=6,
    ),
    st.sampled_from(["utf-8", "utf-16", "cp1256"]),
    st.booleans(),
)
def test_mutated_documents(
    source: Source,
    document: str,
    edits: list[tuple[int, int, str]],
    encoding: str,
    packed: bool,  # noqa: FBT001
) -> None:
    for place, length, text in edits:
        start = place % len(document) if document else 0
        document = document[:start] + text + document[start + length :]
    body = document.encode(encoding, "replace")
    for _ in findings(source, gzip.compress(body, 1) if packed else body):
        pass
