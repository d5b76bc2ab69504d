"""Files that hold revisits, before other people's readers: each address shows its payload at each moment."""

import gzip
import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive.exchange import Exchange
from crawler.archive.originals import RecentOriginals
from crawler.replay.pywb import find_pywb, replaying
from crawler.storage import open_storage
from crawler.wacz import Addresses, Selection, Written, write_wacz
from tests.archive.reading import read_warc
from tests.crawl.running import PROJECT
from tests.wacz.made import FIRST, exchange, record
from tests.wacz.readers import Browser, assert_valid, index_of, reader, wayback

EARLY, LATE = "20260301120000-paper-00000a", "20260302120000-paper-00000b"
SITE, CDN = "http://paper.example/", "http://cdn.example/"
DAY = 24 * 60  # minutes
FEED = "<rss>خبر</rss>".encode() * 40
PAGE = b'<img src="/p.png"><a href=/two>' + "ورّاق ".encode() * 60
PICTURE, STYLE = b"\x89PNG" * 100, b"i{background:url(q.png)}" * 20
OTHER = b"\x89PNG other" * 60
NOT_MODIFIED = "304 Not Modified"
NAMES = {FEED: "feed", PAGE: "page", PICTURE: "picture", STYLE: "style", OTHER: "other"}


def early() -> Iterator[Exchange]:
    yield exchange(SITE + "feed", FEED, kind="application/rss+xml", more='ETag: "1"\r\n')
    yield exchange(SITE + "one", PAGE, minutes=1)
    yield exchange(SITE + "p.png", PICTURE, minutes=2, kind="image/png")
    yield exchange(SITE + "q.png", OTHER, minutes=3, kind="image/png")
    yield exchange(SITE + "feed", FEED, minutes=9, kind="application/rss+xml")


def late(originals: RecentOriginals) -> Iterator[Exchange]:
    """The next day: nothing new but the pictures, which were exchanged, and one that lies elsewhere now."""
    original = originals.find(f"sha256:{hashlib.sha256(FEED).hexdigest()}")
    assert original is not None
    yield exchange(SITE + "feed", minutes=DAY, status=NOT_MODIFIED, not_modified=original)
    yield exchange(SITE + "one", PAGE, minutes=DAY + 1, more="X-Served: later\r\n")
    yield exchange(SITE + "p.png", OTHER, minutes=DAY + 2, kind="image/png", hop={"hops": "LE"})
    yield exchange(CDN + "old.png", PICTURE, minutes=DAY + 3, kind="image/png", hop={"hops": "LE"})


