"""scrapy report through the door: a folder and S3, a run, a site, and what has no meaning."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.errors import ArchiveError
from crawler.report.making import NAME, write_run_report
from crawler.storage import S3Credentials
from tests.crawl.running import scrapy
from tests.report.building import Run, article, build, daily
from tests.report.reading import seen
from tests.servers.swift import Swift

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command")
    daily(folder, 4)
    daily(folder, 1, site="wadi")
    return folder


def test_an_archive_is_told_in_one_file(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    result = scrapy("report", str(archive), "--output", str(target))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{target}: ")
    text = seen(target.read_bytes()).text
    # 60 different stories of barada in 96 rows, 24 of wadi
    assert "Articles مقالات 84" in text
    assert "Versions of articles إصدارات المقالات 120" in text
    assert list(tmp_path.iterdir()) == [target]


def test_a_page_is_made_again_over_the_old_one(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("old")
    assert scrapy("report", str(archive), "-o", str(target), "--site", "wadi").returncode == 0
    text = seen(target.read_bytes()).text
    assert "wadi" in text
    assert "barada" not in text.replace(str(archive), "")


def test_a_run_is_told_again_years_later(archive: Path, tmp_path: Path) -> None:
    run = max(path.name for path in (archive / "runs").glob("*-barada-*"))
    target = tmp_path / "run.html"
    result = scrapy("report", "--run", run, "-o", str(target), settings={"ARCHIVE": str(archive)})
    assert result.returncode == 0, result.stderr
    assert f"scrapy report --run {run}" in seen(target.read_bytes()).text


def test_a_page_goes_to_stdout_whole(archive: Path) -> None:
    result = scrapy("report", str(archive), "-o", "-", "--site", "wadi")
    assert result.stdout.startswith("<!DOCTYPE html>")
    assert result.stdout.endswith("</html>\n")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--site", "absent"], 2, "has no site 'absent'"),
        (["--run", "yesterday"], 2, "is not the name of a run"),
        (["--run", "20200101000000-barada-abcdef"], 1, "20200101000000-barada-abcdef"),
        (["--run", "20200101000000-barada-abcdef", "--site", "barada"], 2, "not both"),
        (["another"], 2, "one archive at most"),
        (["-o", "/nowhere/at/all.html"], 1, "/nowhere/at/all.html cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    archive: Path, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    output = [] if "-o" in words else ["-o", str(tmp_path / "x.html")]
    result = scrapy("report", str(archive), *words, *output)
    assert result.returncode == code, result.stderr
    assert says in result.stderr + result.stdout
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_pages_are_made_for_a_user_without_a_home(archive: Path, tmp_path: Path) -> None:
    """The list of fonts that matplotlib makes has nowhere to stay; nothing is said of it, nothing is left."""
    env = {"HOME": "/proc/absent", "XDG_CACHE_HOME": "", "TMPDIR": str(tmp_path)}
    result = scrapy("report", str(archive), "-o", "-", "--site", "wadi", env=env)
    assert result.returncode == 0
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_numbers_has_no_page_and_says_so(tmp_path: Path) -> None:
    run = "20260510120000-barada-abcdef"
    with pytest.raises(ArchiveError, match=run):
        write_run_report(tmp_path / "spool", str(tmp_path), S3Credentials(), run_id=run, site=None)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_archive_is_told(tmp_path: Path) -> None:
    result = scrapy("report", str(tmp_path), "-o", str(tmp_path / "x.html"))
    assert result.returncode == 1
    assert "holds no site" in result.stderr


def test_damage_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    run = daily(tmp_path / "archive", 1)[0]
    table = next((tmp_path / "archive").glob("articles/**/*.parquet"))
    table.write_bytes(table.read_bytes()[:2_000])
    index = next((tmp_path / "archive").glob("cdxj/**/*.cdxj"))
    index.write_bytes(b"no index\n")
    for words in ([], ["--run", run]):
        target = tmp_path / "page.html"
        result = scrapy("report", str(tmp_path / "archive"), *words, "-o", str(target))
        assert result.returncode == 0, result.stderr
        text = seen(target.read_bytes()).text
        assert f"{table.name} in " in text
        if words:
            assert f"{index.name} in " in text


def test_an_archive_on_s3_gives_the_same_page(
    archive: Path, tmp_path: Path, swift: Swift, swift_client: "S3Client", bucket: str
) -> None:
    for path in archive.rglob("*"):
        if path.is_file():
            swift_client.upload_file(str(path), bucket, f"news/{path.relative_to(archive).as_posix()}")
    env = {
        "AWS_ACCESS_KEY_ID": swift.access_key,
        "AWS_SECRET_ACCESS_KEY": swift.secret_key,
        "AWS_ENDPOINT_URL": swift.endpoint_url,
        "AWS_REGION_NAME": swift.region,
    }
    run = max(path.name for path in (archive / "runs").glob("*-barada-*"))
    for words in (["--run", run], []):
        pages = []
        for place in (str(archive), f"s3://{bucket}/news"):
            result = scrapy("report", place, *words, "-o", "-", env=env)
            assert result.returncode == 0, result.stderr
            pages.append(result.stdout.replace(place, "PLACE"))
        assert seen(pages[0].encode()).texts[6:] == seen(pages[1].encode()).texts[6:]


def test_a_run_that_ends_writes_its_page_out_of_spool_and_archive(tmp_path: Path) -> None:
    """What was delivered lies in the archive, what could not be still waits; both are on the page."""
    archive, spool = tmp_path / "archive", tmp_path / "spool"
    run = Run()
    run.articles = [article(number, run) for number in range(12)]
    name = build(archive, run)
    for key in ("cdxj", f"runs/{name}/stats.json"):
        (spool / key).parent.mkdir(parents=True, exist_ok=True)
        (archive / key).rename(spool / key)
    path = write_run_report(spool, str(archive), S3Credentials(), run_id=name, site=None)
    assert path == spool / "runs" / name / NAME
    text = seen(path.read_bytes()).text
    assert "12 responses (pages, lists, robots.txt) and 12 articles" in text
    assert json.loads((spool / f"runs/{name}/stats.json").read_text())["articles"] == 12
