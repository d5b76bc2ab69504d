"""Records of exchanges with unusual messages are whole, and hold the same bytes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.compose import draft_event
from crawler.archive.draft import Draft
from crawler.archive.exchange import Exchange
from crawler.archive.message import split_interim
from crawler.archive.warc_file import WarcFile
from tests.archive.reading import read_warc

FRAGMENTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\n",
        b"HTTP/1.0 204\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Cookie: a=b\r\n c\r\n",
        b"\r\n",
        b"\n",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n",
        "Location: /خبر\r\n".encode(),
        b"\xff\xfe\x00",
    ]
)
MESSAGES = st.lists(FRAGMENTS | st.binary(max_size=20), max_size=8).map(b"".join)
TEXTS = st.text(max_size=40)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    return Exchange(
        uri="http://example.com/" + draw(st.text(st.characters(min_codepoint=33, max_codepoint=126))),
        request=draw(MESSAGES),
        response=draw(MESSAGES),
        started=draw(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1))).replace(tzinfo=UTC),  # noqa: DTZ001
        duration=draw(st.timedeltas(timedelta(), timedelta(days=1))),
        truncated=draw(st.sampled_from([None, "length", "time"])),
        error=draw(st.none() | TEXTS),
        hop=draw(st.dictionaries(st.sampled_from(["via", "hops", "source"]), TEXTS)),
    )


@given(exchanges())
def test_what_goes_in_comes_out(tmp_path: Path, exchange: Exchange) -> None:
    drafts = draft_event(exchange, warcinfo_id="<urn:uuid:0>")
    file = WarcFile(tmp_path, "warc/s/x.warc.gz")
    placed = file.append(drafts)
    closed = file.close()
    records = read_warc(closed.path)
    closed.path.unlink()
    assert [(r.kind, r.block, r.offset, r.length) for r in records] == [
        (place.draft.kind, place.draft.block, place.offset, place.length) for place in placed
    ]
    assert all(one.offset + one.length == other.offset for one, other in pairwise(placed))
    assert {record.value("WARC-Target-URI") for record in records} == {exchange.uri}
    assert [len(record.values("WARC-Concurrent-To")) for record in records] == [0, *[1] * (len(records) - 1)]
    interim, final = split_interim(exchange.response)
    assert b"".join(interim) + final == exchange.response
    assert [draft.block for draft in drafts if draft.kind == "response"] == ([final] if final else [])
    assert_fields(drafts[-1])


def assert_fields(metadata: Draft) -> None:
    """Each line is one field under a name that we gave."""
    names = {line.partition(b": ")[0] for line in metadata.block.removesuffix(b"\r\n").split(b"\r\n")}
    assert b"fetchTimeMs" in names
    known = b"via hopsFromSeed fetchTimeMs source interim excess-bytes superseded error"
    assert names <= set(known.split())
