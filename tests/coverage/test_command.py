"""scrapy coverage through the door: after a crawl of a paper that has gaps."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.running import crawl, scrapy
from tests.ledger.making import NOON, begin, opened, page
from tests.servers.paper import Answer, front_page, open_paper, path_of, rss, story

GOOD, GONE = (1, 2, 3), 4


@dataclass(frozen=True)
class Crawled:
    archive: Path
    site: str
    home: str


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    archive = tmp_path_factory.mktemp("coverage") / "archive"
    answers: dict[str, Answer] = {path_of(number): story(number) for number in GOOD}
    answers |= {"/": front_page("/feed/"), "/feed/": rss(*(path_of(n) for n in (*GOOD, GONE)))}
    with open_paper(answers) as paper:
        result = crawl("news", archive, arguments={"url": paper.home})
        assert result.returncode == 0, result.stderr[-3000:]
    [ledger] = archive.glob("ledger/*.json")
    return Crawled(archive, ledger.stem, paper.home)


def reported(crawled: Crawled, *options: str) -> dict[str, Any]:
    result = scrapy("coverage", str(crawled.archive), "--json", *options)
    assert result.returncode == 0, result.stderr
    [line] = result.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_what_is_there_and_what_is_missing(crawled: Crawled) -> None:
    found = reported(crawled)
    assert (found["site"], found["ledger"]) == (crawled.site, "spool")
    assert found["last_run"] in {path.name for path in crawled.archive.glob("runs/*")}
    assert found["total"] == {
        "advertised": 4,
        "advertised_by": {"feed": 4},
        "fetched": 4,
        "archived": 3,
        "read_back": 3,
        "articles": 3,
        "missing": 1,
        "given_up": 0,
        "gone": 1,
        "covered_percent": 75.0,
    }
    assert found["missing_reasons"] == {"http-404": 1}
    assert sum(day["advertised"] for day in found["days"].values()) == 4


def test_the_archives_own_copy_says_the_same(crawled: Crawled, tmp_path: Path) -> None:
    """As another machine sees it, whose spool is empty."""
    result = scrapy("coverage", str(crawled.archive), "--json", settings={"SPOOL": str(tmp_path)})
    assert json.loads(result.stdout) == reported(crawled) | {"ledger": "archive"}
    assert list(tmp_path.iterdir()) == []


def test_the_table(crawled: Crawled) -> None:
    result = scrapy("coverage", settings={"ARCHIVE": str(crawled.archive)})
    assert (result.returncode, result.stderr) == (0, "")
    for words in (crawled.site, "advertised", "read back", "75.0 %", "feed 4", "missing: http-404 1"):
        assert words in result.stdout


def test_missing_pages_are_listed(crawled: Crawled) -> None:
    result = scrapy("coverage", str(crawled.archive), "--missing")
    [line] = result.stdout.splitlines()
    site, _, reason, url = line.split("\t")
    assert (site, reason) == (crawled.site, "http-404")
    assert url.rstrip("/") == f"{crawled.home}{path_of(GONE).strip('/')}"
    as_json = scrapy("coverage", str(crawled.archive), "--missing", "--json")
    assert json.loads(as_json.stdout)["url"] == url


@pytest.mark.parametrize(("least", "code"), [("75", 0), ("75.1", 1), ("0", 0), ("100", 1)])
def test_fail_under(crawled: Crawled, least: str, code: int) -> None:
    result = scrapy("coverage", str(crawled.archive), "--fail-under", least)
    assert result.returncode == code
    said = f"scrapy coverage: {crawled.site}: 75.0 % are covered, which is under {least} %.\n"
    assert result.stderr == (said if code else "")


def test_nothing_advertised_is_nothing_covered(crawled: Crawled) -> None:
    result = scrapy("coverage", str(crawled.archive), "--since", "2000-01-01", "--until", "2000-01-02",
                    "--fail-under", "0")  # fmt: skip
    assert result.returncode == 1
    assert result.stderr == (
        f"scrapy coverage: {crawled.site}: nothing was advertised, so nothing is covered.\n"
    )


def test_a_warc_file_that_is_lost_is_missed(crawled: Crawled, tmp_path: Path) -> None:
    [warc] = crawled.archive.glob("warc/**/*.warc.gz")
    aside = tmp_path / warc.name
    warc.rename(aside)
    try:
        found = reported(crawled)
    finally:
        aside.rename(warc)
    assert found["missing_reasons"] == {"not-in-archive": 3, "http-404": 1}
    assert found["total"]["read_back"] == 0
    assert found["total"]["articles"] == 3


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--site", "absent"), 2, "knows of no site 'absent'; it has "),
        (("--since", "yesterday"), 2, "--since 'yesterday' is not a day: write it as 2026-01-31."),
        (("--since", "2026-02-01", "--until", "2026-01-01"), 2, "lies after --until"),
        (("--days", "0"), 2, "--days 0 shows nothing"),
        (("--fail-under", "101"), 2, "--fail-under 101.0 is not a percentage"),
        (("--fail-under", "5", "--missing"), 2, "Choose one of --missing and --fail-under."),
        (("--wheels",), 2, "There is no option --wheels."),
        (("another",), 2, "Name one archive at most"),
    ],
)
def test_what_a_user_gets_wrong(crawled: Crawled, options: tuple[str, ...], code: int, said: str) -> None:
    result = scrapy("coverage", str(crawled.archive), *options)
    assert (result.returncode, result.stdout.count("Traceback")) == (code, 0)
    assert said in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_an_archive_without_ledgers(tmp_path: Path) -> None:
    nowhere = scrapy("coverage", str(tmp_path / "none"))
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert "there is no such folder" in nowhere.stderr
    empty = scrapy("coverage", str(tmp_path))
    assert empty.returncode == 1
    assert "holds no ledger: nothing was crawled into it." in empty.stderr


def test_a_ledger_that_is_damaged_or_too_new(tmp_path: Path) -> None:
    ledger = tmp_path / ".spool/ledger/paper.sqlite"
    with opened(ledger) as made:
        begin(made, "run").take_in([page(1)], NOON)
        made._database.execute("PRAGMA user_version = 999")
    newer = scrapy("coverage", str(tmp_path))
    assert newer.returncode == 1
    assert "was written by a newer Warraq" in newer.stderr
    ledger.write_bytes(b"nothing " * 600)
    damaged = scrapy("coverage", str(tmp_path))
    assert damaged.returncode == 1
    assert damaged.stderr == f"scrapy coverage: The ledger {ledger} fails: file is not a database.\n"
