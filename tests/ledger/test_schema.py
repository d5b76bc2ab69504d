"""Ledgers of older versions are migrated; ledgers of newer versions are refused."""

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.ledger.schema import digest_key, key_of, open_database, open_to_read
from crawler.ledger.steps import STEPS
from tests.ledger.making import DAY, NOON, address, begin, look_into, numbers, opened, outcome

FIRST = "CREATE TABLE things (name TEXT);\n"
SECOND = "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'; -- a colour; each has one\n"
THIRD = "CREATE INDEX by_colour ON things (colour);"
BROKEN = "CREATE TABLE more (name TEXT); INSERT INTO nowhere VALUES (1);"


def test_each_step_is_taken_once_and_rows_stay(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    database = open_database(path, [FIRST])
    database.execute("INSERT INTO things VALUES ('book')")
    database.close()
    for steps in ([FIRST, SECOND, THIRD], [FIRST, SECOND, THIRD]):
        database = open_database(path, steps)
        assert database.execute("SELECT name, colour FROM things").fetchall() == [("book", "red")]
        assert database.execute("PRAGMA user_version").fetchone() == (3,)
        database.close()


def test_a_step_that_fails_leaves_the_older_version(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    open_database(path, [FIRST]).close()
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        open_database(path, [FIRST, BROKEN])
    database = open_database(path, [FIRST, SECOND])
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    assert database.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []
    database.close()


def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with ThreadPoolExecutor(8) as pool:
        for database in pool.map(lambda _: open_database(path), range(24)):
            assert database.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
            database.close()


def test_a_newer_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    open_database(path, [FIRST, SECOND]).close()
    with pytest.raises(ArchiveError) as refused:
        open_database(path, [FIRST])
    assert str(refused.value) == (
        f"The ledger {path} was written by a newer Warraq (its version is 2, this one knows 1): "
        "use that Warraq or a newer one."
    )


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        open_database(path)


def test_a_reader_sees_what_was_committed_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    writer = open_database(path)
    reader = open_to_read(path)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO files (name) VALUES ('a')")
    assert reader.execute("SELECT count(*) FROM files").fetchone() == (0,)
    writer.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM files").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM files")
    reader.close()
    writer.close()


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT * FROM pages WHERE state = 'new' AND turn < 1 ORDER BY turn LIMIT 64", "ready"),
        ("SELECT * FROM pages WHERE state = 'archived' AND look_at <= 5 ORDER BY look_at, key", "due"),
        ("SELECT * FROM pages WHERE text_key = 1 AND text = 2 AND key != 3", "by_text"),
        ("SELECT * FROM pages WHERE article = 1 ORDER BY key != 2, state != 'archived'", "by_article"),
        ("UPDATE pages SET state = 'new' WHERE state = 'claimed'", "claimed"),
        (
            "SELECT * FROM lookups WHERE span = '' AND state = 'pending' ORDER BY rank, seq LIMIT 1",
            "waiting",
        ),
    ],
)
def test_no_query_of_a_crawl_scans_the_whole_table(tmp_path: Path, question: str, index: str) -> None:
    database = open_database(tmp_path / "l.sqlite")
    [*plan] = database.execute(f"EXPLAIN QUERY PLAN {question}")
    database.close()
    assert any(index in row[-1] for row in plan), plan
    assert not any(row[-1].startswith("SCAN pages") and "INDEX" not in row[-1] for row in plan), plan


def test_keys_are_stable() -> None:
    """A change here would make every ledger forget what it knows."""
    assert len(STEPS) == 4
    assert key_of("https://paper.example/خبر") == 6_126_810_561_085_264_891
    assert digest_key(bytes.fromhex("ff" * 32)) == 2**63 - 1


def test_released_steps_never_change() -> None:
    """SQLite keeps the text of CREATE statements, comments too, and adoption compares it between machines."""
    released = ["45b24f26cc752f63a4867679e04cd2302aa44526dd2234beb355bb9ea80cc491"]
    assert [hashlib.sha256(step.encode()).hexdigest() for step in STEPS][: len(released)] == released


def test_a_ledger_of_version_0_1_asks_once_more_for_its_empty_pages(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    database = open_database(path, STEPS[:1])
    for number, (state, reason) in enumerate([("fetched", "empty"), ("fetched", "list"), ("refused", "dns")]):
        database.execute(
            "INSERT INTO pages (key, canonical, via, found_at, seen_run, state, reason, fetched_at) "
            "VALUES (?, ?, 'feed', ?, 1, ?, ?, ?)",
            (number, address(number), NOON.isoformat(), state, reason, NOON.isoformat()),
        )
    database.close()
    for days, asked in ((60, [0]), (61, [])):
        with opened(path) as ledger:
            run = begin(ledger, f"run {days}", NOON + days * DAY)
            claims = run.claim(9)
            assert numbers(claims) == asked
            late = NOON + days * DAY
            run.settle([outcome(claim, "fetched", late, reason="empty", may_pass=True) for claim in claims])
    assert look_into(path, "SELECT reason FROM pages WHERE key = 0") == [("given-up",)]
