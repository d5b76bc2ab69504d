"""The main job through the door: the demo newspapers crawled into a folder, read back by others' readers."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from crawler.demo.outlets import OUTLETS, expected
from crawler.demo.server import Newsstand, serve
from crawler.items import ARTICLE_FIELDS
from tests.crawl.archive_reading import answers, articles, leftovers, record_types, run_stats, warcs
from tests.crawl.running import crawl, scrapy


@dataclass(frozen=True)
class Crawled:
    archive: Path
    results: dict[str, "CompletedProcess[str]"]
    stand: Newsstand
    lines: dict[str, list[dict[str, Any]]]  # what -O wrote, by outlet


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("demo")

    def run(key: str) -> "CompletedProcess[str]":
        return crawl(
            "news",
            folder / "archive",
            arguments={"url": f"http://{OUTLETS[key].host}/"},
            connect_to=stand.connect_to(),
            options=("-O", str(folder / f"{key}.jsonl")),
        )

    with serve(OUTLETS.values()) as stand:
        with ThreadPoolExecutor(2) as pool:
            results = dict(zip(OUTLETS, pool.map(run, OUTLETS), strict=True))
        lines = {
            key: [json.loads(line) for line in (folder / f"{key}.jsonl").read_text().splitlines()]
            for key in OUTLETS
        }
        yield Crawled(folder / "archive", results, stand, lines)


def wanted(key: str) -> list[dict[str, Any]]:
    """The Arabic articles of an outlet; the others are kept out unless a site asks for them."""
    return [answer for answer in expected(OUTLETS[key]) if answer["language"] == "ar"]


def rows_of(crawled: Crawled, key: str) -> dict[str, dict[str, Any]]:
    site = OUTLETS[key].host.replace(".", "_")
    return {row["canonical_url"]: row for row in articles(crawled.archive) if row["site"] == site}


@pytest.mark.parametrize("key", OUTLETS)
def test_a_crawl_ends_well_and_says_what_it_did(crawled: Crawled, key: str) -> None:
    result = crawled.results[key]
    assert result.returncode == 0, result.stderr[-3000:]
    for word in ("found", "fetched", "articles", "dropped", "failed", "received", "written"):
        assert word in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("key", OUTLETS)
def test_every_article_is_there_once(crawled: Crawled, key: str) -> None:
    titles = sorted(row["title"] for row in rows_of(crawled, key).values())
    assert titles == sorted(answer["title"] for answer in wanted(key))


@pytest.mark.parametrize("key", OUTLETS)
def test_text_is_as_written_and_nothing_else(crawled: Crawled, key: str) -> None:
    by_title = {row["title"]: row for row in rows_of(crawled, key).values()}
    for answer in wanted(key):
        lines = by_title[answer["title"]]["text"].split("\n")
        assert [line for line in lines if line not in answer["optional"]] == answer["text"], answer["url"]


@pytest.mark.parametrize("key", OUTLETS)
def test_pointers_lead_to_the_record(crawled: Crawled, key: str) -> None:
    rows = rows_of(crawled, key).values()
    assert rows
    for row in rows:
        with (crawled.archive / row["warc_file"]).open("rb") as stream:
            stream.seek(row["warc_offset"])
            member = gzip.decompress(stream.read(row["warc_length"]))
        head, _, _ = member.partition(b"\r\n\r\n")
        assert b"WARC-Type: response" in head
        assert row["warc_record_id"].encode() in head
        assert row["payload_digest"].encode() in head


def test_the_warcs_hold_every_answer_that_the_papers_gave(crawled: Crawled) -> None:
    archived = sorted(
        (answer.url.split("/")[2], answer.status)
        for warc in warcs(crawled.archive)
        for answer in answers(warc, revisits=True)
    )
    served = sorted((request.host, request.status) for request in crawled.stand.requests)
    assert archived == served


def test_requests_and_responses_come_in_pairs(crawled: Crawled) -> None:
    for warc in warcs(crawled.archive):
        types = record_types(warc)
        assert types[0] == "warcinfo"
        assert types.count("request") == types.count("response") + types.count("revisit") > 0


def test_what_goes_wrong_at_nakhla_is_counted(crawled: Crawled) -> None:
    stats = next(run for run in run_stats(crawled.archive) if run["site"] == "nakhla_example")
    assert stats["failed"] == {"http-404": 1}
    assert stats["dropped"]["language"] == 1
    statuses = [request.status for request in crawled.stand.requests if request.host == "nakhla.example"]
    assert statuses.count(503) == 1  # tried again after its Retry-After, and then read
    assert 301 in statuses
    log = next(crawled.archive.glob("runs/*nakhla*/log.txt")).read_text()
    assert "asks for a pause of 1 s" in log


def test_crawl_delay_is_obeyed(crawled: Crawled) -> None:
    stats = next(run for run in run_stats(crawled.archive) if run["site"] == "barada_example")
    assert stats["counters"]["politeness/crawl_delay/barada.example"] == 0.1


@pytest.mark.parametrize("key", OUTLETS)
def test_scrapys_own_feed_holds_the_same_articles(crawled: Crawled, key: str) -> None:
    lines = {line["canonical_url"]: line for line in crawled.lines[key]}
    assert lines == rows_of(crawled, key)
    assert all(tuple(line) == ARTICLE_FIELDS for line in lines.values())


def test_nothing_is_left_in_the_spool(crawled: Crawled) -> None:
    assert leftovers(crawled.archive) == []
    for run in run_stats(crawled.archive):
        for file in run["files"]:
            assert (crawled.archive / file["key"]).stat().st_size == file["size"]


def test_a_limit_is_kept_and_lists_stop_early(tmp_path: Path) -> None:
    with serve([OUTLETS["barada"]]) as stand:
        result = crawl(
            "news",
            tmp_path,
            arguments={"url": "http://barada.example/", "limit": "3"},
            connect_to=stand.connect_to(),
        )
        asked = [request.target for request in stand.requests]
    assert result.returncode == 0, result.stderr[-2000:]
    rows = articles(tmp_path)
    assert len(rows) == 3
    assert not any("sitemap" in target or "/category/" in target for target in asked)


def test_a_window_is_kept(tmp_path: Path) -> None:
    outlet = OUTLETS["barada"]
    days = sorted(answer["published"].isoformat()[:10] for answer in wanted("barada"))
    since, until = days[4], days[9]
    with serve([outlet]) as stand:
        result = crawl(
            "news",
            tmp_path,
            arguments={
                "url": outlet.home,
                "since": f"{since}T00:00:00+03:00",
                "until": f"{until}T23:59:59+03:00",
            },
            connect_to=stand.connect_to(),
        )
        pages = [request.target for request in stand.requests if request.target.startswith("/20")]
    assert result.returncode == 0, result.stderr[-2000:]
    inside = [day for day in days if since <= day <= until]
    assert sorted(row["published"][:10] for row in articles(tmp_path)) == inside
    assert len(pages) < len(days)  # what a list dates outside the window is not even fetched


def test_texts_can_be_kept_beside_their_pages(tmp_path: Path) -> None:
    with serve([OUTLETS["zaytoun"]]) as stand:
        result = crawl(
            "news",
            tmp_path,
            arguments={"url": OUTLETS["zaytoun"].home, "limit": "2"},
            connect_to=stand.connect_to(),
            settings={"WARC_TEXT": "True"},
        )
    assert result.returncode == 0, result.stderr[-3000:]
    [warc] = warcs(tmp_path)
    with warc.open("rb") as stream:
        texts = {
            record.rec_headers.get_header("WARC-Refers-To"): record.content_stream().read().decode()
            for record in WarcioIterator(stream)
            if record.rec_type == "conversion"
        }
    assert texts == {row["warc_record_id"]: row["text"] for row in articles(tmp_path)}
    assert len(texts) == 2
    assert scrapy("verify", str(tmp_path)).returncode == 0
