"""scrapy export --distinct: one article of each story, or of each text."""

import json
from pathlib import Path

import pytest

from crawler.items import Article
from tests.printings import TEXTS, Printing, archive_of, cache, printing
from tests.wacz.commanding import run_command

__all__ = ["cache", "printing"]  # fixtures
WIRE = "\n".join([TEXTS[0], TEXTS[1]])


@pytest.fixture
def articles(printing: Printing) -> dict[str, Article]:
    words = WIRE.split(" ")
    return {
        "half": printing("barada", " ".join(words[: len(words) // 2]), 0),
        "whole": printing("wadi", WIRE, 2),
        "copy": printing("nakhla", WIRE, 3),
        "alone": printing("wadi", TEXTS[5], 1),
        "edited": printing("wadi", f"{TEXTS[6]}\n{TEXTS[7]}", 9, url="https://wadi.example/e"),
        "before": printing("wadi", TEXTS[6], 8, url="https://wadi.example/e"),
    }


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["longest"], {"whole", "alone", "edited"}),
        (["earliest"], {"half", "alone", "before"}),
        (["exact"], {"half", "whole", "alone", "edited", "before"}),
        (["exact", "--prefer", "nakhla"], {"half", "copy", "alone", "edited", "before"}),
        (["longest", "--prefer", "zaytoun", "--prefer", "barada"], {"half", "alone", "edited"}),
        (["longest", "--site", "nakhla", "--site", "barada"], {"copy"}),  # of the selection
        (["earliest", "--latest-only"], {"half", "alone", "edited"}),
    ],
)
def test_one_of_each_is_kept(
    tmp_path: Path, articles: dict[str, Article], words: list[str], kept: set[str]
) -> None:
    archive = str(archive_of(tmp_path / "archive", list(articles.values())))
    assert run_command("stories", archive).code == 0
    target = tmp_path / "corpus.jsonl"
    ended = run_command("export", archive, "--output", str(target), "--distinct", *words)
    assert ended.code == 0, ended.said
    names = {each.id: name for name, each in articles.items()}
    found = [names[json.loads(line)["id"]] for line in target.read_text("utf-8").splitlines()]
    assert sorted(found) == sorted(kept)
    listed = [
        json.loads(line)
        for line in (tmp_path / "corpus.jsonl.left-out.jsonl").read_text("utf-8").splitlines()
    ]
    assert {names[each["kept_id"]] for each in listed} <= kept
    assert not {names[each["id"]] for each in listed} & kept
    manifest = json.loads((tmp_path / "corpus.jsonl.manifest.json").read_text("utf-8"))
    assert manifest["rows"] == len(kept)
    assert manifest["left_out"] == {"name": "corpus.jsonl.left-out.jsonl", "rows": len(listed)}
    assert manifest["asked"]["distinct"] == words[0]


def test_without_stories_the_sentence_names_the_command(tmp_path: Path, articles: dict[str, Article]) -> None:
    archive = str(archive_of(tmp_path / "archive", list(articles.values())))
    target = str(tmp_path / "corpus.jsonl")
    ended = run_command("export", archive, "--output", target, "--distinct", "longest")
    assert ended.code == 1
    assert "call scrapy stories first" in ended.said
    assert not list(tmp_path.glob("corpus*"))
    assert run_command("export", archive, "--output", target, "--prefer", "wadi").code == 2
