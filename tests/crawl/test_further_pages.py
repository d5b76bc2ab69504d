"""An article of several pages: fetched, archived, read as one, and followed by other commands."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.crawl.archive_reading import answers, articles, run_stats
from tests.crawl.running import UNHURRIED, scrapy
from tests.servers.paper import Answer, Request, front_page, open_paper, path_of, rss, story

FIRST = path_of(1)


def part(number: int, following: str | None) -> Answer:
    """A page of the article, with paragraphs of its own and a link to the page behind it."""
    page = story(number)
    pager = f'<nav class="page-links"><a rel="next" href="{following}">التالي</a></nav>' if following else ""
    text = str(page.body).replace(f"للمرة {number}", "للمرة 1").replace("</article>", f"</article>{pager}")
    return replace(page, body=text)


def newspaper(request: Request) -> Answer:
    table = {
        "/": front_page("/feed/"),
        "/feed/": rss(FIRST),
        FIRST: part(1, f"{FIRST}2/"),
        f"{FIRST}2/": part(2, f"{FIRST}3/"),
        f"{FIRST}3/": part(3, f"{FIRST}4/"),
        f"{FIRST}4/": Answer(status=301, headers={"Location": FIRST}),
    }
    return table.get(request.path, Answer(status=404))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("further") / "archive"
    with open_paper(newspaper) as paper:
        settings = {**UNHURRIED, "ARCHIVE": str(folder), "REQUISITES": "none"}
        done = scrapy("crawl", "news", "-a", f"url={paper.home}", settings=settings)
        assert done.returncode == 0, done.stderr
        asked = paper.paths()
    assert [path for path in asked if path.startswith(FIRST)] == [FIRST, *(f"{FIRST}{n}/" for n in (2, 3, 4))]
    return folder


def test_the_text_is_that_of_all_pages_in_order(archive: Path) -> None:
    (article,) = articles(archive)
    places = [article["text"].index(f"من الخبر رقم {number}.") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert article["url"].endswith(FIRST)
    parts = json.loads(article["further_pages"])
    assert [part["url"].removesuffix("/")[-1] for part in parts] == ["2", "3"]
    assert {part["warc_file"] for part in parts} == {article["warc_file"]}
    (stats,) = run_stats(archive)
    counters = stats["counters"]
    assert (counters["pages/further"], counters["failed/further_pages"]) == (2, 1)


def test_verify_and_reextract_read_the_same_text_again(archive: Path) -> None:
    settings = {"ARCHIVE": str(archive), "EXTRACTION_LANES": "1"}
    verified = scrapy("verify", str(archive), "--reread", settings=settings)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = scrapy("reextract", str(archive), "--generation", "again", settings=settings)
    assert again.returncode == 0, again.stderr
    (path,) = (archive / "articles-again").rglob("*.parquet")
    (row,) = pq.read_table(path, partitioning=None).to_pylist()
    (before,) = articles(archive)
    assert (row["id"], row["text"], row["further_pages"]) == (
        before["id"],
        before["text"],
        before["further_pages"],
    )


def test_a_bundle_of_the_article_holds_its_further_pages(archive: Path, tmp_path: Path) -> None:
    (article,) = articles(archive)
    (tmp_path / "urls.txt").write_text(article["url"])
    words = ("--output", str(tmp_path / "out.wacz"), "--urls", str(tmp_path / "urls.txt"))
    done = scrapy("wacz", *words, settings={"ARCHIVE": str(archive)})
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "out.wacz") as bundle:
        (name,) = [name for name in bundle.namelist() if name.endswith(".warc.gz")]
        (tmp_path / "out.warc.gz").write_bytes(bundle.read(name))
    urls = {answer.url for answer in answers(tmp_path / "out.warc.gz")}
    assert {url.partition(FIRST)[2] for url in urls if FIRST in url} >= {"", "2/", "3/"}
