"""Lists that are no XML: every whole row is read with its address intact, and the damage is counted."""

import gzip

import pytest

from crawler.arabic.decoding import decode_pieces
from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.xml_scanner import Scanner, Tag
from tests.discovery.reading import SITE, candidates, findings, lookups, reasons

FEED, MAP = Feed(f"{SITE}/feed/"), Sitemap(f"{SITE}/sitemap.xml")
BEFORE, AFTER = f"{SITE}/1000001", f"{SITE}/1000003"


def rss(item: str, *, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    around = [f"<item><title>سوق</title><link>{url}</link></item>" for url in (BEFORE, AFTER)]
    return f'{prolog}<rss version="2.0"><channel>{around[0]}{item}{around[1]}</channel></rss>'


def urlset(row: str, *, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    around = [f"<url><loc>{url}</loc></url>" for url in (BEFORE, AFTER)]
    return f"{prolog}<urlset>{around[0]}{row}{around[1]}</urlset>"


# The text of a title, or what stands between rows; the row beside it is whole.
FAULTS = {
    "bare ampersand": "ناس & سوق",
    "ampersand and letters": "AT&T",
    "name of HTML": "سوق&nbsp;الكتب",
    "name of nothing": "&nosuch;",
    "control character": "سوق\x0bالكتب",
    "zero": "سوق\x00",
    "noncharacter": "\ufffe",
    "reference to a control character": "&#11;",
    "reference to zero": "&#x0;",
    "reference to a surrogate": "&#xD800;",
    "reference beyond Unicode": "&#x110000;",
    "less-than": "3 < 5",
    "less-than without blanks": "3<5",
    "arrow": "<- سوق",
    "unclosed element": "<b>سوق",
    "element closed twice": "سوق</b>",
    "crossed elements": "<b><i>سوق</b></i>",
    "attribute without quotes": "<a href=x>سوق</a>",
    "attribute twice": '<a b="1" b="2">سوق</a>',
    "odd quotes": '<a b="1>سوق</a>',
    "markup cut short": "<a b='1' سوق",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("place", ["in a title", "between rows"])
def test_faults(fault: str, place: str) -> None:
    link = f"{SITE}/news.php?id=1000002&amp;cat=7"
    row = f"<title>{fault}</title></item>" if place == "in a title" else f"</item>{fault}"
    found = list(findings(FEED, rss(f"<item><link>{link}</link>{row}")))
    address = f"{SITE}/news.php?id=1000002&cat=7"
    assert [each.url for each in candidates(found)] == [BEFORE, address, AFTER]
    news = f"<n:news><n:title>{fault}</n:title></n:news></url>" if place == "in a title" else f"</url>{fault}"
    found = list(findings(MAP, urlset(f"<url><loc>{link}</loc>{news}")))
    assert [each.url for each in candidates(found)] == [BEFORE, address, AFTER]
    if place == "in a title" and fault not in (FAULTS["attribute without quotes"], FAULTS["attribute twice"]):
        assert reasons(found) == ["broken-xml"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/news.php?id=4123&cat=7&lang=ar", "/news.php?id=4123&cat=7&lang=ar"),
        ("/news.php?id=4123&amp;cat=7&lang=ar", "/news.php?id=4123&cat=7&lang=ar"),
        ("/news.php?id=4123&copy=7&lt=1&amp=2", "/news.php?id=4123&copy=7&lt=1&amp=2"),
        ("/news.php?id=4123&#38;cat=7", "/news.php?id=4123&cat=7"),
        ("/news.php?id=4123&#x26;cat=7", "/news.php?id=4123&cat=7"),
        ("/news.php?id=4123&#11;", "/news.php?id=4123"),
        ("/خبر/1234567?a=ب&ج=د", "/%D8%AE%D8%A8%D8%B1/1234567?a=%D8%A8&%D8%AC=%D8%AF"),
        ("/<![CDATA[1234567?a=1&b=2]]>", "/1234567?a=1&b=2"),
        ("/1234567?a='1'", "/1234567?a='1'"),
        ("/1234567?a=%26amp;", "/1234567?a=%26amp;"),
    ],
)
def test_addresses_stay_whole(written: str, read: str) -> None:
    for source, document in (
        (FEED, rss(f"<item><link>{SITE}{written}</link></item>")),
        (MAP, urlset(f"<url><loc>{SITE}{written}</loc></url>")),
    ):
        assert [each.url for each in candidates(findings(source, document))] == [BEFORE, SITE + read, AFTER]
    atom = written.replace("<![CDATA[", "").replace("]]>", "")
    document = f'<feed><entry><link rel="alternate" href="{SITE}{atom}"/></entry></feed>'
    assert [each.url for each in candidates(findings(FEED, document))] == [SITE + read]


def test_index_with_ampersands() -> None:
    document = f"<sitemapindex><sitemap><loc>{SITE}/map.php?page=1&lang=ar</loc></sitemap></sitemapindex>"
    assert [each.url for each in lookups(findings(MAP, document))] == [f"{SITE}/map.php?page=1&lang=ar"]


LINK = f"{SITE}/2000000"


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        (f"<link>{LINK}</link><description>سو", True),
        (f"<link>{LINK}</link><guid>{SITE}/30", True),
        (f"<link>{LINK}</link></ite", True),
        (f"<link>{LINK}", False),
        (f"<link>{LINK}</lin", False),
        (f"<link>{LINK}<title>سوق</title>", False),
        (f"<guid>{LINK}", False),
        (f'<link href="{LINK}', False),
        (f'<link href="{LINK}"', False),
        (f"<title>سوق<link>{LINK}</link>", True),
        (f"<link>{LINK}</lnk>", False),
        (f"<link><![CDATA[{LINK}", False),
    ],
)
@pytest.mark.parametrize("end", ["", f"<item><link>{AFTER}</link></item></channel></rss>"])
def test_what_was_cut_off_is_not_asked_for(item: str, asked: bool, end: str) -> None:  # noqa: FBT001
    document = f"<rss><channel><item><link>{BEFORE}</link></item><item>{item}{end}"
    found = [each.url for each in candidates(findings(FEED, document))]
    assert found[0] == BEFORE
    assert (LINK in found) is asked
    assert set(found) <= {BEFORE, LINK, AFTER}
    rows = document.replace("item>", "url>").replace("link>", "loc>").replace("channel>", "x>")
    if "href" not in item and "guid" not in item:
        found = [each.url for each in candidates(findings(MAP, rows.replace("rss>", "urlset>")))]
        assert found[0] == BEFORE
        assert set(found) <= {BEFORE, LINK, AFTER}
        if not asked:
            assert LINK not in found


