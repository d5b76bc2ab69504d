"""Pictures of archived pages through the door: what the browser shows, asks for, and may cost."""

import json
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.picture.browser import NAMES
from tests import needs
from tests.crawl.running import scrapy
from tests.servers import http
from tests.servers.http import Answer, Request
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived, environment
from tests.wacz.made import exchange, record

RUN = "20260301120000-paper-abcdef"
URL = "http://paper.example/story"
GREEN, BLUE, RED = (0, 128, 0), (0, 0, 255), (255, 0, 0)
STYLE = b"body { background: rgb(0, 128, 0); margin: 0 } .high { height: 3000px }"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@dataclass
class Live:
    """A server of the live web, which a picture must not reach."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    found = Live("")

    def answer(request: Request) -> Answer:
        found.asked.append(request.path)
        return Answer("<style>body { background: rgb(255, 0, 0) !important }</style>live")

    with http.serving(answer) as url:
        found.url = url
        yield found


def page(live: Live) -> bytes:
    """A page that wants to lead a browser out of the archive in every way."""
    out = live.url
    return f"""<!DOCTYPE html><html dir="rtl" lang="ar"><head><meta charset="utf-8"><title>خبر</title>
<meta http-equiv="refresh" content="0;url={out}/refresh">
<link rel="preconnect" href="{out}"><link rel="dns-prefetch" href="{out}">
<link rel="prefetch" href="{out}/pre">
<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="{out}/live.css">
<link rel="icon" href="{out}/icon.ico">
<script src="{out}/live.js"></script>
<script>document.documentElement.className = "run"; new WebSocket("{out.replace("http", "ws")}/socket");
navigator.sendBeacon("{out}/beacon"); fetch("{out}/fetch");</script>
<style>.run body {{ background: rgb(0, 0, 255) }} @import url("{out}/import.css");</style></head>
<body><div class="high"><h1>نصّ عربي</h1><img src="/picture.svg"><img src="{out}/live.png">
<iframe src="{out}/frame"></iframe><video src="{out}/film"></video></div></body></html>""".encode()


@pytest.fixture(scope="module")
def archive(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs.program(*NAMES, package="chromium")
    folder = tmp_path_factory.mktemp("pictured") / "archive"
    record(
        folder,
        RUN,
        [
            exchange(URL, page(live)),
            exchange("http://paper.example/style.css", STYLE, kind="text/css", minutes=1),
            exchange("http://paper.example/picture.svg", PICTURE, kind="image/svg+xml", minutes=1),
            exchange("http://paper.example/busy", b"<script>for (;;) {}</script>", minutes=2),
            exchange(
                "http://paper.example/greedy",
                b"<script>const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()))</script>",
                minutes=2,
            ),
        ],
    )
    return folder


def size_and_corner(png: bytes) -> tuple[int, int, tuple[int, ...]]:
    """Width, height, and the first pixel, which no filter of PNG changes."""
    width, height = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        data += png[place + 8 : place + 8 + length] if kind == b"IDAT" else b""
        place += length + 12
    return width, height, tuple(zlib.decompress(data)[1:4])


def test_the_picture_shows_the_archived_page_and_nothing_of_the_live_web(
    archive: Path, live: Live, tmp_path: Path
) -> None:
    live.asked.clear()
    result = scrapy("picture", URL, str(archive), "--output", str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert live.asked == []
    png, pdf = (tmp_path / "picture.png").read_bytes(), (tmp_path / "picture.pdf").read_bytes()
    width, height, corner = size_and_corner(png)
    assert (width, corner) == (1280, GREEN)  # the archived style, and no script
    assert height >= 3000  # the whole page, not one window
    assert pdf.startswith(b"%PDF-")
    assert "parts of the page are not in the archive" in result.stderr
    run_folder = next(archive.glob("runs/*"))
    stats = json.loads((run_folder / "stats.json").read_text())
    assert (stats["kind"], stats["scripts"], stats["requests_answered"]) == ("picture", "off", 3)
    verified = scrapy("verify", str(archive), "--unfinished-ok")
    assert verified.returncode == 0, verified.stdout


def test_the_records_say_that_they_were_rendered_later(archive: Path) -> None:
    with next(archive.glob(f"warc/paper/*/*/*-{original_run()}.warc.gz")).open("rb") as stream:
        ids = {
            each.rec_headers["WARC-Target-URI"]: each.rec_headers["WARC-Record-ID"]
            for each in ArchiveIterator(stream)
            if each.rec_type == "response"
        }
    [warc] = [path for path in archive.glob("warc/paper/*/*/*.warc.gz") if original_run() not in path.name]
    with warc.open("rb") as stream:
        found = [
            (each.rec_type, each.rec_headers, each.content_stream().read())
            for each in ArchiveIterator(stream)
        ]
    pictures = [(headers, body) for kind, headers, body in found if kind == "conversion"]
    assert [headers["Content-Type"] for headers, _ in pictures] == ["image/png", "application/pdf"]
    for headers, _ in pictures:
        assert (headers["WARC-Target-URI"], headers["WARC-Refers-To"]) == (URL, ids[URL])
    notes = [body.decode() for kind, _, body in found if kind == "metadata"]
    assert (
        sum("Rendered later from the record of 2026-03-01T12:00:00.250000Z, by Chromium" in n for n in notes)
        == 2
    )


def original_run() -> str:
    return RUN.rpartition("-")[2]


def test_archived_scripts_run_if_asked_for_and_reach_nothing(
    archive: Path, live: Live, tmp_path: Path
) -> None:
    live.asked.clear()
    result = scrapy("picture", URL, str(archive), "--scripts", "--output", str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert live.asked == []
    assert size_and_corner((tmp_path / "picture.png").read_bytes())[2] == BLUE


def test_a_picture_of_an_archive_on_s3(archive: Path, swift: Swift, bucket: str, tmp_path: Path) -> None:
    address = f"s3://{bucket}/archive"
    Archived(archive).copy_to(address, swift)
    settings = {"SPOOL": str(tmp_path / "spool")}
    words = ("picture", URL, address, "--output", str(tmp_path / "out"))
    result = scrapy(*words, settings=settings, env=environment(swift))
    assert result.returncode == 0, result.stderr
    assert size_and_corner((tmp_path / "out/picture.png").read_bytes())[2] == GREEN
    assert [path for path in (tmp_path / "spool").rglob("*") if path.is_file() and path.name != ".lock"] == []


@pytest.mark.parametrize(
    ("address", "options", "sentence"),
    [
        ("http://paper.example/busy", ["--seconds", "4"], "took too long"),
        ("http://paper.example/greedy", ["--memory", "400"], "needed more than 400 MiB"),
    ],
)
def test_a_page_that_costs_too_much_is_given_up(
    archive: Path, address: str, options: list[str], sentence: str, tmp_path: Path
) -> None:
    before = sorted(archive.rglob("*"))
    result = scrapy("picture", address, str(archive), "--scripts", *options, "-o", str(tmp_path / "out"))
    assert result.returncode == 1
    assert sentence in result.stderr
    assert sorted(archive.rglob("*")) == before
    assert not (tmp_path / "out").exists()


def test_a_missing_browser_is_one_sentence(archive: Path) -> None:
    result = scrapy("picture", URL, str(archive), env={"PATH": str(Path(sys.executable).parent)})
    assert result.returncode == 1
    assert result.stderr == (
        "scrapy picture: Chromium, which makes the pictures, is not installed: "
        "apt-get install chromium installs it.\n"
    )


@pytest.mark.parametrize("options", [["--seconds", "0"], ["--memory", "1"]])
def test_bounds_that_are_none(archive: Path, options: list[str]) -> None:
    result = scrapy("picture", URL, str(archive), *options)
    assert result.returncode == 2
    assert "--seconds takes" in result.stderr
