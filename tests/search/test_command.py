"""scrapy search, as a user calls it."""

import hashlib
import json
from pathlib import Path

import pytest

from crawler.storage import S3Credentials, open_storage
from tests.crawl.running import scrapy
from tests.search.archives import Library, story
from tests.servers.s3 import environment
from tests.servers.swift import Swift


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_a_reader_gets_articles_with_the_words_in_their_letters(
    stocked: Library, env: dict[str, str]
) -> None:
    ended = scrapy("search", "مياه", str(stocked.root), "--limit", "2", env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[0] == "3 articles, 2 shown; 1 without a known date"
    assert lines[1].startswith("مياه finds: ")
    assert "المياه (1)" in lines[1]
    assert lines[3] == "1. قطع المياه"
    assert lines[4] == "   2026-01-05 10:00 · ورّاق (warraq_example) · https://warraq.example/1"
    assert lines[5].strip() == "أعلنت وزارة الموارد المائية قطع المياه عن الحي الغربي."
    assert len(lines) == 10


def test_a_script_gets_one_object_a_line(stocked: Library, env: dict[str, str]) -> None:
    words = ("search", "القاهره", str(stocked.root), "--json", "--sort", "oldest", "--country", "eg")
    ended = scrapy(*words, "--from", "2026-02-10", "--to", "2026-02-28", env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [each["title"] for each in found] == ["معرض الكتاب", "موسم الأمطار"]
    first = found[0]
    assert list(first) == ["id", "url", "site", "published", "title", "score", "snippet", "marks"]
    assert (first["site"], first["published"]) == ("nile_example", "2026-02-10T09:00:00+02:00")
    [[start, end]] = first["marks"]
    assert first["snippet"][start:end] == "القاهره"


def test_exact_words_sections_and_sites(stocked: Library, env: dict[str, str]) -> None:
    def titles(*options: str) -> list[str]:
        ended = scrapy("search", *options, "--json", settings={"ARCHIVE": str(stocked.root)}, env=env)
        assert ended.returncode == 0, ended.stderr
        return sorted(json.loads(line)["title"] for line in ended.stdout.splitlines())

    assert titles("المياه", "--exact") == ["قطع المياه"]
    assert titles("", "--section", "محليات") == ["إصلاح الشبكة", "قطع المياه"]
    assert titles("مياه", "--site", "nile_example") == ["بلا تاريخ"]


def test_nothing_found_is_a_sentence_and_no_error(stocked: Library, env: dict[str, str]) -> None:
    ended = scrapy("search", "مياه سسسسس", str(stocked.root), env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "No article was found. No article holds سسسسس.\n"
    ended = scrapy("search", "سسسسس", str(stocked.root), "--json", env=env)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "No article was found.\n")
    ended = scrapy("search", '"بلا تاريخ"', str(stocked.root), "--from", "2026-01-01", env=env)
    assert ended.stdout == (
        "No article was found. 1 without a known date match; leave out the days to see them.\n"
    )


REFUSED = [
    (["م" * 10_000], "The query has 10,000 letters; write at most 1,000 of them."),
    (["!?"], "The query holds no word; write some letters or digits."),
    (["مياه", "--site", "nile_exmple"], "has no site 'nile_exmple'. Did you mean nile_example or"),
    (["مياه", "--from", "yesterday"], "--from 'yesterday' is not a day: write it as 2026-01-31."),
    (["مياه", "--from", "2026-02-01", "--to", "2026-01-01"], "lies after the last day"),
    (["مياه", "--limit", "-1"], "-1 results are asked for"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED)
def test_what_makes_no_sense_ends_with_2(
    stocked: Library, env: dict[str, str], words: list[str], sentence: str
) -> None:
    ended = scrapy("search", *words, settings={"ARCHIVE": str(stocked.root)}, env=env)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (2, "", 1)
    assert sentence in ended.stderr


def test_an_archive_without_articles_ends_with_1(library: Library, env: dict[str, str]) -> None:
    for _ in range(2):
        ended = scrapy("search", "مياه", str(library.root), env=env)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr == f"scrapy search: The archive {library.root} has no articles.\n"
    library.root.rmdir()
    ended = scrapy("search", "مياه", str(library.root) + "x", env=env)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)


def test_a_damaged_table_is_named_and_the_rest_is_shown(stocked: Library, env: dict[str, str]) -> None:
    [path] = (stocked.root / "articles/site=warraq_example/month=2026-03").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-30])
    ended = scrapy("search", "مياه", str(stocked.root), "--json", env=env)
    assert (ended.returncode, len(ended.stdout.splitlines())) == (1, 3)
    [line] = ended.stderr.splitlines()
    assert path.name in line


def test_a_text_cannot_control_the_terminal(library: Library, env: dict[str, str]) -> None:
    library.add(story(1, "مياه \x1b[2J\u202eخفية\u0007 هنا", title="عنوان\x1b]0;x\u0007\nآخر"))
    ended = scrapy("search", "مياه", str(library.root), env=env)
    assert ended.returncode == 0
    assert not set("\x1b\x07\u202e") & set(ended.stdout)


def test_without_the_engine_the_extra_is_named(stocked: Library, env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without/tantivy.py").write_text("raise ImportError('not installed')\n")
    ended = scrapy("search", "مياه", str(stocked.root), env={**env, "PYTHONPATH": str(tmp_path / "without")})
    assert ended.returncode == 2
    assert ended.stderr == (
        "scrapy search: Search needs the package tantivy, which is not installed: "
        "pip install 'warraq[room]'.\n"
    )


def test_a_cache_that_cannot_be_written_is_a_sentence(stocked: Library, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = scrapy("search", "مياه", str(stocked.root), env={"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1)
    assert "The index of the archive cannot be kept in" in ended.stderr


def test_an_archive_on_s3(stocked: Library, swift: Swift, bucket: str, env: dict[str, str]) -> None:
    credentials = S3Credentials(
        access_key=swift.access_key, secret_key=swift.secret_key, endpoint_url=swift.endpoint_url,
        region=swift.region,
    )  # fmt: skip
    storage = open_storage(f"s3://{bucket}/p", credentials=credentials)
    for path in sorted(stocked.root.rglob("*.parquet")):
        key = path.relative_to(stocked.root).as_posix()
        storage.put(key, path, hashlib.sha256(path.read_bytes()).hexdigest())
    there = environment(swift, **env)
    for _ in range(2):
        ended = scrapy("search", "مياه", f"s3://{bucket}/p", "--json", env=there)
        assert (ended.returncode, len(ended.stdout.splitlines())) == (0, 3), ended.stderr
    ended = scrapy("search", "مياه", f"s3://{bucket}-none/p", env=there)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
