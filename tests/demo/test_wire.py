"""How an answer becomes an HTTP response."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.demo.exchange import PNG, Reply, page
from crawler.demo.wire import accepts_gzip, respond

CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONG = page("<p>خبر</p>" * 400, modified=CHANGED)
ETAG = dict(respond(LONG, "GET", {}).headers)["ETag"]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, identity", True),
        ("deflate, br", False),
        ("gzip;q=0", False),
        ("*", True),
        ("*, gzip;q=0", False),
        ("gzip;q=much", False),
        ("", False),
    ],
)
def test_gzip_is_sent_only_where_it_is_wanted(header: str, wanted: bool) -> None:  # noqa: FBT001
    assert accepts_gzip(header) is wanted
    response = respond(LONG, "GET", {"accept-encoding": header})
    assert (dict(response.headers).get("Content-Encoding") == "gzip") is wanted
    assert (gzip.decompress(response.body) if wanted else response.body) == LONG.body


@given(st.text(max_size=40))
def test_any_header_is_understood_somehow(header: str) -> None:
    asked = {"accept-encoding": header, "if-modified-since": header, "if-none-match": header}
    assert respond(LONG, "GET", asked).status in {200, 304}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"if-none-match": ETAG}, 304),
        ({"if-none-match": ETAG.removeprefix("W/")}, 304),
        ({"if-none-match": f'"other", {ETAG}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"other"'}, 200),
        ({"if-modified-since": format_datetime(CHANGED, usegmt=True)}, 304),
        ({"if-modified-since": format_datetime(CHANGED - timedelta(seconds=1), usegmt=True)}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-none-match": '"other"', "if-modified-since": format_datetime(CHANGED, usegmt=True)}, 200),
    ],
)
def test_conditions(asked: dict[str, str], status: int) -> None:
    response = respond(LONG, "GET", asked)
    assert response.status == status
    headers = dict(response.headers)
    assert headers["ETag"] == ETAG
    assert headers["Last-Modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    if status == 304:
        assert response.body == b""
        assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(headers)


def test_head_has_the_headers_of_get_and_no_body() -> None:
    asked = {"accept-encoding": "gzip"}
    head, full = respond(LONG, "HEAD", asked), respond(LONG, "GET", asked)
    assert head.headers == full.headers
    assert dict(head.headers)["Content-Length"] == str(len(full.body))
    assert head.body == b""


def test_chunks_add_up() -> None:
    response = respond(page("ا" * 3000, chunked=True), "GET", {})
    assert "Content-Length" not in dict(response.headers)
    rest, whole = response.body, b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        assert rest[length : length + 2] == b"\r\n"
        whole, rest = whole + rest[:length], rest[length + 2 :]
    assert whole.decode() == "ا" * 3000


def test_errors_and_pictures() -> None:
    lost = respond(page("x" * 1000, status=404), "GET", {"if-none-match": "*"})
    assert lost.status == 404
    assert "ETag" not in dict(lost.headers)
    image = respond(Reply(body=b"\x89PNG" * 200, content_type=PNG), "GET", {"accept-encoding": "gzip"})
    assert "Content-Encoding" not in dict(image.headers)
