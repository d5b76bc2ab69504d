"""The benchmark's marks mean what its table says."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.extraction.__main__ import main
from benchmarks.extraction.pages import load
from benchmarks.extraction.scores import Answer, score, token_f1

from .cases import PAGES


@pytest.mark.parametrize(
    ("wanted", "got", "optional", "f1"),
    [
        ("كتاب جديد", "كتاب جديد", "", 1.0),
        ("كتاب جديد", "", "", 0.0),
        ("كتاب جديد", "كتاب", "", 2 / 3),
        ("كتاب جديد", "كتاب جديد في السوق", "", 2 / 3),
        ("كتاب جديد", "كتاب جديد في السوق", "في السوق", 1.0),
        ("كتاب كتاب", "كتاب", "", 2 / 3),
    ],
)
def test_token_f1(wanted: str, got: str, optional: str, f1: float) -> None:
    assert token_f1(wanted, got, optional) == pytest.approx(f1)


def _page(folder: Path, **answer: object) -> None:
    (folder / "one.html").write_text("<html><p>x</p></html>", "utf-8")
    (folder / "one.json").write_text(json.dumps(answer), "utf-8")


def test_marks_of_an_article(tmp_path: Path) -> None:
    _page(
        tmp_path,
        url="https://a.example/1",
        text=["كتاب جديد"],
        title="كتاب",
        published="2020-01-27T15:10:00+03:00",
        author="كتبت أسماء نصار",
        section=["ثقافة"],
        must_not_contain=["تابعونا", "إعلان"],
    )
    (known,) = load([tmp_path])
    marks = score(
        known,
        Answer(
            text="كتاب جديد تابعونا",
            title="كتاب",
            published="2020-01-27T12:10:30+00:00",
            authors=("أسماء نصار",),
        ),
    )
    assert (marks.day, marks.minute, marks.title, marks.authors, marks.section) == (
        True,
        True,
        True,
        True,
        False,
    )
    assert marks.leaks == 1
    assert marks.false_article is None


def test_a_desk_in_the_answer_is_no_person(tmp_path: Path) -> None:
    _page(tmp_path, url="https://a.example/1", text=["كتاب"], author="فريق التحرير")
    (known,) = load([tmp_path])
    assert score(known, Answer()).authors is True
    assert score(known, Answer(authors=("فريق التحرير",))).authors is False


def test_a_compressed_page(tmp_path: Path) -> None:
    (tmp_path / "one.html.gz").write_bytes(gzip.compress(b"<html><p>x</p></html>"))
    (tmp_path / "one.json").write_text(
        json.dumps({"text": ["x"], "fetched": "2020-01-01T00:00:00Z"}), "utf-8"
    )
    (known,) = load([tmp_path])
    assert (known.name.partition("/")[2], known.body, known.fetched_at.year) == (
        "one",
        b"<html><p>x</p></html>",
        2020,
    )


def test_all_pages_of_an_outlet_are_in_one_half(tmp_path: Path) -> None:
    for number, host in enumerate(("www.paper.example", "m.paper.example")):
        answer = {"url": f"https://{host}/{number}", "text": ["x"]}
        (tmp_path / f"{number}.html").write_text("<html></html>", "utf-8")
        (tmp_path / f"{number}.json").write_text(json.dumps(answer), "utf-8")
    assert len({known.half for known in load([tmp_path])}) == 1


def test_a_page_without_an_answer_must_yield_none(tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text("<html></html>", "utf-8")
    (known,) = load([tmp_path])
    assert score(known, Answer(text="كلمة " * 60)).false_article is True
    assert score(known, Answer()).false_article is False


def test_a_folder_without_pages(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load([tmp_path])


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(PAGES), "--only", "warraq", "--runs", "0"]) == 0
    assert "| warraq | 1.0000 |" in capsys.readouterr().out


def test_an_unknown_tool() -> None:
    with pytest.raises(SystemExit):
        main([str(PAGES), "--only", "unknown"])
