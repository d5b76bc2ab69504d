"""scrapy stories: from tables of articles to tables of stories, through the command."""

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crawler.items import Article
from crawler.storage import open_storage
from crawler.stories.reading import Stories, read_picture, read_rows, stories_of
from crawler.stories.tables import TABLES
from docs.story_tables import DOCUMENT, filled
from tests import needs
from tests.printings import TEXTS, Printing, archive_of
from tests.wacz.commanding import run_command

WIRE = "\n".join([TEXTS[0], TEXTS[1]])


def cut(text: str, share: float) -> str:
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])


@pytest.fixture
def articles(printing: Printing) -> list[Article]:
    return [
        printing("barada", WIRE, 0, agency="سانا"),
        printing("wadi", cut(WIRE, 0.5), 2, agency="سانا"),
        printing("nakhla", f"{TEXTS[2]}\n{cut(WIRE, 0.25)}\n{TEXTS[3]}", 5),
        printing("zaytoun", WIRE.replace("ة", "ه").replace("أ", "ا"), 3),
        printing("barada", TEXTS[4], 1),
        printing("wadi", TEXTS[5], 1),
        printing("nakhla", TEXTS[5], 4, url="https://nakhla.example/copy"),
        printing("zaytoun", TEXTS[6], 1),
        printing(
            "zaytoun", "\n".join([cut(TEXTS[5], 0.6), cut(TEXTS[4], 0.6), cut(WIRE, 0.3)]), 9,
            title="أبرز الأخبار",
        ),
    ]  # fmt: skip


def read(archive: Path) -> Stories:
    stories = Stories.read(open_storage(str(archive)))
    assert stories is not None
    return stories


def test_the_tables_say_who_printed_what_and_when(tmp_path: Path, articles: list[Article]) -> None:
    archive = archive_of(tmp_path / "archive", articles)
    ended = run_command("stories", str(archive))
    assert ended.code == 0, ended.said
    assert "2 stories of 6 articles among 9" in ended.said
    assert "1 round-ups" in ended.said
    stories = read(archive)
    wire = stories.of(articles[0].id)
    assert wire is not None
    assert wire.id == articles[0].id
    assert [row["site"] for row in wire.articles] == ["barada", "wadi", "zaytoun", "nakhla"]
    assert [row["order_published"] for row in wire.articles] == [1, 2, 3, 4]
    assert wire.facts["source_kind"] == "agency"
    assert wire.facts["source"] == "سانا"
    assert wire.facts["evidence"] == "2 of 4 articles name the agency"
    half, same, quoted = wire.articles[1:]
    assert half["in_first"] > 0.9
    assert 0.4 < half["of_first"] < 0.6
    assert same["in_first"] == same["of_first"] == 1.0
    assert quoted["in_first"] < 0.5
    inserted = {TEXTS[2].count("\n") + 1 + number for number in range(cut(WIRE, 0.25).count("\n") + 1)}
    assert set(quoted["shared_paragraphs"]) <= inserted
    assert quoted["shared_paragraphs"]
    copies = stories.of(articles[5].id)
    assert copies is not None
    assert {row["id"] for row in copies.articles} == {articles[5].id, articles[6].id}
    assert stories.of(articles[7].id) is None
    assert stories_of(open_storage(str(archive)), articles[1].id) == wire
    assert list(stories.newest(1)) == [copies]


def test_the_tables_have_the_documented_columns(tmp_path: Path, articles: list[Article]) -> None:
    archive = archive_of(tmp_path / "archive", articles)
    assert run_command("stories", str(archive)).code == 0
    for table, columns in TABLES.items():
        found = pq.read_table(archive / f"stories/{table}.parquet")
        assert found.column_names == list(columns)
    summary = json.loads((archive / "stories/summary.json").read_text("utf-8"))
    assert summary["tables"]["stories"]["rows"] == 2
    wire = read_rows(open_storage(str(archive)), "wire")
    edges = {(row["source"], row["outlet"]): row for row in wire}
    assert edges["سانا", "WADI"]["median_minutes"] == 120
    assert edges["سانا", "BARADA"]["stories"] == 1
    [left_out] = read_rows(open_storage(str(archive)), "left_out")
    assert left_out["id"] == articles[8].id
    picture = read_picture(open_storage(str(archive)))
    assert picture is not None
    assert "سانا" in picture.decode()


