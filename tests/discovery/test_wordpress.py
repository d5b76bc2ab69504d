import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.discovery.source import Window
from crawler.discovery.wordpress import PER_PAGE, WordPress
from crawler.items import Candidate
from tests.discovery.reading import SITE, candidates, findings, first, lookups, reasons

API = WordPress(f"{SITE}/")
BAD_PAGE = json.dumps({"code": "rest_post_invalid_page_number", "message": "…", "data": {"status": 400}})


def posts(*numbers: int, date: str = "2026-11-02T07:00:00") -> str:
    return json.dumps([post(number, date=date) for number in numbers])


def post(number: int, **fields: Any) -> dict[str, Any]:
    date = fields.pop("date", "2026-11-02T07:00:00")
    return {"id": number, "link": f"{SITE}/{number}/", "date_gmt": date, "modified_gmt": date, **fields}


@pytest.mark.parametrize(
    ("root", "path", "route"),
    [
        ("https://paper.example/", "/wp-json/wp/v2/posts", None),
        ("https://paper.example", "/wp-json/wp/v2/posts", None),
        ("https://paper.example/ar/", "/ar/wp-json/wp/v2/posts", None),
        ("https://paper.example/wp-json/", "/wp-json/wp/v2/posts", None),
        ("https://paper.example/?rest_route=/", "/", "/wp/v2/posts"),
        ("https://paper.example/index.php?rest_route=/", "/index.php", "/wp/v2/posts"),
    ],
)
def test_address(root: str, path: str, route: str | None) -> None:
    window = Window(since=datetime(2026, 11, 1, tzinfo=UTC), until=datetime(2026, 11, 8, tzinfo=UTC))
    parts = urlsplit(first(WordPress(root), window).url)
    fields = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert parts.path == path
    assert fields.pop("rest_route", None) == route
    assert fields == {
        "per_page": "100",
        "page": "1",
        "orderby": "date",
        "order": "desc",
        "_fields": "id,link,date_gmt,modified_gmt,title",
        "after": "2026-10-31T00:00:00Z",
        "before": "2026-11-09T00:00:00Z",
    }


