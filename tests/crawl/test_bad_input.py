"""What a user can get wrong: one sentence, an exit code, no trace, nothing fetched."""

from pathlib import Path

import pytest

from tests.crawl.running import scrapy

WRONG: list[tuple[list[str], int, str]] = [
    (["crawl", "step_agncy"], 2, "Did you mean step_agency"),
    (["crawl", "0000"], 2, "scrapy sites"),
    (["crawl"], 2, "Name one site"),
    (["crawl", "step_agency", "baladi_news"], 2, "Name one site"),
    (["crawl", "step_agency", "-a", "since=tomorrow-ish"], 2, "is not a date"),
    (["crawl", "step_agency", "-a", "until=2026-13-01"], 2, "is not a date"),
    (["crawl", "step_agency", "-a", "since=2026-02-01", "-a", "until=2026-01-01"], 2, "before until"),
    (["crawl", "step_agency", "-a", "limit=-3"], 2, "limit=-3"),
    (["crawl", "step_agency", "-a", "limit=lots"], 2, "is not a number"),
    (["crawl", "step_agency", "-a", "limits=5"], 2, "'limits'"),
    (["crawl", "step_agency", "-a", "limit="], 2, "limit=''"),
    (["crawl", "step_agency", "--limit", "5"], 2, "write -a limit=5"),
    (["crawl", "step_agency", "-s", "REQUISTES=none"], 2, "Did you mean REQUISITES"),
    (["sites", "-s", "REQUISTES=none"], 2, "Did you mean REQUISITES"),
    (["crawl", "news"], 2, "needs an address"),
    (["crawl", "news", "-a", "url=not an address"], 2, "is not an address"),
    (["crawl", "news", "-a", "url=ftp://barada.example/"], 2, "is not an address"),
    (["crawl", "news", "-a", "url=https://"], 2, "is not an address"),
    (["crawl", "step_agency", "-s", "ARCHIVE="], 2, "s3://bucket/prefix"),
    (["crawl", "step_agency", "-s", "ARCHIVE=s3://"], 2, "s3://"),
    (["crawl", "step_agency", "-s", "ARCHIVE=ftp://somewhere/x"], 2, "ftp://"),
    (["crawl", "step_agency", "-s", "CONNECT_TO=nonsense"], 2, "nonsense"),
    (["crawl", "step_agency", "-a", "since=0001-01-01"], 2, "outside the years"),
    (["crawl", "step_agency", "-a", "site=x"], 2, "'site'"),
    (["crawl", "step_agency", "-a", "crawler=x"], 2, "'crawler'"),
    (["crawl", "step_agency", "-a", "=x"], 2, "Unknown argument"),
    (["crawl", "step_agency", "-O", "/proc/none/out.jsonl"], 2, "/proc/none/out.jsonl cannot be written"),
    (["crawl", "step_agency", "-s", "EXTRACTION_LANES=abc"], 2, "EXTRACTION_LANES='abc'"),
    (["crawl", "step_agency", "-s", "EXTRACTION_TIMEOUT=0"], 2, "EXTRACTION_TIMEOUT='0'"),
    (["crawl", "step_agency", "-s", "WARC_MAX_BYTES=1GB"], 2, "WARC_MAX_BYTES='1GB'"),
    (["crawl", "step_agency", "-s", "PROGRESS_SECONDS=-1"], 2, "PROGRESS_SECONDS='-1'"),
    (["crawl", "step_agency", "-s", "RECHECK=soon"], 2, "'soon', which is not an age"),
    (["crawl", "step_agency", "-s", "SPOOL_MAX_BYTES=5000"], 2, "at least twice WARC_MAX_BYTES"),
    (["crawl", "step_agency", "-s", "TIMESTAMP_AUTHORITIES=http://127.0.0.1:1/"], 2, "SIGNING_KEY"),
    (["extract", "no-such-file.html"], 1, "no-such-file.html"),
    (["extract"], 2, "Name"),
    (["extract", "README.md", "--url", "no address"], 2, "no address"),
]


@pytest.mark.parametrize(
    ("command", "code", "words"),
    WRONG,
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_one_sentence_and_an_exit_code(command: list[str], code: int, words: str, tmp_path: Path) -> None:
    settings = {} if any("ARCHIVE=" in word for word in command) else {"ARCHIVE": str(tmp_path / "archive")}
    result = scrapy(*command, settings=settings)
    assert words in result.stderr + result.stdout
    assert result.returncode == code, result.stderr[-2000:]
    assert "Traceback" not in result.stderr + result.stdout
    assert not list(tmp_path.rglob("*.warc.gz*"))


def test_a_file_is_no_archive(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for archive in (file, file / "below"):
        result = scrapy("crawl", "step_agency", settings={"ARCHIVE": str(archive)})
        assert result.returncode in {1, 2}
        assert str(archive) in result.stderr
        assert "Traceback" not in result.stderr
    assert file.read_text() == "x"


def test_production_without_an_archive_says_what_to_set() -> None:
    result = scrapy("crawl", "step_agency", env={"SCRAPY_PROJECT": "production"})
    assert result.returncode == 2
    assert "WARRAQ_ARCHIVE" in result.stderr
    assert "Traceback" not in result.stderr
