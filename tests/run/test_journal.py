"""Articles are safe from a kill at any moment, and nothing half-written is taken for whole."""

import json
import resource
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArchiveError
from crawler.run.journal import Journal, leftovers, rows
from tests.articles import MakeArticle


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_appended_is_there_at_once_and_after_closing(tmp_path: Path, article: MakeArticle) -> None:
    first, second = article(), article(url="https://warraq.example/2", authors=["الجاحظ"])
    journal = Journal(tmp_path / "journal" / "x")

    assert journal.append(first) is None
    assert journal.append(second) is None
    unfinished = tmp_path / "journal" / "x" / "000001.jsonl.open"
    assert [row.record for row in rows(unfinished)] == [first.record(), second.record()]

    closed = journal.close()

    assert closed == unfinished.with_suffix("")
    assert names(closed.parent) == ["000001.jsonl"]
    assert [row.record for row in rows(closed)] == [first.record(), second.record()]
    assert journal.close() is None


def test_a_number_is_used_once_though_its_file_is_gone(tmp_path: Path, article: MakeArticle) -> None:
    journal = Journal(tmp_path, max_articles=1)
    for number in (1, 2):
        full = journal.append(article())
        assert full == tmp_path / f"{number:06}.jsonl"
        full.unlink()  # as when it has become Parquet, whose name bears the number


def test_rows_say_where_they_lie(tmp_path: Path, article: MakeArticle) -> None:
    with Journal(tmp_path) as journal:
        for number in range(3):
            journal.append(article(word_count=number))

    content = (tmp_path / "000001.jsonl").read_bytes()
    found = list(rows(tmp_path / "000001.jsonl"))

    assert [row.number for row in found] == [1, 2, 3]
    for row in found:
        assert json.loads(content[row.offset : row.offset + row.size]) == row.record


def test_an_unused_journal_leaves_nothing(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_full_files_are_closed_and_numbered_on(tmp_path: Path, article: MakeArticle) -> None:
    journal = Journal(tmp_path, max_articles=2)
    full = [journal.append(article()) for _ in range(5)]

    assert full == [None, tmp_path / "000001.jsonl", None, tmp_path / "000002.jsonl", None]
    assert names(tmp_path) == ["000001.jsonl", "000002.jsonl", "000003.jsonl.open"]
    (tmp_path / "000001.jsonl").unlink()
    with Journal(tmp_path, max_bytes=1) as after:
        assert after.append(article()) == tmp_path / "000004.jsonl"
    journal.close()
    assert [path.name for path in leftovers(tmp_path)] == ["000002.jsonl", "000003.jsonl", "000004.jsonl"]


def test_leftovers_of_a_killed_crawl(tmp_path: Path) -> None:
    for name in ("000010.jsonl", "000009.jsonl.open", "notes.txt", "000001.jsonl.bak"):
        (tmp_path / name).touch()

    assert [path.name for path in leftovers(tmp_path)] == ["000009.jsonl.open", "000010.jsonl"]
    assert leftovers(tmp_path / "none") == []


def test_a_torn_last_line_is_told_wherever_it_tears(
    tmp_path: Path, article: MakeArticle, caplog: pytest.LogCaptureFixture
) -> None:
    with Journal(tmp_path) as journal:
        journal.append(article())
        journal.append(article(title="ثانٍ"))
    path = tmp_path / "000001.jsonl"
    content = path.read_bytes()
    second = content.index(b"\n") + 1

    for end in range(second + 1, len(content) - 1):
        path.write_bytes(content[:end])
        caplog.clear()
        assert len(list(rows(path))) == 1
        assert f"torn line of {end - second} bytes" in caplog.text

    caplog.clear()
    path.write_bytes(content[:-1])
    assert len(list(rows(path))) == 2, "only the newline is missing"
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "line 2: it is no JSON"),
        (b"", "line 2: it is no JSON"),
        (b"\x00" * 40, "line 2: it is no JSON"),
        (b"[" * 100_000, "line 2: it is no JSON"),
        (b"\xff", "line 2: it is no JSON"),
        (b"[]", "line 2: it is no JSON object"),
        (b'{"id": "1"}', "line 2: fields missing"),
    ],
)
def test_a_bad_line_inside_is_named(tmp_path: Path, article: MakeArticle, line: bytes, said: str) -> None:
    with Journal(tmp_path) as journal:
        journal.append(article())
    path = tmp_path / "000001.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n" + path.read_bytes())

    with pytest.raises(ArchiveError, match=said):
        list(rows(path))


def test_a_value_that_fits_no_column_is_refused_before_it_is_written(
    tmp_path: Path, article: MakeArticle
) -> None:
    # Cairo before 1900 kept the sun's time, whose offset RFC 3339 cannot write.
    old = datetime(1899, 1, 1, tzinfo=ZoneInfo("Africa/Cairo"))
    journal = Journal(tmp_path)
    journal.append(article())

    with pytest.raises(ArchiveError, match=r"warraq.example/1 cannot be kept: published must be a moment"):
        journal.append(article(published=old))

    closed = journal.close()
    assert closed is not None
    assert len(list(rows(closed))) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("كتاب \ud83d", "كتاب \ufffd"),
        ("\udcd6 كتاب", "\ufffd كتاب"),
        ("\ud83d\ud83d\udcd6", "\ufffd\U0001f4d6"),
        ("\ud83d\udcd6", "\U0001f4d6"),
        ("كتاب \U0001f4d6 \u2028 \x00", "كتاب \U0001f4d6 \u2028 \x00"),
    ],
)
def test_half_a_surrogate_pair_becomes_a_replacement_character(
    tmp_path: Path, article: MakeArticle, text: str, kept: str
) -> None:
    with Journal(tmp_path) as journal:
        journal.append(article(title=text, tags=[text]))

    (row,) = rows(tmp_path / "000001.jsonl")

    assert (row.record["title"], row.record["tags"]) == (kept, [kept])


def test_an_escaped_half_pair_in_a_journal_is_named(tmp_path: Path, article: MakeArticle) -> None:
    path = tmp_path / "1.jsonl"
    path.write_text(json.dumps(article(title="\ud83d").record()) + "\n")

    with pytest.raises(ArchiveError, match="line 1: it holds half a surrogate pair"):
        list(rows(path))


@given(
    title=st.text(st.characters(codec=None, exclude_categories=()), max_size=30),
    tags=st.lists(st.text(max_size=9)),
)
def test_any_text_is_one_line_that_comes_back(
    tmp_path: Path, article: MakeArticle, title: str, tags: list[str]
) -> None:
    wild = article(title=title, tags=tags)
    closed = Journal(tmp_path, max_articles=1).append(wild)
    assert closed is not None

    (row,) = rows(closed)

    whole = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert row.record == wild.record() | {"title": whole}
    assert closed.read_bytes().count(b"\n") == 1


def test_a_full_disk_takes_no_half_line(tmp_path: Path, article: MakeArticle) -> None:
    journal = Journal(tmp_path)
    journal.append(article())
    size = (tmp_path / "000001.jsonl.open").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, before[1]))  # a disk that takes 1000 bytes more
    try:
        with pytest.raises(ArchiveError, match="cannot be written: File too large"):
            journal.append(article(text="ك" * 2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.append(article(title="بعد ذلك"))
    closed = journal.close()

    assert closed is not None
    assert [row.record["title"] for row in rows(closed)] == [article().title, "بعد ذلك"]
    assert closed.read_bytes().endswith(b"}\n"), "of the line that did not fit nothing is left"
