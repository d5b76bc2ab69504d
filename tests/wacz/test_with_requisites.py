"""A newspaper crawled with all that its pages need: replayed, verified, and taken along into a WACZ."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from crawler.demo.server import serve
from crawler.extraction.requisites import to_see
from tests.crawl.archive_reading import articles
from tests.crawl.running import crawl, scrapy
from tests.wacz.conftest import OUTLET, Archived
from tests.wacz.readers import assert_valid, scrapy_replay

NEEDED = {"style.css", "page.css", "pattern.svg", "icon.svg"}  # of every page


@pytest.fixture(scope="module")
def with_requisites(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    folder = tmp_path_factory.mktemp("with_requisites")
    with serve([OUTLET]) as stand:
        result = crawl(
            "news",
            folder,
            arguments={"url": OUTLET.home, "limit": "4"},
            connect_to=stand.connect_to(),
            settings={"REQUISITES": "all", "RUN_REPORT": "False"},
        )
        asked = [served.target for served in stand.requests]
    assert result.returncode == 0, result.stderr[-3000:]
    assert len(asked) == len(set(asked))
    return Archived(folder)


def lines(archived: Archived) -> Iterator[str]:
    """Of the indexes beside the WARC files."""
    for path in archived.folder.glob("cdxj/*/*/*/*.cdxj"):
        yield from path.read_text().splitlines()


def name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def test_every_requisite_of_an_article_replays_with_its_payload(with_requisites: Archived) -> None:
    index = (
        json.loads(line.split(" ", 2)[2]) | {"stamp": line.split(" ", 2)[1]}
        for line in lines(with_requisites)
    )
    digests = {line["url"]: (line["stamp"], line["digest"]) for line in index if line.get("status") == "200"}
    row = articles(with_requisites.folder)[0]
    with scrapy_replay(str(with_requisites.folder)) as replay:
        stamp, _ = digests[row["url"]]
        page = replay.browser.get(stamp, row["url"])
        body = gzip.decompress(page.body) if page.headers.get("Content-Encoding") == "gzip" else page.body
        shown = to_see(body.decode(), row["url"])
        assert set(row["images"]) <= set(shown)
        seen = [*shown, *(url for url in digests if name(url) in NEEDED)]
        for url in dict.fromkeys(seen):
            answer = replay.browser.get(stamp, url)
            assert answer.status == 200, url
            assert f"sha256:{hashlib.sha256(answer.body).hexdigest()}" == digests[url][1], url
    assert {name(url) for url in seen} >= {*NEEDED, name(row["images"][0])}


def test_the_archive_holds_what_it_promises(with_requisites: Archived) -> None:
    result = scrapy("verify", str(with_requisites.folder))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_wacz_of_one_article_takes_them_along(with_requisites: Archived, tmp_path: Path) -> None:
    row = articles(with_requisites.folder)[0]
    wanted, made = tmp_path / "urls.txt", tmp_path / "one.wacz"
    wanted.write_text(f"{row['url']}\n")
    result = scrapy("wacz", str(with_requisites.folder), "--urls", str(wanted), "--output", str(made))
    assert result.returncode == 0, result.stdout + result.stderr
    assert_valid(made)
    with ZipFile(made) as bundle:
        text = gzip.decompress(bundle.read("indexes/index.cdx.gz")).decode()
    urls = {json.loads(line.split(" ", 2)[2])["url"] for line in text.splitlines()}
    assert {name(url) for url in urls} == {*NEEDED, name(row["images"][0]), name(row["url"])}
