"""The index against what cdxj-indexer 1.5.0 and surt 0.3.1 make of the same (run once, written down here)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.cdxj import Capture, CdxjFile, cdxj_line
from crawler.archive.names import cdxj_key
from crawler.archive.surt import surt_key

HEX = "0123456789abcdef0123456789abcdef"
KEYS = (
    ("http://www.example.com/", "com,example)/"),
    ("http://www2.example.com/a/B/", "com,example)/a/b"),
    ("http://wwww.example.com/", "com,example,wwww)/"),
    ("https://example.com:443/a", "com,example)/a"),
    ("https://example.com:80/a", "com,example:80)/a"),
    ("http://user:pw@example.com/a#there", "com,example)/a"),
    ("http://example.com", "com,example)/"),
    ("http://example.com/a?", "com,example)/a"),
    ("http://example.com/a?b&a=&A=1&a=0", "com,example)/a?a=&a=0&a=1&b"),
    ("http://example.com/a?&&b=1&", "com,example)/a?&&&b=1"),
    ("http://example.com/a?B=X%20Y+Z", "com,example)/a?b=x%20y+z"),
    ("http://example.com/a//b///c/./d/../e", "com,example)/a/b/c/e"),
    ("http://example.com/%D8%AE%D8%A8%D8%B1", "com,example)/%d8%ae%d8%a8%d8%b1"),
    ("http://example.com/%C3%E1", "com,example)/%c3%e1"),
    ("http://example.com/%2525252541", "com,example)/a"),
    ("http://example.com/100%", "com,example)/100%25"),
    ("http://example.com/a%3Fb?c", "com,example)/a?b?c"),
    ("http://example.com/(4hqa0555fwsecu455xqckv45)/mileg.aspx", "com,example)/mileg.aspx"),
    (f"http://example.com/a?PHPSESSID={HEX}&x=1", "com,example)/a?x=1"),
    (f"http://example.com/a?x=1&jsessionid={HEX}&y=2", "com,example)/a?x=1&y=2"),
    ("http://example.com/a?cfid=1&cftoken=2&z=3", "com,example)/a?z=3"),
    ("http://xn--4gbrim.xn--wgbh1c/a", "xn--wgbh1c,xn--4gbrim)/a"),
    ("http://%D9%85%D9%88%D9%82%D8%B9.xn--wgbh1c/a", "xn--wgbh1c,xn--4gbrim)/a"),
    ("http://EXAMPLE..com./a", "com,example)/a"),
    ("http://127.0.0.1:8000/a", "1,0,0,127:8000)/a"),
    ("http://2130706433/a", "1,0,0,127)/a"),
    ("http://[::1]:8080/a", "::1:8080)/a"),
    ("http://example.com/../a", "com,example)/../a"),
    ("http://example.com/a/..", "com,example)/"),
    ("http://www.www.com/", "com,www)/"),
)


@pytest.mark.parametrize(("uri", "key"), KEYS)
def test_keys(uri: str, key: str) -> None:
    assert surt_key(uri) == key


@pytest.mark.parametrize("uri", ["", "/path", "ftp://example.com/", "http:///a", "http://h/" + "a" * 20_000])
def test_what_has_no_key(uri: str) -> None:
    with pytest.raises(ValueError, match="no absolute http"):
        surt_key(uri)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300))
def test_any_address_has_a_key_in_one_line(rest: str) -> None:
    key = surt_key("http://example.com/" + rest)
    assert key.startswith("com,example)/")
    assert key.isascii()
    assert " " not in key


def capture(
    uri: str = "https://www.example.com/%D8%A3?b=1&a=2", head: bytes = b"", kind: str = "response"
) -> Capture:
    return Capture(
        kind=kind,
        uri=uri,
        date=datetime(2026, 11, 21, 23, 11, 26, 778184, UTC),
        head=head or b"HTTP/1.1 200 OK\r\nX: y\r\ncontent-TYPE:  text/html;charset=utf-8\r\n\r\n",
        content_type="application/http; msgtype=response",
        payload_digest="sha256:00ff",
        offset=415,
        length=418,
        filename="WARRAQ-x-20261121231126-00000-abcdef.warc.gz",
    )


def test_a_line() -> None:
    assert cdxj_line(capture()) == (
        'com,example)/%d8%a3?a=2&b=1 20261121231126 {"url": "https://www.example.com/%D8%A3?b=1&a=2",'
        ' "mime": "text/html", "status": "200", "digest": "sha256:00ff", "length": "418", "offset": "415",'
        ' "filename": "WARRAQ-x-20261121231126-00000-abcdef.warc.gz"}'
    )


def test_what_is_no_http_is_not_indexed() -> None:
    assert cdxj_line(capture(head=b"NOT HTTP AT ALL\r\n\r\n")) is None


def test_a_header_that_is_no_text_stays_json() -> None:
    line = cdxj_line(capture(head=b"HTTP/1.1 404 \xff\r\nContent-Type: \xc3\x28/\xff; x\r\n\r\n"))
    assert line is not None
    assert json.loads(line.split(" ", 2)[2])["status"] == "404"


@pytest.mark.parametrize("max_in_memory", [10, 2_000, 10_000_000])
def test_sorted_whatever_fits_into_memory(tmp_path: Path, max_in_memory: int) -> None:
    index = CdxjFile(tmp_path, "cdxj/s/2026/11/x.cdxj", max_in_memory=max_in_memory)
    for number in range(100):
        index.add(capture(f"http://example.com/{number * 37 % 100}"))
    index.add(capture("http://example.com/5"))  # twice the same
    closed = index.close()
    lines = closed.path.read_text("ascii").splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == closed.lines == 100
    assert closed.size == closed.path.stat().st_size
    assert [path.name for path in tmp_path.rglob("*.*")] == ["x.cdxj"]


def test_the_key_of_an_index() -> None:
    assert cdxj_key("warc/s/2026/11/W-1.warc.gz") == "cdxj/s/2026/11/W-1.cdxj"
