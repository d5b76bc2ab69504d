"""A page is copied with the pictures and styles that the archive has, from other runs too, and no more."""

import dataclasses
import gzip
import json
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.storage import open_storage
from crawler.wacz import Addresses, Selection, Written, write_wacz
from tests.wacz.made import FIRST, exchange, record
from tests.wacz.readers import assert_valid

EARLY, LATE = "20260301120000-paper-00000a", "20260301120000-paper-00000b"
SITE = "http://paper.example/"
CSS = {"kind": "text/css; charset=utf-8"}
PICTURE = {"kind": "image/png"}


def made(archive: Path, target: Path, selection: Selection) -> tuple[Written, list[tuple[str, int]]]:
    """What is in the bundle: address and minute of each capture."""
    with target.open("wb") as sink:
        written = write_wacz(sink, open_storage(str(archive)), selection, software="test")
    with zipfile.ZipFile(target) as bundle:
        index = gzip.decompress(bundle.read("indexes/index.cdx.gz")).decode().splitlines()
    parts = [line.split(" ", 2) for line in index]
    return written, sorted((json.loads(said)["url"], int(stamp[10:12])) for _, stamp, said in parts)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two runs: pictures and styles in the first, further pages in the second."""
    folder = tmp_path / "archive"
    page = b'<link rel=stylesheet href=/a.css><img src="//cdn.example/p.png"><a href=/two>'
    record(
        folder,
        EARLY,
        [
            exchange(SITE + "one", page, minutes=0),
            exchange(SITE + "a.css", b"@import 'b.css'; i{background:url(c.png)}", minutes=1, **CSS),
            exchange(SITE + "b.css", b"i{background:url(d.png)}", minutes=2, **CSS),
            exchange(SITE + "c.png", b"c", minutes=3, **PICTURE),
            exchange(SITE + "unwanted.png", b"u", minutes=4, **PICTURE),
            exchange(SITE + "d.png", b"d", minutes=5, **PICTURE),
            *(
                exchange("http://cdn.example/p.png", b"%d" % each, minutes=each, **PICTURE)
                for each in (6, 7, 50)
            ),
        ],
    )
    record(
        folder,
        LATE,
        [
            exchange(SITE + "old", status="301 Moved", more="Location: /two\r\n", minutes=30),
            exchange(SITE + "two", page, minutes=31),
            exchange(SITE + "three", b"<p>", minutes=32),
        ],
    )
    return folder


def needs(minutes: Iterable[int]) -> list[tuple[str, int]]:
    return [("http://cdn.example/p.png", minute) for minute in minutes] + [
        (SITE + "a.css", 1),
        (SITE + "b.css", 2),
        (SITE + "c.png", 3),
        (SITE + "d.png", 5),
    ]


def test_a_page_by_its_address(archive: Path, tmp_path: Path) -> None:
    addresses = Addresses([SITE + "one"])
    written, captures = made(archive, tmp_path / "a", Selection(addresses=addresses))
    assert captures == sorted([(SITE + "one", 0), *needs([6])])  # the picture that was nearest
    assert written.pages == 1
    assert written.absent == []
    assert_valid(tmp_path / "a")


def test_a_redirect_brings_its_target(archive: Path, tmp_path: Path) -> None:
    addresses = Addresses([SITE + "old"])
    _, captures = made(archive, tmp_path / "a", Selection(addresses=addresses))
    assert captures == sorted([(SITE + "old", 30), (SITE + "two", 31), *needs([7, 50])])


def test_a_run_brings_what_its_pages_need_from_other_runs(archive: Path, tmp_path: Path) -> None:
    _, captures = made(archive, tmp_path / "a", Selection(run_id=LATE))
    assert captures == sorted([(SITE + "old", 30), (SITE + "two", 31), (SITE + "three", 32), *needs([7, 50])])
    assert_valid(tmp_path / "a")


def test_a_span_of_time(archive: Path, tmp_path: Path) -> None:
    since, until = FIRST + timedelta(minutes=31), FIRST + timedelta(minutes=32)
    _, captures = made(archive, tmp_path / "a", Selection(since=since, until=until))
    assert captures == sorted([(SITE + "two", 31), *needs([7, 50])])


def test_everything_is_copied_as_it_lies(archive: Path, tmp_path: Path) -> None:
    written, captures = made(archive, tmp_path / "a", Selection())
    assert len(captures) == written.captures == 12
    with zipfile.ZipFile(tmp_path / "a") as bundle:
        for path in archive.glob("warc/**/*.gz"):
            assert bundle.read(f"archive/{path.name}") == path.read_bytes()


def test_failed_exchanges_stay_out_of_an_extract(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    failed = dataclasses.replace(exchange(SITE + "2"), response=b"", error="no answer")
    record(archive, EARLY, [exchange(SITE + "1", b"1"), failed, exchange(SITE + "3", b"3", minutes=9)])
    made(archive, tmp_path / "a", Selection(addresses=Addresses([SITE + "1"])))
    with zipfile.ZipFile(tmp_path / "a") as bundle:
        [name] = [name for name in bundle.namelist() if name.startswith("archive/")]
        records = gzip.decompress(bundle.read(name))
    assert b"no answer" not in records
    assert records.count(b"WARC-Type: ") == 4
    assert b"secret" not in records


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('"offset": "{offset}"', '"offset": "1"'),
        ('"length": "{length}"', '"length": "17"'),
        ('"url": "http://paper.example/3"', '"url": "http://paper.example/4"'),
    ],
)
def test_an_index_that_does_not_fit_its_file_is_found_out(tmp_path: Path, wrong: str, right: str) -> None:
    archive = tmp_path / "archive"
    record(archive, EARLY, [exchange(SITE + str(each), b"x", minutes=each) for each in (1, 2, 3)])
    [path] = archive.glob("cdxj/**/*.cdxj")
    lines = path.read_text().splitlines(keepends=True)
    wrong = wrong.format(**json.loads(lines[2].split(" ", 2)[2]))
    assert wrong in lines[2]
    path.write_text("".join([*lines[:2], lines[2].replace(wrong, right)]))
    selection = Selection(since=FIRST + timedelta(minutes=3))
    with pytest.raises(ArchiveError, match="scrapy verify"):
        made(archive, tmp_path / "a", selection)


def test_a_warc_file_that_is_not_there_ends_it(archive: Path, tmp_path: Path) -> None:
    next(archive.glob("warc/**/*00000a.warc.gz")).unlink()
    with pytest.raises(ArchiveError, match="no such file"):
        made(archive, tmp_path / "a", Selection())


def test_any_spelling_of_an_address() -> None:
    spellings = (
        "http://paper.example/خبر/أول",
        "https://www.paper.example/%D8%AE%D8%A8%D8%B1/%D8%A3%D9%88%D9%84/",
        "http://paper.example/%d8%ae%d8%a8%d8%b1/%d8%a3%d9%88%d9%84?utm_source=x",
        "http://paper.example:80/%CE%C8%D1/%C3%E6%E1#top",  # windows-1256
    )
    addresses = Addresses.read(["\ufeff# mine\n", "\n", *(f" {each}\n" for each in spellings)], name="x")
    assert len(addresses.urls) == 4
    for url in addresses.urls:
        alone = Addresses([url])
        assert {
            len(set(alone._numbers) & set(Addresses([other])._numbers)) > 0 for other in addresses.urls
        } == {True}