JUNK = {
    "blank lines": "\n\n  \n",
    "warning of PHP": "\nWarning: Undefined array key 0 in /srv/feed.php on line 7\n",
    "warning in HTML": "<br />\n<b>Notice</b>: Undefined $x in <b>/srv/feed.php</b> on line <b>7</b><br />\n",
    "comment": "<!-- cached -->",
    "byte order mark twice": "\ufeff\ufeff",
    "text": "سوق الكتب",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_anything_before_the_declaration(junk: str) -> None:
    for source, document in ((FEED, rss("")), (MAP, urlset(""))):
        for found in (findings(source, junk + document), findings(Detect(f"{SITE}/"), junk + document)):
            assert [each.url for each in candidates(found)] == [BEFORE, AFTER]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-16", "utf-8"),
        ("windows-1256", "utf-8"),
        ("UTF-8", "cp1256"),
        ("utf-8", "utf-16-le"),
        ("utf-8", "utf-16-be"),
        ("ISO-8859-6", "iso8859-6"),
        ("csISO88596I", "iso8859-6"),
        ("x-cp1256", "cp1256"),
        ("no-such", "utf-8"),
        ("UTF-32", "utf-32"),
    ],
)
def test_encodings_that_are_declared_wrong(declared: str, codec: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>'
    for source, document in (
        (FEED, rss("<item><title>سوق الكتب القديمة</title><link>/خبر/7</link></item>", prolog=prolog)),
        (
            MAP,
            urlset(
                "<url><loc>/خبر/1234567</loc><n:news><n:title>سوق الكتب القديمة</n:title></n:news></url>",
                prolog=prolog,
            ),
        ),
    ):
        for body in (document.encode(codec), gzip.compress(document.encode(codec))):
            if source is MAP or body[:2] != b"\x1f\x8b":
                found = candidates(findings(source, body))
                assert [each.title for each in found][1] == "سوق الكتب القديمة"
                assert "/%D8%AE%D8%A8%D8%B1/" in found[1].url


def test_a_byte_of_windows_1256_costs_its_own_row_at_most() -> None:
    rows = [f"<url><loc>{SITE}/خبر/{number}</loc></url>".encode() for number in range(1_000_000, 1_000_100)]
    body = b"<urlset>" + b"".join(rows) + b"</urlset>"
    found = list(findings(MAP, body.replace("خبر/1000050".encode(), b"\xce\xc8\xd1/1000050")))
    assert len(candidates(found)) == 99
    assert reasons(found) == ["broken-address"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40])
