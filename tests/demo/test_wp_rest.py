"""The REST interface answers as WordPress does, its errors included."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from crawler.demo.outlets import BARADA
from crawler.demo.server import Newsstand
from tests.demo.asking import Answer, get

POSTS = f"{BARADA.home}wp-json/wp/v2/posts"
COUNT = len(BARADA.stories)


def ask(stand: Newsstand, **query: str | int) -> Answer:
    return get(stand, f"{POSTS}?{urlencode(query)}")


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200
    return [record["id"] for record in json.loads(answer.body)]


def test_pages_of_posts(stand: Newsstand) -> None:
    first = ask(stand, per_page=10)
    assert first.headers["x-wp-total"] == str(COUNT)
    assert first.headers["x-wp-totalpages"] == "2"
    assert 'page=2>; rel="next"' in first.headers["link"]
    second = ask(stand, per_page=10, page=2)
    assert 'rel="prev"' in second.headers["link"]
    assert "next" not in second.headers["link"]
    assert numbers(first) + numbers(second) == [story.number for story in BARADA.stories]


def test_a_post_has_the_fields_of_wordpress(stand: Newsstand) -> None:
    for record, story in zip(json.loads(ask(stand, per_page=100).body), BARADA.stories, strict=True):
        assert record["link"] == BARADA.url(story)
        assert record["date"] == f"{story.published:%Y-%m-%dT%H:%M:%S}"
        assert record["title"]["rendered"] == story.title
        assert all(paragraph in record["content"]["rendered"] for paragraph in story.paragraphs)


def test_dates_are_local_and_in_gmt(stand: Newsstand) -> None:
    record = json.loads(get(stand, f"{POSTS}/4140").body)
    assert (record["date"], record["date_gmt"]) == ("2025-12-01T00:40:12", "2025-11-30T21:40:12")
    assert get(stand, f"{POSTS}/1").status == 404


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"after": "2026-02-14T19:00:00"}, [4203]),
        ({"after": "2026-02-14T18:59:59"}, [4203, 4198]),
        ({"after": "2026-02-14T16:00:00Z"}, [4203]),
        ({"before": "2025-11-01T00:00:00"}, [4102]),
        ({"after": "2025-12-01T00:00:00", "before": "2025-12-08T00:00:00"}, [4140]),
        ({"after": "2030-01-01T00:00:00"}, []),
        ({"order": "asc", "per_page": 2}, [4102, 4117]),
        ({"orderby": "id", "order": "asc", "per_page": 1}, [4102]),
        ({"orderby": "modified", "per_page": 1}, [4203]),
    ],
)
def test_filters_and_order(stand: Newsstand, query: dict[str, str | int], wanted: list[int]) -> None:
    assert numbers(ask(stand, **query)) == wanted


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": 3}, "rest_post_invalid_page_number"),
        ({"page": 0}, "rest_invalid_param"),
        ({"page": "x"}, "rest_invalid_param"),
        ({"page": "٢"}, "rest_invalid_param"),
        ({"page": "9" * 5000}, "rest_invalid_param"),
        ({"per_page": 101}, "rest_invalid_param"),
        ({"after": "yesterday"}, "rest_invalid_param"),
        ({"order": "up"}, "rest_invalid_param"),
        ({"orderby": "colour"}, "rest_invalid_param"),
    ],
)
def test_errors(stand: Newsstand, query: dict[str, str | int], code: str) -> None:
    answer = ask(stand, **query)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("id,link", {"id": 4203, "link": BARADA.url(BARADA.stories[0])}),
        ("title.rendered,none,id.x,", {"title": {"rendered": BARADA.stories[0].title}}),
        ("title.none,status", {"status": "publish"}),
    ],
)
def test_fields(stand: Newsstand, fields: str, wanted: dict[str, Any]) -> None:
    assert json.loads(ask(stand, per_page=1, _fields=fields).body) == [wanted]


def test_root(stand: Newsstand) -> None:
    record = json.loads(get(stand, f"{BARADA.home}wp-json/").body)
    assert record["timezone_string"] == "Asia/Damascus"
    assert record["gmt_offset"] == 3
