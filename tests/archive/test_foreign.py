"""Archives that other programs wrote: a broken record is passed over, and the records around it are read."""

import gzip
import io
import random
import sys
from pathlib import Path

import pytest

from crawler.archive.members import WarcFormatError
from crawler.archive.page_sources import pages_of
from crawler.archive.responses import read_responses
from crawler.errors import ArchiveError, UsageError
from tests.crawl.running import scrapy

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COUNT = 5
BROKEN = 2  # the number of the record that a case breaks


def record(number: int, *, length: int | None = None, fields: str = "", body: bytes | None = None) -> bytes:
    page = b"<p>%d</p>" % number * 60 if body is None else body
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{fields}\r\n".encode() + page
    return (
        (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n"
            f"WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Length: {length or len(block)}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


GOOD = [record(number) for number in range(COUNT)]


def members(*, broken: bytes) -> bytes:
    """Compress each record; the broken one is given as it stands in the file."""
    packed = [gzip.compress(each, mtime=0) for each in GOOD]
    packed[BROKEN] = broken
    return b"".join(packed)


def plain(broken: bytes) -> bytes:
    return b"".join([*GOOD[:BROKEN], broken, *GOOD[BROKEN + 1 :]])


PACKED = gzip.compress(GOOD[BROKEN], mtime=0)
NO_LENGTH = GOOD[BROKEN].replace(b"Content-Length", b"X-Length")
DAMAGED = {
    "a byte changed": members(broken=PACKED[:40] + bytes([PACKED[40] ^ 0xFF]) + PACKED[41:]),
    "checksum changed": members(broken=PACKED[:-6] + bytes(2) + PACKED[-4:]),
    "member cut": members(broken=PACKED[: len(PACKED) // 2]),
    "no member": members(broken=random.Random(7).randbytes(300)),  # noqa: S311 - the same bytes each time
    "Content-Length too long": members(broken=gzip.compress(record(BROKEN, length=5_000))),
    "Content-Length too short": members(broken=gzip.compress(record(BROKEN, length=200))),
    "no Content-Length": members(broken=gzip.compress(NO_LENGTH)),
    "no record in the member": members(broken=gzip.compress(b"<p>" * 200)),
    "head without end": members(broken=gzip.compress(GOOD[BROKEN][:60])),
    "plain, Content-Length too long": plain(record(BROKEN, length=1_500)),
    "plain, Content-Length too short": plain(record(BROKEN, length=200)),
    "plain, no Content-Length": plain(NO_LENGTH),
    "plain, cut": plain(GOOD[BROKEN][:300]),
    "one stream, Content-Length too short": gzip.compress(plain(record(BROKEN, length=200))),
    "one stream, no Content-Length": gzip.compress(plain(NO_LENGTH)),
    "Zstandard, frame changed": b"".join(
        bytes([each[0], *each[1:20], each[20] ^ 0xFF, *each[21:]]) if number == BROKEN else each
        for number, each in enumerate(map(zstd.compress, GOOD))
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_one_broken_record_is_lost_and_no_other(name: str) -> None:
    damage: list[WarcFormatError] = []
    found = read_responses(io.BytesIO(DAMAGED[name]), name="x", on_damage=damage.append)
    numbers = [int(response.uri.rpartition("/")[2]) for response in found]
    assert numbers == [number for number in range(COUNT) if number != BROKEN]
    assert damage
    with pytest.raises(WarcFormatError):
        list(read_responses(io.BytesIO(DAMAGED[name]), name="x"))


@pytest.mark.parametrize("place", range(10, 1_000, 37))
def test_a_changed_byte_loses_one_record_at_most(place: int) -> None:
    data = bytearray(b"".join(gzip.compress(each, mtime=0) for each in GOOD))
    place %= len(data)
    data[place] ^= 0xFF
    damage: list[WarcFormatError] = []
    found = list(read_responses(io.BytesIO(bytes(data)), name="x", on_damage=damage.append))
    assert len(found) >= COUNT - 1
    assert len(found) == COUNT or damage


def test_the_last_record_is_cut() -> None:
    data = b"".join(map(gzip.compress, GOOD))[:-20]
    damage: list[WarcFormatError] = []
    assert len(list(read_responses(io.BytesIO(data), name="x", on_damage=damage.append))) == COUNT - 1
    assert "the file ends inside this gzip member" in str(damage[0])


def arc(*, version: int) -> bytes:
    more = b"" if version == 1 else b"200 - - 0 x.arc "
    spec = b"%d 0 Test\nURL IP-address Archive-date Content-type Archive-length\n" % version
    head = b"filedesc://x.arc 0.0.0.0 20200102030405 text/plain %s%d\n" % (more, len(spec))
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>one</p>"
    url = b"http://a.example/a b 192.0.2.1 20200102030405 text/html %s%d\n" % (more, len(block))
    return b"".join([head + spec + b"\n", *[url + block + b"\n"] * 3])


def arc_members() -> bytes:
    parts = arc(version=1).split(b"\nhttp:")
    return b"".join(
        gzip.compress(each) for each in [parts[0] + b"\n", *[b"http:" + p + b"\n" for p in parts[1:]]]
    )


@pytest.mark.parametrize("data", [arc(version=1), arc(version=2), arc_members()], ids=["1", "2", "gzip"])
def test_arc_files(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.arc"
    path.write_bytes(data)
    pages = list(pages_of(path))
    assert [(page.url, page.body) for page in pages] == [("http://a.example/a b", b"<p>one</p>")] * 3
    assert pages[0].fetched_at.isoformat() == "2020-01-02T03:04:05+00:00"


def test_zstandard_with_a_dictionary(tmp_path: Path) -> None:
    dictionary = zstd.train_dict([record(number) for number in range(200)], 2_000)
    content = zstd.compress(dictionary.dict_content)
    head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    path = tmp_path / "x.warc.zst"
    path.write_bytes(head + b"".join(zstd.compress(each, zstd_dict=dictionary) for each in GOOD))
    assert len(list(pages_of(path))) == COUNT


def test_a_page_without_the_framing_that_its_header_names(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(record(1, fields="Transfer-Encoding: chunked\r\n", body=b"<p>one line</p>" * 20))
    [page] = pages_of(path)
    assert page.body == b"<p>one line</p>" * 20


def test_damage_is_told_after_the_pages(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(DAMAGED["member cut"])
    pages = pages_of(path)
    assert len([next(pages) for _ in range(COUNT - 1)]) == COUNT - 1
    with pytest.raises(ArchiveError, match=r"x\.warc\.gz: 1 damaged records were passed over"):
        next(pages)


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("x.wacz", b"\x07\x99random", UsageError, "is no WACZ file"),
        ("README.wacz", b"# Read me\n", UsageError, "is no WACZ file"),
        ("x.wacz", b"<!DOCTYPE html><p>a", UsageError, "is no WACZ file"),
        ("x.wacz", b"PK\x03\x04" + bytes(50), ArchiveError, "is no whole ZIP file"),
        ("x.warc", b"<!DOCTYPE html><p>a", UsageError, "is no WARC file and no ARC file"),
        ("x.warc.gz", b"\x07\x99random", UsageError, "is no WARC file and no ARC file"),
        ("x.warc.lz4", b"\x04\x22\x4d\x18rest", ArchiveError, "compressed with LZ4"),
        (
            "x.warc.zst",
            b"\x5d\x2a\x4d\x18\x04\0\0\0abcd",
            ArchiveError,
            "the dictionary of Zstandard",
        ),
    ],
)
def test_files_that_are_not_what_their_name_says(
    name: str, content: bytes, error: type[Exception], message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message):
        list(pages_of(path))


def test_extract_reads_the_other_files_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "README.wacz").write_text("# Read me\n")
    (tmp_path / "whole.warc").write_bytes(GOOD[0])
    result = scrapy("extract", str(tmp_path / "README.wacz"), str(tmp_path / "whole.warc"))
    assert result.returncode == 2
    assert "README.wacz is no WACZ file" in result.stderr
    assert "Traceback" not in result.stderr
    assert "no article in 1 pages" in result.stderr