def test_any_order_of_runs_and_any_pace_gives_the_same_tables(
    tmp_path: Path, articles: list[Article]
) -> None:
    whole = archive_of(tmp_path / "whole", articles)
    assert run_command("stories", str(whole)).code == 0
    shuffled = random.Random(3).sample(articles, len(articles))  # noqa: S311
    grown = tmp_path / "grown"
    for number, one in enumerate(shuffled):
        part = archive_of(tmp_path / f"part{number}", [one])
        for path in part.rglob("*.parquet"):
            target = grown / path.relative_to(part).with_name(f"{number}-{path.name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        assert run_command("stories", str(grown)).code == 0
    for table in TABLES:
        one_way = read_rows(open_storage(str(whole)), table)
        other = read_rows(open_storage(str(grown)), table)
        assert one_way == other, table


def test_only_new_tables_are_read_and_removed_ones_forgotten(
    tmp_path: Path, articles: list[Article], printing: Printing
) -> None:
    archive = archive_of(tmp_path / "archive", articles)
    assert "4 of 4 tables were new" in run_command("stories", str(archive)).said
    assert "0 of 4 tables were new" in run_command("stories", str(archive)).said
    archive_of(tmp_path / "more", [printing("later", WIRE, 50)])
    shutil.copytree(tmp_path / "more/articles", archive / "articles", dirs_exist_ok=True)
    said = run_command("stories", str(archive)).said
    assert "1 of 5 tables were new" in said
    assert "2 stories of 7 articles" in said
    shutil.rmtree(archive / "articles/site=nakhla")
    assert "1 stories of 4 articles" in run_command("stories", str(archive)).said


def test_an_edited_article_counts_once_with_its_newest_text(tmp_path: Path, printing: Printing) -> None:
    first = printing("barada", TEXTS[4], 0, url="https://barada.example/1")
    edited = printing("barada", WIRE, 1, url="https://barada.example/1")
    other = printing("wadi", WIRE, 2)
    archive = archive_of(tmp_path / "archive", [first], [edited, other])
    assert run_command("stories", str(archive)).code == 0
    story = read(archive).of(edited.id)
    assert story is not None
    assert story.id == first.id  # the first version that was captured
    assert [row["ids"] for row in story.articles] == [[first.id, edited.id], [other.id]]
    assert read(archive).of(first.id) == story


def test_limits(tmp_path: Path, articles: list[Article]) -> None:
    archive = archive_of(tmp_path / "archive", articles)
    assert "among 4;" in run_command("stories", str(archive), "--site", "barada", "--site", "wadi").said
    assert "among 0;" in run_command("stories", str(archive), "--since", "2027-01-01").said
    assert run_command("stories", str(archive), "--since", "soon").code == 2
    unknown = run_command("stories", str(archive), "--site", "none")
    assert unknown.code == 2
    assert "barada, nakhla, wadi, zaytoun" in unknown.said


def test_an_archive_without_articles(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ended = run_command("stories", str(tmp_path / "empty"))
    assert ended.code == 1
    assert "has no articles" in ended.said
    assert stories_of(open_storage(str(tmp_path / "empty")), "0" * 32) is None


def test_damaged_files_get_a_sentence(tmp_path: Path, articles: list[Article], cache: Path) -> None:
    archive = archive_of(tmp_path / "archive", articles)
    assert run_command("stories", str(archive)).code == 0
    [kept] = cache.rglob("*.sqlite")
    kept.write_bytes(b"no database" * 1000)
    ended = run_command("stories", str(archive))
    assert ended.code == 1
    assert "remove the file" in ended.said
    kept.unlink()
    assert run_command("stories", str(archive)).code == 0
    (archive / "stories/summary.json").write_text("{")
    with pytest.raises(Exception, match="call scrapy stories again"):
        read(archive)


def test_hundreds_of_copies_are_one_story(tmp_path: Path, printing: Printing) -> None:
    copies = [
        printing("copies", WIRE, number / 100, url=f"https://copies.example/{number}")
        for number in range(500)
    ]
    archive = archive_of(tmp_path / "archive", copies)
    assert "1 stories of 500 articles among 500" in run_command("stories", str(archive)).said


def test_the_document_has_the_columns_and_its_example_runs(tmp_path: Path, articles: list[Article]) -> None:
    text = DOCUMENT.read_text("utf-8")
    assert filled(text) == text
    archive = archive_of(tmp_path / "archive", articles)
    assert run_command("stories", str(archive)).code == 0
    [program] = re.findall(r"<!-- example: stories -->\n```python\n(.*?)```", text, re.DOTALL)
    output = subprocess.run(
        [needs.environment_program("analysis", "python"), "-c", program],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert re.search(r"BARADA .*│ +1\.0 │", output)
