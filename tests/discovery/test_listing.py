from datetime import UTC, datetime

import pytest

from crawler.discovery.listing import Listing
from crawler.discovery.scope import Scope
from crawler.discovery.source import Window
from crawler.items import Candidate
from tests.discovery.reading import SITE, candidates, findings, lookups, reasons

LIST = Listing(f"{SITE}/سياسة/", pages=5)
HERE = f"{SITE}/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9/"


def card(path: str, text: str = "افتتاح معرض الكتاب اليوم") -> str:
    return f"<a href='{path}'>{text}</a>"


def page(*parts: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (page(card("/1234567")), ["/1234567"]),
        (page(card("1234567")), ["/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9/1234567"]),
        (
            page(card("1234567"), head="<base target=_top><base href='/أخبار/'>"),
            ["/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1234567"],
        ),
        (
            page(card("/2026/11/02/سوق الكتب/")),
            ["/2026/11/02/%D8%B3%D9%88%D9%82%20%D8%A7%D9%84%D9%83%D8%AA%D8%A8/"],
        ),
        (page(card("/%d8%b3/1234567")), ["/%d8%b3/1234567"]),
        (page(card("/1234567#comments"), card("/1234567")), ["/1234567"]),
        (page(card("/1234568"), card("/1234567")), ["/1234568", "/1234567"]),
        (page("<a rel='nofollow' href='/1234567'>"), ["/1234567"]),
        (
            page(
                card("/tag/1234567"),
                card("/about"),
                card("https://other.example/1234567"),
                card("javascript:f()"),
            ),
            [],
        ),
        (page("<script>document.write(\"<a href='/1234567'>\")</script><a>"), []),
        ("<a href=/1234567>بلا قالب", ["/1234567"]),
    ],
)
def test_articles_of_a_page(document: str, expected: list[str]) -> None:
    assert [each.url for each in candidates(findings(LIST, document, url=HERE))] == [
        SITE + path for path in expected
    ]


@pytest.mark.parametrize(
    ("anchors", "title"),
    [
        (card("/1234567"), "افتتاح معرض الكتاب اليوم"),
        (card("/1234567", "<img alt=''>") + card("/1234567"), "افتتاح معرض الكتاب اليوم"),
        (
            card("/1234567", "<h3>افتتاح <b>مع</b>رض الكتاب</h3><p>نبذة</p><time>أمس</time>"),
            "افتتاح معرض الكتاب",
        ),
        (card("/1234567", "<span>افتتاح معرض</span><br>الكتاب"), "افتتاح معرض الكتاب"),
        (card("/1234567", "اقرأ المزيد من التفاصيل"), None),
        (card("/1234567", "سياسة"), None),
        (card("/1234567", "كلمة " * 100), None),
        ("<a href='/1234567' title='افتتاح معرض الكتاب'><img></a>", "افتتاح معرض الكتاب"),
        ("<h2><a href='/1234567'>افتتاح معرض الكتاب</a></h2>", "افتتاح معرض الكتاب"),
    ],
)
def test_title(anchors: str, title: str | None) -> None:
    assert [each.title for each in candidates(findings(LIST, page(anchors)))] == [title]


def test_windows_1256_page() -> None:
    document = page(card("/خبر/1234567", "افتتاح معرض الكتاب")).encode("cp1256")
    (found,) = findings(LIST, document)
    assert found == Candidate(
        url=f"{SITE}/%D8%AE%D8%A8%D8%B1/1234567", via="listing", title="افتتاح معرض الكتاب"
    )


def test_the_sites_pattern_decides() -> None:
    scope = Scope(domain="paper.example", article_url=r"/خبر/\d+")
    found = findings(LIST, page(card("/خبر/7"), card("/1234567")), scope=scope)
    assert [each.url for each in candidates(found)] == [f"{SITE}/%D8%AE%D8%A8%D8%B1/7"]


CARD = card("/1234567")


