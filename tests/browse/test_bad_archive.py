"""Archives that are empty, damaged, or change while they are read: a sentence, and the rest works."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from lxml import html

from tests.browse.opened import Room, opened
from tests.browse.reading import text
from tests.report.building import Run, article, build

MARKET = quote("السوق")


def add(archive: Path, day: int, *numbers: int) -> str:
    run = Run(began=datetime(2026, 5, day, 12, tzinfo=UTC), suffix=f"{day:06x}")
    run.articles = [article(number, run, url=f"https://barada.example/{number}") for number in numbers]
    return build(archive, run)


def lead(room: Room, path: str, language: str = "en") -> tuple[int, str]:
    answer = room.get(path, headers={"Accept-Language": language})
    found = html.document_fromstring(answer.text).cssselect(".lead, .empty, .count")
    return answer.status, text(found[0])


def article_paths(room: Room) -> list[str]:
    return sorted(set(re.findall(r'href="(/article/[0-9a-f]{32})"', room.get("/search?sort=oldest").text)))


def tables(archive: Path) -> list[Path]:
    return sorted(archive.glob("articles/**/*.parquet"))


def test_an_empty_archive_says_so_in_both_languages(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    with opened(archive, tmp_path / "cache", complains=True) as room:
        assert lead(room, "/", "en")[1].startswith("This archive holds no articles yet.")
        assert lead(room, "/", "ar")[1].startswith("لا مقالات في هذا الأرشيف بعد.")
        for path in (
            "/search",
            f"/search?q={MARKET}",
            "/gone",
            "/outlets",
            f"/attention?q={MARKET}",
            "/about",
        ):
            assert room.get(path).status == 200, path
        assert room.get("/feed.atom").status == 200
        assert room.get("/export.jsonl").body == b""


def test_an_archive_that_grows_is_followed(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1)
    with opened(archive, tmp_path / "cache", "--refresh", "1", complains=True) as room:
        assert len(article_paths(room)) == 1
        add(archive, 11, 2, 3)
        found = article_paths(room)
        while len(found) < 3:
            found = article_paths(room)
        assert all(room.get(path).status == 200 for path in found)


def test_a_damaged_table_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1)
    add(archive, 11, 2)
    broken = tables(archive)[0]
    broken.write_bytes(broken.read_bytes()[:200])
    with opened(archive, tmp_path / "cache", complains=True) as room:
        assert len(article_paths(room)) == 1
        assert broken.name in room.get("/").text
        assert room.get(article_paths(room)[0]).status == 200
        assert broken.name in room.get("/about").text


def test_a_table_that_is_damaged_meanwhile_is_a_sentence(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1)
    add(archive, 11, 2)
    with opened(archive, tmp_path / "cache", complains=True) as room:
        paths = article_paths(room)
        broken = tables(archive)[0]
        content = broken.read_bytes()
        broken.write_bytes(content[:-40] + b"\0" * 40)
        statuses = sorted(room.get(path).status for path in paths)
        assert statuses == [200, 503]
        failing = next(path for path in paths if room.get(path).status == 503)
        _, sentence = lead(room, failing)
        assert sentence.startswith("The archive cannot be read just now:")
        assert broken.name in sentence
        assert lead(room, f"/search?q={MARKET}")[1].startswith("2 articles")
        assert room.get("/export.jsonl").status in {200, 503}


def test_an_archive_that_vanishes_is_still_searched(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1, 2)
    with opened(archive, tmp_path / "cache", "--refresh", "1", complains=True) as room:
        path = article_paths(room)[0]
        shutil.move(archive, tmp_path / "away")
        assert lead(room, path)[0] in {404, 503}
        assert room.get("/about").status == 200
        shutil.move(tmp_path / "away", archive)
        while room.get(path).status != 200:
            pass
        assert lead(room, f"/search?q={MARKET}")[1].startswith("2 articles")


def test_a_broken_index_is_made_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1, 2)
    cache = tmp_path / "cache"
    with opened(archive, cache, complains=True) as room:
        assert lead(room, f"/search?q={MARKET}")[1].startswith("2 articles")
    for path in cache.rglob("*"):
        if path.is_file() and path.name != "lock":
            path.write_bytes(b"broken" * 100)
    with opened(archive, cache, complains=True) as room:
        assert lead(room, f"/search?q={MARKET}")[1].startswith("2 articles")
        assert len(article_paths(room)) == 2


def test_an_index_that_breaks_meanwhile_is_made_again_or_named(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1, 2)
    cache = tmp_path / "cache"
    with opened(archive, cache, complains=True) as room:
        for file in cache.rglob("*"):
            if file.is_file() and file.name != "lock":
                file.write_bytes(b"broken" * 100)
        for path in ("/", "/search", f"/search?q={MARKET}", "/gone", "/outlets"):
            status, _ = room.get(path).status, room.get("/about").status
            assert status in {200, 503}, path
        assert lead(room, f"/search?q={MARKET}")[1].startswith("2 articles")


def test_a_manifest_that_is_none_is_said(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    run = add(archive, 10, 1)
    with opened(archive, tmp_path / "cache", complains=True) as room:
        [path] = article_paths(room)
        assert "is not there yet" in room.get(path, headers={"Accept-Language": "en"}).text
        (archive / "runs" / run / "manifest.json").write_text('{"format": "none"}')
        assert "cannot be read" in room.get(path, headers={"Accept-Language": "en"}).text


def test_stories_that_are_damaged_are_said(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, 10, 1)
    (archive / "stories").mkdir()
    (archive / "stories/summary.json").write_text("{")
    with opened(archive, tmp_path / "cache", complains=True) as room:
        answer = room.get(article_paths(room)[0])
        assert answer.status == 200
        assert "scrapy stories" in answer.text