def test_post() -> None:
    said = post(
        7, title={"rendered": "سوق &#8211; <em>كتب</em> &amp; ورق"}, modified_gmt="2026-11-03T07:00:00"
    )
    assert candidates(findings(API, "\ufeff" + json.dumps([said]))) == [
        Candidate(
            url=f"{SITE}/7/",
            via="wordpress",
            title="سوق – كتب & ورق",
            published=datetime(2026, 11, 2, 7, tzinfo=UTC),
            modified=datetime(2026, 11, 3, 7, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize(
    "date", [None, "", "0000-00-00T00:00:00", "2026-11-02", 7, ["2026"], "1970-01-01T00:00:00"]
)
def test_a_date_that_is_none(date: object) -> None:
    (found,) = candidates(findings(API, json.dumps([post(7, date=date)])))
    assert (found.published, found.modified, found.title) == (None, None, None)


@pytest.mark.parametrize(
    "title", [None, 7, [], {}, {"rendered": None}, {"rendered": ""}, {"rendered": "<b></b>"}]
)
def test_a_title_that_is_none(title: object) -> None:
    (found,) = candidates(findings(API, json.dumps([post(7, title=title)])))
    assert found.title is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("[7]", "no-link"),
        ("[{}]", "no-link"),
        ('[{"link": null}]', "no-link"),
        ('[{"link": " "}]', "no-link"),
        ('[{"link": "https://other.example/7"}]', "off-site"),
        ('[{"link": "ftp://paper.example/7"}]', "not-a-url"),
    ],
)
def test_refused_post(body: str, reason: str) -> None:
    assert reasons(findings(API, body)) == [reason]


def test_paging_by_the_header() -> None:
    found = list(findings(API, posts(1, 2), headers={"x-wp-totalpages": "3"}))
    (second,) = lookups(found)
    assert (second.page, parse_qs(urlsplit(second.url).query)["page"]) == (2, ["2"])
    (third,) = lookups(findings(API, posts(3), headers={"x-wp-totalpages": "3"}, lookup=second))
    assert list(findings(API, posts(4), headers={"x-wp-totalpages": "3"}, lookup=third))[1:] == []
    assert list(findings(API, BAD_PAGE, status=400, lookup=third)) == []


@pytest.mark.parametrize(
    "header", [{}, {"x-wp-totalpages": ""}, {"x-wp-totalpages": "٣"}, {"x-wp-totalpages": "9" * 5000}]
)
def test_paging_without_a_usable_header(header: dict[str, str]) -> None:
    """A server may give fewer posts than it is asked for, so a page without posts is the last."""
    assert len(lookups(findings(API, posts(*range(1, PER_PAGE + 1)), headers=header))) == 1
    (second,) = lookups(findings(API, posts(1), headers=header))
    assert parse_qs(urlsplit(second.url).query)["page"] == ["2"]
    assert list(findings(API, "[]", headers=header, lookup=second)) == []
    assert list(findings(API, BAD_PAGE, status=400, lookup=second)) == []
    assert reasons(findings(API, posts(1), headers=header, lookup=second)) == ["nothing-new"]


WARNING = "<br />\n<b>Warning</b>: Undefined array key [0] in <b>/srv/a.php</b> on line <b>7</b><br />\n"


@pytest.mark.parametrize("before", ["", "\ufeff\n", WARNING, "Notice: {x} [1] [2, 3]\n", "<!-- {} -->"])
@pytest.mark.parametrize("behind", ["", "\n<!-- Page cached -->", "\n\x00", WARNING, "[]", "}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_json_with_something_around_it(before: str, behind: str, encoding: str) -> None:
    found = list(findings(API, (before + posts(1, 2) + behind).encode(encoding)))
    assert [each.url for each in candidates(found)] == [f"{SITE}/1/", f"{SITE}/2/"]
    (second,) = lookups(found)
    assert list(findings(API, before + BAD_PAGE + behind, status=400, lookup=second)) == []
    assert candidates(findings(API, before + "[]" + behind, lookup=second)) == []


def test_smaller_pages_where_large_ones_fail() -> None:
    """The same posts are asked for, twenty and then five on a page, and none twice."""
    (second,) = lookups(findings(API, posts(1), headers={"x-wp-totalpages": "9"}))
    asked = []
    lookup = second
    for status in (500, 502):
        (lookup,) = lookups(findings(API, "", status=status, lookup=lookup))
        fields = parse_qs(urlsplit(lookup.url).query)
        asked.append((fields["per_page"], fields["page"], lookup.page, lookup.trail == second.trail))
    assert asked == [(["20"], ["6"], 6, True), (["5"], ["21"], 21, True)]
    (following,) = lookups(findings(API, posts(2), headers={"x-wp-totalpages": "99"}, lookup=lookup))
    assert parse_qs(urlsplit(following.url).query)["page"] == ["22"]
    assert reasons(findings(API, "", status=500, lookup=lookup)) == ["no-wordpress-api"]
    one_page = WordPress(f"{SITE}/", pages=1)
    (smaller,) = lookups(findings(one_page, "", status=500))
    assert len(lookups(findings(one_page, posts(1), lookup=smaller))) == 1


def test_paging_ends() -> None:
    many = {"x-wp-totalpages": "4000"}
    (second,) = lookups(findings(API, posts(1, 2), headers=many))
    assert reasons(findings(API, posts(1, 2), headers=many, lookup=second)) == ["nothing-new"]
    assert list(findings(API, "[]", headers=many, lookup=second)) == []
    assert not lookups(findings(WordPress(f"{SITE}/", pages=1), posts(1), headers=many))
    late = Window(since=datetime(2026, 12, 1, tzinfo=UTC))
    assert [*reasons(findings(API, posts(1, 2), headers=many, window=late))] == ["outside-window"] * 2
    assert not lookups(findings(API, posts(1, 2), headers=many, window=late))
    early = Window(until=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(lookups(findings(API, posts(1, 2), headers=many, window=early))) == 1


@pytest.mark.parametrize(
    ("status", "body"), [(404, "<html></html>"), (404, "{}"), (200, "<html></html>"), (200, "{}"), (200, "")]
)
def test_sites_that_rewrite_no_addresses_are_asked_the_other_way(status: int, body: str) -> None:
    (other,) = findings(WordPress(f"{SITE}/ar/"), body, status=status)
    assert [other] == lookups([other])
    assert other.url.startswith(f"{SITE}/ar/?rest_route=/wp/v2/posts&")  # type: ignore[union-attr]
    assert reasons(findings(API, body, status=status, lookup=lookups([other])[0])) == ["no-wordpress-api"]


@pytest.mark.parametrize("status", [301, 400, 401, 403])
def test_an_api_that_is_closed(status: int) -> None:
    assert reasons(findings(API, '{"code":"rest_cannot_access"}', status=status)) == ["no-wordpress-api"]


def test_more_posts_than_asked_for() -> None:
    found = list(findings(API, posts(*range(1, PER_PAGE + 2))))
    assert (len(candidates(found)), reasons(found)) == (PER_PAGE, ["too-many-entries"])


@pytest.mark.parametrize("pages", [0, 5_001])
def test_pages_out_of_bounds(pages: int) -> None:
    with pytest.raises(ValueError, match="pages must be 1 to"):
        WordPress(f"{SITE}/", pages=pages)


SINCE = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("root", [f"{SITE}/", f"{SITE}/?rest_route=/"])
def test_only_what_changed_is_asked_for(root: str) -> None:
    source = WordPress(root)
    window = Window(since=datetime(2026, 1, 1, tzinfo=UTC))
    usual = first(source, window)
    changes = source.changed_since(usual, SINCE)
    before, after = (parse_qs(urlsplit(lookup.url).query) for lookup in (usual, changes))
    assert after.pop("modified_after") == ["2026-11-01T12:00:00Z"]  # older versions compare with local time
    assert after.pop("orderby") == ["modified"]
    assert before.pop("orderby") == ["date"]
    assert after == before
    assert (changes.page, changes.source) == (1, source)
    assert source.changed_since(changes, SINCE) == changes


def test_pages_of_changes_end_where_the_changes_do() -> None:
    """A WordPress that ignores modified_after goes on to its first post."""
    many = {"x-wp-totalpages": "4000"}
    changes = API.changed_since(first(API), SINCE)
    said = [post(number, modified_gmt=f"2026-11-{day:02}T12:00:00") for number, day in ((1, 3), (2, 2))]
    (second,) = lookups(findings(API, json.dumps(said), headers=many, lookup=changes))
    assert parse_qs(urlsplit(second.url).query)["modified_after"] == ["2026-11-01T12:00:00Z"]
    older = [post(number, modified_gmt=f"2026-11-{day:02}T11:00:00") for number, day in ((3, 2), (4, 1))]
    found = list(findings(API, json.dumps(older), headers=many, lookup=second))
    assert (len(candidates(found)), lookups(found), reasons(found)) == (2, [], [])


@pytest.mark.parametrize("modified", [None, "", "no date"])
def test_posts_that_do_not_tell_their_change_end_nothing(modified: str | None) -> None:
    many = {"x-wp-totalpages": "4"}
    changes = API.changed_since(first(API), SINCE)
    said = json.dumps([post(1, modified_gmt=modified)])
    assert len(lookups(findings(API, said, headers=many, lookup=changes))) == 1


def test_a_page_tells_how_young_the_next_can_be() -> None:
    said = json.dumps([post(1, date="2026-11-02T07:00:00"), post(2, date="2026-11-05T07:00:00")])
    (second,) = lookups(findings(API, said, headers={"x-wp-totalpages": "4"}))
    assert second.newest == datetime(2026, 11, 5, 7, tzinfo=UTC)
    (third,) = lookups(
        findings(API, json.dumps([post(3, date=None)]), headers={"x-wp-totalpages": "4"}, lookup=second)
    )
    assert third.newest == second.newest