@pytest.mark.parametrize(
    ("document", "here", "following"),
    [
        (page(CARD, head="<link rel='next' href='/x?page=2'>"), "/x", "/x?page=2"),
        (page(CARD, "<a rel='nofollow next' href='/x/page/2/'>2</a>"), "/x", "/x/page/2/"),
        (page(CARD, "<a href='/x/more/2'>التالي »</a>"), "/x", "/x/more/2"),
        (page(CARD, "<a href='/x/more/2'>الصفحة التالية</a>"), "/x", "/x/more/2"),
        (page(CARD, "<a href='/x/more/2'><span>Next</span> ›</a>"), "/x", "/x/more/2"),
        (
            page(CARD, "<a href='/x/page/2/'>2</a><a href='/x/page/3/'>3</a><a href='/x/page/90/'>»»</a>"),
            "/x/",
            "/x/page/2/",
        ),
        (page(CARD, "<a href='/x/page/3/'>٣</a>"), "/x/page/2/", "/x/page/3/"),
        (
            page(CARD, "<a href='?page=1'>2</a><a href='?page=2'>3</a>"),
            "/x",
            "/x?page=1",
        ),  # counted from nought
        (page(CARD, "<a href='?cat=4&page=2'>x</a>"), "/x?cat=4", "/x?cat=4&page=2"),
        (page(CARD, "<a href='/y?page=2'>2</a>"), "/x", None),
        (page(CARD, "<a href='/x?page=9'>9</a>"), "/x", None),
        (page(CARD, card("/1234568", "التالي")), "/x", None),  # the next article, not the next page
        (page(CARD), "/x", None),
        (page("<a rel='next' href='/x?page=2'>"), "/x", None),
    ],
)
def test_following_page(document: str, here: str, following: str | None) -> None:
    found = lookups(findings(Listing(SITE + here, pages=5), document))
    assert [each.url for each in found] == ([SITE + following] if following else [])


def test_paging_given_by_the_site() -> None:
    listing = Listing(f"{SITE}/x", pages=3, paging="/ajax/x/{page}")
    (second,) = lookups(findings(listing, page(CARD)))
    assert second.url == f"{SITE}/ajax/x/2"
    (third,) = lookups(findings(listing, page(card("/1234568")), lookup=second))
    assert third.url == f"{SITE}/ajax/x/3"
    assert not lookups(findings(listing, page(card("/1234569")), lookup=third))


def test_paging_ends_where_nothing_new_comes() -> None:
    following = "<a rel='next' href='/x?page={}'>"
    listing = Listing(f"{SITE}/x", pages=100)
    (second,) = lookups(findings(listing, page(CARD, following.format(2))))
    assert reasons(findings(listing, page(CARD, following.format(3)), lookup=second)) == ["nothing-new"]
    fresh = page(card("/1234568"), CARD, following.format(3))
    assert [each.page for each in lookups(findings(listing, fresh, lookup=second))] == [3]
    assert reasons(findings(listing, page(card("/1234568"), "<a rel='next' href='/x'>"), lookup=second)) == [
        "loop"
    ]
    away = page(card("/1234568"), "<a rel='next' href='https://other.example/'>")
    assert reasons(findings(listing, away, lookup=second)) == ["off-site"]


def test_dated_addresses_end_paging_in_the_window() -> None:
    window = Window(since=datetime(2026, 11, 1, tzinfo=UTC))
    following = "<a rel='next' href='?page=2'>"
    old, young = card("/2026/10/01/قديم/"), card("/2026/11/02/جديد/")
    assert len(lookups(findings(LIST, page(old, young, following), window=window))) == 1
    found = list(findings(LIST, page(old, following), window=window))
    assert (reasons(found), lookups(found)) == (["outside-window"], [])


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ("", 200, ["no-links"]),
        ("نص", 200, ["no-links"]),
        (page("نص"), 200, ["no-links"]),
        (page(CARD), 404, ["status"]),
    ],
)
def test_refused(body: str, status: int, expected: list[str]) -> None:
    assert reasons(findings(LIST, body, status=status)) == expected


@pytest.mark.parametrize(
    ("fields", "message"), [({"pages": 0}, "pages must be"), ({"paging": "?page=2"}, "must hold {page}")]
)
def test_wrong_values(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Listing(f"{SITE}/x", **fields)  # type: ignore[arg-type]