CAPTURES = [  # address, minute, what a reader must see
    (SITE + "feed", 0, FEED),
    (SITE + "feed", 9, FEED),
    (SITE + "feed", DAY, FEED),
    (SITE + "one", 1, PAGE),
    (SITE + "one", DAY + 1, PAGE),
    (SITE + "p.png", 2, PICTURE),
    (SITE + "p.png", DAY + 2, OTHER),
    (SITE + "q.png", 3, OTHER),
    (CDN + "old.png", DAY + 3, PICTURE),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, first = tmp_path_factory.mktemp("revisits") / "archive", RecentOriginals()
    record(folder, EARLY, early(), originals=first)
    second = RecentOriginals(older=first.find)
    record(folder, LATE, late(second), originals=second, settings=b'{"ROBOTSTXT_OBEY": true}')
    return folder


def warcs(archive: Path) -> list[Path]:
    return sorted(archive.glob("warc/**/*.warc.gz"))


def stamp(minutes: int) -> str:
    return f"{FIRST + timedelta(minutes=minutes):%Y%m%d%H%M%S}"


def assert_shows(browser: Browser, captures: list[tuple[str, int, bytes]]) -> None:
    seen = []
    for url, minutes, _ in captures:
        for kind in ("id_", "mp_"):
            page = browser.get(stamp(minutes), url, kind)
            exact = page.body if kind == "id_" or url.endswith(".png") else None
            seen.append((url, minutes, kind, page.status, NAMES.get(exact) if exact else None))
    assert seen == [
        (url, minutes, kind, 200, NAMES[body] if kind == "id_" or url.endswith(".png") else None)
        for url, minutes, body in captures
        for kind in ("id_", "mp_")
    ]


def test_six_of_nine_are_kept_by_reference(archive: Path) -> None:
    kinds = [record.kind for path in warcs(archive) for record in read_warc(path)]
    assert (kinds.count("response"), kinds.count("revisit"), kinds.count("resource")) == (4, 5, 1)
    lines = [line for path in archive.glob("cdxj/**/*.cdxj") for line in path.read_text().splitlines()]
    assert len(lines) == 10


def test_our_index_is_what_cdxj_indexer_makes(archive: Path) -> None:
    ours = [line for path in archive.glob("cdxj/**/*.cdxj") for line in path.read_text().splitlines()]
    assert sorted(ours) == index_of(warcs(archive))


def test_warcio_finds_the_files_whole(archive: Path) -> None:
    """So does fastwarc: see `read_warc`."""
    for path in warcs(archive):
        result = reader("warcio", "check", str(path))
        assert result.returncode == 0, result.stdout + result.stderr


def test_pywb_shows_every_capture_with_its_payload(archive: Path) -> None:
    with replaying(open_storage(str(archive)), find_pywb(PROJECT)) as running:
        assert_shows(Browser(running.address), CAPTURES)


def written(archive: Path, target: Path, selection: Selection) -> tuple[Written, list[tuple[str, str]]]:
    """What is in the bundle: address and moment of each capture."""
    with target.open("wb") as sink:
        result = write_wacz(sink, open_storage(str(archive)), selection, software="test")
    assert_valid(target)
    with zipfile.ZipFile(target) as bundle:
        index = gzip.decompress(bundle.read("indexes/index.cdx.gz")).decode().splitlines()
    parts = [line.split(" ", 2) for line in index]
    return result, sorted((json.loads(said)["url"], moment) for _, moment, said in parts)


def test_a_wacz_of_a_run_takes_the_originals_along(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "late.wacz"
    result, captures = written(archive, target, Selection(run_id=LATE))
    of_the_run = [(url, stamp(minutes)) for url, minutes, _ in CAPTURES if minutes >= DAY]
    originals = [(SITE + path, stamp(minute)) for path, minute in (("feed", 0), ("one", 1), ("p.png", 2))]
    originals.append((SITE + "q.png", stamp(3)))
    pages = [capture for capture in captures if not capture[0].startswith("urn:")]
    assert pages == sorted([*of_the_run, *originals])
    assert result.captures == len(captures)
    assert reader("wb-manager", "init", "news", cwd=tmp_path).returncode == 0
    added = reader("wb-manager", "add", "--unpack-wacz", "news", str(target), cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    with wayback(tmp_path) as address:
        late = [capture for capture in CAPTURES if capture[1] >= DAY]
        assert_shows(Browser(f"{address}news/"), late)


def test_a_page_that_is_a_revisit_brings_the_pictures_of_its_own_time(archive: Path, tmp_path: Path) -> None:
    since = FIRST + timedelta(days=1)
    selection = Selection(addresses=Addresses([SITE + "one"]), since=since)
    result, captures = written(archive, tmp_path / "page.wacz", selection)
    assert captures == sorted(
        [
            (SITE + "one", stamp(1)),
            (SITE + "one", stamp(DAY + 1)),
            (SITE + "p.png", stamp(2)),
            (SITE + "p.png", stamp(DAY + 2)),
            (SITE + "q.png", stamp(3)),  # where the new picture's payload lies
        ]
    )
    assert result.absent == []


def test_a_feed_that_did_not_change(archive: Path, tmp_path: Path) -> None:
    selection = Selection(addresses=Addresses([SITE + "feed"]), since=FIRST + timedelta(days=1))
    _, captures = written(archive, tmp_path / "feed.wacz", selection)
    assert captures == [(SITE + "feed", stamp(0)), (SITE + "feed", stamp(DAY))]


def test_a_revisit_can_be_followed_without_this_software(archive: Path) -> None:
    """As docs/archive.md says."""
    index = next(path for path in archive.glob("cdxj/**/*.cdxj") if "00000b" in path.name)
    line = next(line for line in index.read_text().splitlines() if "/one" in line)
    revisit = json.loads(line.split(" ", 2)[2])
    script = (
        "tail -c +$((offset + 1)) warc/paper/*/*/$filename | head -c $length | gunzip; "
        "grep -h $digest cdxj/paper/*/*/*.cdxj | grep -v warc/revisit"
    )
    ran = subprocess.run(
        ["/bin/sh", "-euc", script],
        cwd=archive,
        env={**os.environ, **revisit},
        capture_output=True,
        check=True,
    )
    record, _, found = ran.stdout.rpartition(b"\r\n\r\n")
    assert record.startswith(b"WARC/1.1\r\nWARC-Type: revisit\r\n")
    assert b"X-Served: later" in record
    [original] = found.decode().splitlines()
    place = json.loads(original.split(" ", 2)[2])
    [warc] = archive.glob(f"warc/**/{place['filename']}")
    shown = reader("warcio", "extract", "--payload", str(warc), place["offset"])
    assert shown.stdout.encode() == PAGE