@pytest.mark.parametrize(
    "document",
    [
        rss("<item><link>/1?a=1&amp;b=2</link><title><![CDATA[a > b]]]></title></item>"),
        "<!-- a -- b --><a b='>'>1 < 2 &amp; &nbsp;</a><?php x?><!DOCTYPE a [<!ELEMENT b>]>",
        "<a" + " b" * 100 + "><c/><1><d",
    ],
)
def test_pieces_give_the_same_events_as_the_whole(document: str, size: int) -> None:
    def tags(pieces: list[str]) -> list[Tag]:
        return [event for event in Scanner().events(pieces) if isinstance(event, Tag)]

    pieces = [document[start : start + size] for start in range(0, len(document), size)]
    assert tags(pieces) == tags([document])
    assert "".join(decode_pieces([document.encode()], None)) == document


HOST = SITE.removeprefix("https://")


@pytest.mark.parametrize(
    "link",
    [f"https:/{HOST}/1", f"https:{HOST}/1", f"https:///{HOST}/1", f"///{HOST}/1", f"https:\\\\{HOST}/1"],
)
def test_slashes_of_a_scheme(link: str) -> None:
    found = findings(FEED, f"<rss><channel><item><link>{link}</link></item></channel></rss>")
    assert [each.url for each in candidates(found)] == [f"{SITE}/1"]
    found = findings(FEED, f'<feed><entry><link href="{link}"/></entry></feed>')
    assert [each.url for each in candidates(found)] == [f"{SITE}/1"]
    document = f"<urlset><url><loc>{link}234567</loc></url></urlset>"
    assert [each.url for each in candidates(findings(MAP, document))] == [f"{SITE}/1234567"]
    found = findings(Detect(f"{SITE}/"), f"<html><a href='{link}234567'>سوق</a>")
    assert [each.url for each in candidates(found)] == [f"{SITE}/1234567"]


ENCLOSURE = f'<link rel="enclosure" type="image/jpeg">{SITE}/suwar/77.jpg</link>'
ALTERNATE = '<link rel="alternate" type="text/html" href="/1"/>'


@pytest.mark.parametrize(
    "links",
    [
        ALTERNATE + ENCLOSURE,
        ENCLOSURE + ALTERNATE,
        f'<link rel="self" href="/7.atom"/>{ALTERNATE}<link rel="replies" href="/1#c"/>',
        f'<link rel="alternate" type="application/json" href="/1.json"/>{ALTERNATE}',
        f'<link rel="alternate" type="application/pdf">{SITE}/1.pdf</link>{ALTERNATE}',
        '<link href="/1">https://paper.example/other</link>',
        '<source><link href="/7"/><id>https://paper.example/7</id></source><link href="/1"/>',
        '<media:content url="/7"><media:title>x</media:title></media:content><link href="/1"/>',
        "<id>https://paper.example/1</id>" + ENCLOSURE,
    ],
)
def test_which_link_of_an_entry(links: str) -> None:
    found = findings(FEED, f"<feed><entry><title>سوق</title>{links}</entry></feed>")
    assert [(each.url, each.title) for each in candidates(found)] == [(f"{SITE}/1", "سوق")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_prose_in_a_text_sitemap_is_no_address(end: str) -> None:
    lines = ["خريطة الموقع", f"{SITE}/1000001", "تحديث: أمس", f"{SITE}/1000002 وما بعدها", "/1000004", AFTER]
    found = list(findings(MAP, end.join(lines)))
    assert [each.url for each in candidates(found)] == [BEFORE, AFTER]
    assert reasons(found) == ["not-a-url"] * 4


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "field", ["Sitemap:", "sitemap :", "SITEMAP: \t", "Site-map:", "Sitemap", "\tSitemap:"]
)
def test_sitemap_lines_of_robots(field: str, end: str) -> None:
    lines = [
        "User-agent: *",
        "Disallow: /x",
        f"{field} {SITE}/a.xml",
        f"{field} /b.xml # بعد",
        "# Sitemap: /c.xml",
        "",
    ]
    found = findings(Detect(f"{SITE}/robots.txt"), end.join(lines))
    assert [each.url for each in lookups(found)] == [f"{SITE}/a.xml", f"{SITE}/b.xml"]
