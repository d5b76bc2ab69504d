"""Withheld pages through the door: in no export, replay and WACZ, shown again after a lift, never removed."""

import gzip
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.cdxj_index import indexes, read_index
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.replay.pywb import write_index
from crawler.storage import open_storage
from crawler.tables.withheld import Decision, withheld
from tests.crawl.archive_reading import articles
from tests.crawl.running import crawl, scrapy
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived, environment
from tests.wacz.readers import assert_valid

OUTLET = OUTLETS["barada"]


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("withheld") / "archive"
    with serve([OUTLET]) as stand:
        result = crawl(
            "news",
            folder,
            arguments={"url": OUTLET.home, "limit": "4"},
            connect_to=stand.connect_to(),
            settings={"WARC_TEXT": "True", "OPERATOR": "A small archive"},
        )
    assert result.returncode == 0, result.stderr[-3000:]
    return folder


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "archive"))


def row(archive: Path) -> dict[str, Any]:
    return min(articles(archive), key=lambda each: str(each["warc_offset"]))


def exported(archive: str | Path, target: Path, **more: Any) -> list[str]:
    result = scrapy("export", str(archive), "--output", str(target), **more)
    assert result.returncode == 0, result.stderr
    return [json.loads(line)["id"] for line in target.read_text().splitlines()]


def records(wacz: Path) -> bytes:
    """Every record in a WACZ, unpacked, and its list of pages."""
    with zipfile.ZipFile(wacz) as bundle:
        packed = [bundle.read(name) for name in bundle.namelist() if name.startswith("archive/")]
        return b"".join(map(gzip.decompress, packed)) + bundle.read("pages/pages.jsonl")


def test_a_withheld_page_is_nowhere_until_it_is_shown_again(archive: Path, tmp_path: Path) -> None:
    page = row(archive)
    everything = exported(archive, tmp_path / "before.jsonl")
    assert page["id"] in everything
    before = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}

    result = scrapy("withhold", page["id"], str(archive), "--reason", "شاهد في خطر")
    assert result.returncode == 0, result.stderr
    assert exported(archive, tmp_path / "hidden.jsonl") == [each for each in everything if each != page["id"]]
    assert json.loads((tmp_path / "hidden.jsonl.manifest.json").read_text())["withheld"] == 1
    made = scrapy("wacz", str(archive), "--output", str(tmp_path / "hidden.wacz"))
    assert made.returncode == 0, made.stderr
    assert_valid(tmp_path / "hidden.wacz")
    content = records(tmp_path / "hidden.wacz")
    assert page["text"].split("\n")[0].encode() not in content  # neither the page nor its conversion
    assert f"WARC-Target-URI: {page['url']}\r\n".encode() not in content
    others = [each for each in articles(archive) if each["id"] != page["id"]]
    assert all(f"WARC-Target-URI: {each['url']}\r\n".encode() in content for each in others)
    shown = replayed(archive, tmp_path)
    assert page["url"] not in shown
    assert others[0]["url"] in shown
    assert set(page["images"]) & set(shown) == set()

    listed = scrapy("withhold", "--list", str(archive))
    assert page["canonical_url"] in listed.stdout
    assert "شاهد في خطر" in listed.stdout
    verified = scrapy("verify", str(archive))
    assert verified.returncode == 0, verified.stdout
    assert {path: path.read_bytes() for path in before} == before  # not one byte

    result = scrapy("withhold", page["url"], str(archive), "--lift")
    assert result.returncode == 0, result.stderr
    assert exported(archive, tmp_path / "after.jsonl") == everything
    assert page["url"] in replayed(archive, tmp_path)
    assert scrapy("verify", str(archive)).returncode == 0
    assert not withheld(open_storage(str(archive)))


def replayed(archive: Path, folder: Path) -> set[str]:
    """The addresses in the index that pywb gets."""
    storage = open_storage(str(archive))
    path = folder / "index.cdxj"
    write_index(storage, indexes(storage), path)
    return {json.loads(line.split(" ", 2)[2])["url"] for line in path.read_text().splitlines()}


def test_a_withheld_page_cannot_be_asked_for_by_its_address(archive: Path, tmp_path: Path) -> None:
    page = row(archive)
    assert scrapy("withhold", page["url"], str(archive), "--reason", "a minor").returncode == 0
    (tmp_path / "urls.txt").write_text(f"{page['url']}\n")
    words = ("--urls", str(tmp_path / "urls.txt"), "--output", str(tmp_path / "one.wacz"))
    result = scrapy("wacz", str(archive), *words)
    assert result.returncode == 1
    assert "holds no capture" in result.stderr
    assert not (tmp_path / "one.wacz").exists()


def test_an_archive_on_s3(archive: Path, swift: Swift, bucket: str, tmp_path: Path) -> None:
    address = f"s3://{bucket}/archive"
    Archived(archive).copy_to(address, swift)
    page, env = row(archive), environment(swift)
    settings = {"SPOOL": str(tmp_path / "spool")}
    result = scrapy("withhold", page["id"], address, "--reason", "a minor", settings=settings, env=env)
    assert result.returncode == 0, result.stderr
    assert page["id"] not in exported(address, tmp_path / "hidden.jsonl", env=env)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--reason", "x"], 2, "Name one page"),
        (["ID"], 2, "Say why"),
        (["ID", "--lift"], 2, "is not withheld"),
        (["0" * 32, "--reason", "x"], 1, "does not hold"),
        (["ID", "--reason", "x" * 3_000], 2, "The reason has more than"),
    ],
)
def test_decisions_that_make_no_sense(archive: Path, words: list[str], code: int, sentence: str) -> None:
    named = [row(archive)["id"] if word == "ID" else word for word in words]
    before = sorted(archive.rglob("*"))
    place = [str(archive)] if not named[0].startswith("--") else []
    result = scrapy("withhold", *named[:1], *place, *named[1:])
    assert (result.returncode, "Traceback" in result.stderr) == (code, False)
    assert sentence in result.stdout + result.stderr
    after = [path for path in archive.rglob("*") if ".spool" not in path.parts]
    assert sorted(after) == [path for path in before if ".spool" not in path.parts]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 10_000, b'{"format":"warraq-withheld/1"}'])
def test_a_decision_that_cannot_be_read_hides_everything(
    archive: Path, content: bytes, tmp_path: Path
) -> None:
    assert scrapy("withhold", row(archive)["id"], str(archive), "--reason", "x").returncode == 0
    [path] = archive.glob("runs/*/withheld.json")
    Decision.parse(path.read_bytes())
    path.write_bytes(content)
    result = scrapy("export", str(archive), "--output", str(tmp_path / "all.jsonl"))
    assert result.returncode == 1
    assert "does not say which page it withholds" in result.stderr
    assert not (tmp_path / "all.jsonl").exists()


def test_the_index_lines_of_a_hidden_picture_are_hidden_too(archive: Path) -> None:
    page = row(archive)
    assert scrapy("withhold", page["id"], str(archive), "--reason", "x").returncode == 0
    storage = open_storage(str(archive))
    hidden = withheld(storage)
    urls = {line.url for key in indexes(storage) for line in read_index(storage, key)}
    assert page["images"]
    for url in (page["url"], *page["images"]):
        assert url in urls
        assert hidden.hides_url(url)
    assert hidden.hides(page)
    assert hidden.of(page["url"], page) is not None
    assert not hidden.hides_url(OUTLET.home)
