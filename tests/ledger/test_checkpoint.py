"""The one copy that version 0.1 left in the archive, for machines with another ledger or none."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.discovery.feed import Feed
from crawler.discovery.source import Lookup
from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import ledger_path, open_ledger, read_list
from crawler.ledger.ledger import Ledger
from crawler.ledger.originals import OlderOriginals
from crawler.storage import Storage, open_storage
from crawler.storage.base import digest_file
from tests.ledger.making import (
    DAY,
    NEVER,
    NOON,
    address,
    archived,
    begin,
    look_into,
    numbers,
    opened,
    original,
    outcome,
    page,
    pages,
    states,
)  # fmt: skip

SITE = "paper"


@pytest.fixture
def archive(tmp_path: Path) -> Storage:
    (tmp_path / "archive").mkdir()
    return open_storage(str(tmp_path / "archive"))


def deliver(ledger: Ledger, archive: Storage, folder: Path) -> None:
    """What the run of version 0.1 did at its end: it replaced the one copy and its description."""
    folder.mkdir(exist_ok=True)
    path = folder / "paper.sqlite"
    with closing(sqlite3.connect(ledger.path)) as database:
        database.execute("VACUUM INTO ?", (str(path),))
    digest = digest_file(path)[1]
    archive.put("ledger/paper.sqlite", path, digest, replace=True)
    path.unlink()  # the archive may have it as a hard link
    path.write_text(json.dumps({"run_id": ledger.last_run, "sha256": digest}) + "\n")
    archive.put("ledger/paper.json", path, digest_file(path)[1], replace=True)
    path.unlink()


def crawl(ledger: Ledger, name: str, *numbers: int, done: int = 100, day: int = 0) -> None:
    """A run whose lists hold these pages, of which the first `done` are archived."""
    run = begin(ledger, name, NOON + day * DAY)
    run.take_in(pages(*numbers), NOON + day * DAY)
    run.settle([archived(claim, NOON + day * DAY) for claim in run.claim(done)])
    run.end(walked=True)


def test_a_second_machine_gets_what_the_first_left(tmp_path: Path, archive: Storage) -> None:
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1, 2, 3, done=2)
        deliver(ledger, archive, tmp_path / "out")
    second = open_ledger(tmp_path / "two", archive, SITE)
    assert (second.last_run, second.has_run("run-1")) == ("run-1", True)
    assert numbers(begin(second, "run-2").claim(10)) == [3]
    second.close()
    assert not list((tmp_path / "two").rglob("*.fetched"))


def test_a_machine_that_left_the_copy_does_not_fetch_it(
    tmp_path: Path, archive: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1)
        deliver(ledger, archive, tmp_path / "out")
    monkeypatch.setattr("crawler.ledger.checkpoint.fetch_copy", None)
    again = open_ledger(tmp_path / "one", archive, SITE)
    assert again.last_run == "run-1"
    again.close()


def test_two_machines_merge_their_ledgers(tmp_path: Path, archive: Storage) -> None:
    """The later fetch of a page counts, by either machine."""
    held, list_held = original("first payload", file="warc/paper/2026/06/b.warc.gz"), original("a list")
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2, 3, 4, 5), NOON)
        one, two, three, four, _ = run.claim(5)
        run.settle([replace(archived(one), payload_digest=held.digest), archived(two),
                    outcome(three, "fetched", reason="list"), outcome(four, "gone", reason="http-404")],
                   [held, list_held])  # fmt: skip
        deliver(ledger, archive, tmp_path / "out")  # page 5 is claimed
    with opened(ledger_path(tmp_path / "two", SITE)) as ledger:
        run = begin(ledger, "two", NOON + DAY)
        run.take_in(pages(2, 3, 4, 6), NOON + DAY)
        two, *_ = run.claim(1)
        run.settle([outcome(two, "gone", NOON + DAY, reason="http-410")])
        run.end(walked=True)
    path = ledger_path(tmp_path / "two", SITE)
    merged = open_ledger(tmp_path / "two", archive, SITE)
    assert states(path) == {1: "archived", 2: "gone", 3: "fetched", 4: "gone", 5: "new", 6: "new"}
    assert set(numbers(begin(merged, "three").claim(10))) == {5, 6}
    originals = OlderOriginals(path)
    assert originals(held.digest) == held
    originals.close()
    assert merged.has_run("one")
    assert merged.has_run("two")
    merged.close()


def test_adopting_twice_changes_nothing_more(tmp_path: Path) -> None:
    with opened(tmp_path / "other.sqlite") as other:
        crawl(other, "one", 1, 2, done=1)
    path = tmp_path / "mine.sqlite"
    with opened(path) as mine:
        crawl(mine, "two", 2, 3, done=1)
        mine.adopt(tmp_path / "other.sqlite")
        rows = look_into(path, "SELECT * FROM pages ORDER BY key")
        mine.adopt(tmp_path / "other.sqlite")
        assert look_into(path, "SELECT * FROM pages ORDER BY key") == rows


def test_a_walk_of_another_machine_continues(tmp_path: Path) -> None:
    lookups = [
        Lookup(url=f"https://paper.example/feed/{n}", source=Feed("https://paper.example/feed/"), page=n)
        for n in (2, 3)
    ]
    with opened(tmp_path / "other.sqlite") as other:
        run = begin(other, "one")
        run.walk.add(lookups)
        run.walk.next()
        run.walk.done(lookups[0].url, None, ())
    with opened(tmp_path / "mine.sqlite") as mine:
        mine.adopt(tmp_path / "other.sqlite")
        assert begin(mine, "two").walk.next() == lookups[1]


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to be looked at" * 40])
def test_a_damaged_ledger_is_renamed_and_the_archives_is_fetched(
    tmp_path: Path, archive: Storage, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    path = ledger_path(tmp_path / "one", SITE)
    with opened(path) as ledger:
        crawl(ledger, "run-1", 1, 2, done=1)
        deliver(ledger, archive, tmp_path / "out")
    path.write_bytes(damage)
    again = open_ledger(tmp_path / "one", archive, SITE)
    assert numbers(begin(again, "run-2").claim(10)) == [2]
    again.close()
    aside = list(path.parent.glob("*.damaged-*"))
    assert [file.read_bytes() for file in aside] == (
        [damage] if damage else []
    )  # an empty file is a new ledger
    assert ("is renamed to" in caplog.text) is bool(damage)


def test_a_torn_page_in_the_middle_is_found_when_it_is_read(tmp_path: Path, archive: Storage) -> None:
    path = ledger_path(tmp_path / "one", SITE)
    with opened(path) as ledger:
        crawl(ledger, "run-1", *range(300))
    with path.open("r+b") as file:
        file.seek(0)
        file.write(b"\0" * 4096)
    again = open_ledger(tmp_path / "one", archive, SITE)
    assert again.last_run == ""
    again.close()
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


@pytest.mark.parametrize(
    "description",
    [b"", b"[]", b"null", b'{"run_id": "x"}', b'{"run_id": "x", "sha256": "s"}', b"\xff", b"7" * 20_000,
     b"[" * 9_000],
)  # fmt: skip
def test_a_damaged_description_raises(tmp_path: Path, archive: Storage, description: bytes) -> None:
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1)
        deliver(ledger, archive, tmp_path / "out")
    (tmp_path / "archive/ledger/paper.json").write_bytes(description)
    with pytest.raises(ArchiveError, match=r"ledger/paper.json in the archive is damaged; move it away\."):
        open_ledger(tmp_path / "two", archive, SITE)


def test_a_copy_in_the_archive_that_is_no_ledger_raises(tmp_path: Path, archive: Storage) -> None:
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1)
        deliver(ledger, archive, tmp_path / "out")
    (tmp_path / "archive/ledger/paper.sqlite").write_bytes(b"nothing" * 1000)
    with pytest.raises(ArchiveError, match=r"is no use: file is not a database"):
        open_ledger(tmp_path / "two", archive, SITE)


@pytest.mark.parametrize(
    "change",
    [
        (
            "DROP TABLE walks; CREATE VIEW walks AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
            "FROM n) SELECT i AS span, '2026' AS completed, '2026' AS ended FROM n"
        ),
        "CREATE TRIGGER t BEFORE INSERT ON pages BEGIN DELETE FROM pages; END",
        "DROP TABLE files",
    ],
)
def test_a_copy_with_other_tables_is_refused(tmp_path: Path, archive: Storage, change: str) -> None:
    """Such a view would be read without end."""
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1)
        deliver(ledger, archive, tmp_path / "out")
    database = sqlite3.connect(tmp_path / "archive/ledger/paper.sqlite")
    database.executescript(change)
    database.close()
    with pytest.raises(ArchiveError, match="has other tables than a ledger"):
        open_ledger(tmp_path / "two", archive, SITE)


def test_a_description_without_its_copy_counts_for_nothing(archive: Storage, tmp_path: Path) -> None:
    """Version 0.1 wrote the description before the copy, and could be killed between them."""
    assert read_list(archive, SITE) is None
    with opened(ledger_path(tmp_path / "one", SITE)) as ledger:
        crawl(ledger, "run-1", 1)
        deliver(ledger, archive, tmp_path / "out")
    assert read_list(archive, SITE) is not None
    archive.remove("ledger/paper.sqlite")
    assert read_list(archive, SITE) is None


def test_what_a_killed_run_had_on_disk_is_entered(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    held = original("payload")
    with opened(path) as ledger:
        run = begin(ledger, "killed")
        run.take_in([page(1), page(2)], NOON)
        run.claim(2)
    record = {
        "id": "0" * 32,
        "url": address(1),
        "canonical_url": address(1),
        "text_sha256": "ab" * 32,
        "published": None,
        "title": "عنوان",
        "rules_digest": "none",
        "fetched_at": NOON.isoformat(),
        "payload_digest": held.digest,
    }
    with opened(path) as ledger:
        unseen = record | {"url": address(7), "canonical_url": address(7), "text_sha256": "cd" * 32}
        for _ in range(2):  # entered twice is entered once
            ledger.enter_leftovers("killed", [record, unseen], [held], NEVER)
        run = begin(ledger, "next", NOON + DAY)
        assert numbers(run.claim(10)) == [2]
    assert states(path) == {1: "archived", 2: "claimed", 7: "archived"}
