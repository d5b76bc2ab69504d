"""The series of copies in the archive: what each machine adds, and what the others learn from it."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import ArchiveError
from crawler.ledger import adoption, checkpoint, transport
from crawler.ledger.changes import WATCHED
from crawler.ledger.checkpoint import Copies, Written, ledger_path, read_list
from crawler.ledger.copies import Copy, CopyList, Part, first_list, to_merge
from crawler.ledger.entries import RequisiteOutcome
from crawler.ledger.ledger import Ledger, OpenLedger
from crawler.ledger.schema import open_database
from crawler.storage import Storage, open_storage
from crawler.storage.lease import LeaseLostError
from tests.ledger.making import (
    DAY,
    NOON,
    archived,
    begin,
    look_into,
    numbers,
    opened,
    original,
    outcome,
    pages,
    states,
)
from tests.storage.leasing import take_lease

SITE = "paper"


@pytest.fixture
def archive(tmp_path: Path) -> Storage:
    (tmp_path / "archive").mkdir()
    return open_storage(str(tmp_path / "archive"))


@pytest.fixture
def only_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ledgers are copied whole; these are copied as large ones are."""
    monkeypatch.setattr(checkpoint, "_SMALL", 0)


class Machine:
    """A spool, and the runs that begin on it."""

    def __init__(self, folder: Path, archive: Storage) -> None:
        self.spool = folder
        self.path = ledger_path(folder, SITE)
        self._archive = archive

    @contextmanager
    def run(self, name: str, *numbers: int, days: int = 0, publish: bool = True) -> Iterator[OpenLedger]:
        """A run whose lists hold these pages; what is archived in the block is copied at its end."""
        lease = take_lease(self._archive, SITE, holder=name)
        copies = Copies(self.spool, self._archive, SITE)
        try:
            ledger = copies.open()
        except ArchiveError:
            lease.release()
            raise
        try:
            run = begin(ledger, name, NOON + days * DAY)
            run.take_in(pages(*numbers), NOON + days * DAY)
            yield run
            run.end(walked=True)
            written = copies.write(ledger, self.spool / name, name)
            deliver(written, self._archive)
            if publish:
                assert copies.publish(written, lease)
        finally:
            ledger.close()
            lease.release()

    def crawl(self, name: str, *numbers: int, days: int = 0, publish: bool = True) -> list[int]:
        """Archive every page that a run wants; return their numbers."""
        with self.run(name, *numbers, days=days, publish=publish) as run:
            claims = run.claim(10_000)
            run.settle([archived(claim, NOON + days * DAY) for claim in claims])
        return [int(claim.candidate.url.rstrip("/").rpartition("/")[2]) for claim in claims]

    def knows(self) -> dict[int, str]:
        return states(self.path)


def deliver(written: Written, archive: Storage) -> None:
    for part in written.copy.parts:
        archive.put(part.key, written.folder / part.key, part.sha256, replace=True)
        (written.folder / part.key).unlink()


def listed(archive: Storage) -> CopyList:
    found = read_list(archive, SITE)
    assert found is not None
    return found


def files(archive: Storage) -> list[str]:
    return sorted(name for name in archive.list_names("ledger/") if name.endswith(".sqlite"))


def test_machines_take_turns_and_fetch_nothing_twice(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    one, two, three = (Machine(tmp_path / name, archive) for name in ("one", "two", "three"))
    assert one.crawl("run-1", *range(100)) == list(range(100))
    assert two.crawl("run-2", *range(110), days=1) == list(range(100, 110))
    assert one.crawl("run-3", *range(115), days=2) == list(range(110, 115))
    assert two.crawl("run-4", *range(115), days=3) == []
    assert three.crawl("run-5", *range(116), days=4) == [115]
    assert one.crawl("run-6", *range(116), days=5) == []
    assert one.knows() == three.knows() == dict.fromkeys(range(116), "archived")
    assert (listed(archive).run_id, listed(archive).entries) == ("run-6", 6)


def test_a_copy_of_a_killed_run_does_not_hide_that_of_another_machine(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    """A is killed, B crawls, A delivers what it has: version 0.1 put A's ledger in the place of B's."""
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    one.crawl("before", 1, 2, 3)
    with opened(one.path) as ledger:  # killed: nothing is copied
        run = begin(ledger, "killed", NOON + DAY)
        run.take_in(pages(4, 5, 6), NOON + DAY)
        run.settle([archived(claim, NOON + DAY) for claim in run.claim(2)])
    assert two.crawl("other", *range(1, 9), days=2) == [4, 5, 6, 7, 8]
    lease = take_lease(archive, SITE, holder="sync")
    copies = Copies(one.spool, archive, SITE)
    with closing(copies.open()) as ledger:
        written = copies.write(ledger, one.spool / "killed", "killed")
    deliver(written, archive)
    assert copies.publish(written, lease)
    lease.release()
    assert listed(archive).run_id == "killed"
    assert one.knows() == dict.fromkeys(range(1, 9), "archived")
    assert two.crawl("again", *range(1, 10), days=3) == [9]
    assert Machine(tmp_path / "new", archive).crawl("new", *range(1, 10), days=4) == []


def test_what_was_not_listed_goes_into_the_next_copy(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    one.crawl("run-1", *range(50))
    one.crawl("run-2", *range(55), days=1, publish=False)
    assert two.crawl("run-3", *range(55), days=2) == [50, 51, 52, 53, 54]  # it cannot know
    one.crawl("run-4", *range(60), days=3)
    assert two.crawl("run-5", *range(60), days=4) == []
    assert look_into(one.path, "SELECT count(*) FROM changed WHERE sent IS NULL") == [(0,)]


def test_a_copy_holds_what_changed_and_no_more(tmp_path: Path, archive: Storage, only_changes: None) -> None:
    one = Machine(tmp_path / "one", archive)
    one.crawl("run-1", *range(3_000))
    whole = listed(archive).copies[0].size
    one.crawl("run-2", *range(3_005), days=1)
    [first, second] = listed(archive).copies
    assert first.size == whole
    copy = tmp_path / "archive" / second.parts[0].key
    assert sorted(states(copy)) == list(range(3_000, 3_005))
    assert look_into(copy, "SELECT run_id FROM runs") == [("run-2",)]
    assert look_into(copy, "PRAGMA integrity_check") == [("ok",)]
    assert not list(copy.parent.glob(f"{copy.name}-*"))  # it needs no file beside it


def test_a_list_in_work_goes_on_at_another_machine(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    one.crawl("run-1", *range(100))
    two.crawl("run-2", *range(100))
    with one.run("run-3", days=1) as run:
        run.walk.add([_lookup(number) for number in (1, 2, 3)])
        first = run.walk.next()
        assert first is not None
        run.walk.done(first.url, None, ())
    with two.run("run-4", days=2) as run:
        found = [lookup.url for lookup in iter(run.walk.next, None)]
        assert found == [_lookup(2).url, _lookup(3).url]
        for url in found:
            run.walk.done(url, None, ())
    with one.run("run-5", days=3) as run:
        assert run.walk.next() is None  # the other machine has completed it
        assert run.walk.completed is not None


def _lookup(number: int) -> Any:
    from crawler.discovery.feed import Feed  # noqa: PLC0415
    from crawler.discovery.source import Lookup  # noqa: PLC0415

    feed = "https://paper.example/feed/"
    return Lookup(url=f"{feed}{number}", source=Feed(feed), page=number + 1)


def test_pictures_and_payloads_come_along(tmp_path: Path, archive: Storage, only_changes: None) -> None:
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    one.crawl("run-1", *range(100))
    held = original("picture")
    with one.run("run-2", 200, days=1) as run:
        [claim] = run.claim(1)
        needs = checkpoint_needs(claim.candidate.url)
        done = outcome(claim, "archived", NOON + DAY, needs=needs, article=archived(claim).article)
        run.settle([done], [held])
        [picture] = run.claim_requisites(10)
        run.settle([], [], [RequisiteOutcome(requisite=picture, state="fetched", fetched_at=NOON + DAY)])
    with two.run("run-3", 200, days=2) as run:
        assert run.claim_requisites(10) == []
    assert look_into(two.path, "SELECT url, state FROM requisites") == [(needs.urls[0], "fetched")]
    assert look_into(two.path, "SELECT name FROM originals JOIN files ON files.id = file") == [
        (held.pointer.warc_file,)
    ]


def checkpoint_needs(via: str) -> Any:
    from crawler.ledger.entries import Needs  # noqa: PLC0415

    return Needs(urls=("https://paper.example/1.jpg",), via=via, hops="LE")


def test_copies_are_merged_so_that_few_remain(tmp_path: Path, archive: Storage, only_changes: None) -> None:
    one = Machine(tmp_path / "one", archive)
    one.crawl("run-0", *range(4_000))
    entries = 40
    for number in range(1, entries):
        one.crawl(f"run-{number}", 4_000 + number, days=number)
        assert len(listed(archive).copies) < 1 + 8 + 8
        assert files(archive) == sorted(
            part.key.removeprefix("ledger/") for copy in listed(archive).copies for part in copy.parts
        )
    assert listed(archive).entries == entries
    new = Machine(tmp_path / "new", archive)
    new.crawl("last", days=entries)
    assert new.knows() == one.knows()
    assert len(look_into(new.path, "SELECT * FROM runs")) == entries + 1


def test_a_small_ledger_is_one_file(tmp_path: Path, archive: Storage) -> None:
    one = Machine(tmp_path / "one", archive)
    for number in range(5):
        one.crawl(f"run-{number}", *range(number), days=number)
        assert len(files(archive)) == 1
    assert listed(archive).entries == 5
    two = Machine(tmp_path / "two", archive)
    assert two.crawl("new", *range(5), days=9) == [4]


def test_a_large_copy_lies_in_parts(
    tmp_path: Path, archive: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transport, "PART_BYTES", 100_000)
    monkeypatch.setattr(transport, "_LOGGED_EVERY", 200_000)
    caplog.set_level(logging.INFO)
    one = Machine(tmp_path / "one", archive)
    one.crawl("run-1", *range(2_000))
    [copy] = listed(archive).copies
    assert len(copy.parts) == -(-copy.size // 100_000) > 2
    new = Machine(tmp_path / "new", archive)
    assert new.crawl("run-2", *range(2_001), days=1) == [2_000]
    assert f"{SITE}: 0 of 1 MB of the ledger are fetched." in caplog.text


def test_a_copy_with_other_bytes_than_listed_is_refused(tmp_path: Path, archive: Storage) -> None:
    Machine(tmp_path / "one", archive).crawl("run-1", *range(10))
    [name] = files(archive)
    path = tmp_path / "archive/ledger" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ArchiveError, match="another digest than the list of copies names"):
        Machine(tmp_path / "two", archive).crawl("run-2", *range(10))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ArchiveError, match="larger than its description says"):
        Machine(tmp_path / "two", archive).crawl("run-3", *range(10))
    path.unlink()
    with pytest.raises(ArchiveError, match="there is no such file"):
        Machine(tmp_path / "two", archive).crawl("run-4", *range(10))


def test_a_run_that_lost_its_lease_lists_nothing(tmp_path: Path, archive: Storage) -> None:
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    lease = take_lease(archive, SITE, holder="stopped")
    copies = Copies(one.spool, archive, SITE)
    with closing(copies.open()) as ledger:
        begin(ledger, "stopped").take_in(pages(1, 2), NOON)
        written = copies.write(ledger, one.spool / "stopped", "stopped")
    deliver(written, archive)
    lease.release()
    two.crawl("other", 1, 2, 3)
    before = listed(archive)
    with pytest.raises(LeaseLostError):
        copies.publish(written, lease)
    assert listed(archive) == before
    assert one.crawl("next", 1, 2, 3, 4, days=1) == [4]  # and what it knew is in its next copy
    assert two.crawl("again", 1, 2, 3, 4, days=2) == []


def test_a_list_that_was_moved_away_is_written_anew(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    one = Machine(tmp_path / "one", archive)
    one.crawl("run-1", *range(20))
    one.crawl("run-2", *range(21), days=1)
    archive.remove(f"ledger/{SITE}.json")
    one.crawl("run-3", *range(22), days=2)
    assert listed(archive).entries == 1
    assert Machine(tmp_path / "two", archive).crawl("run-4", *range(23), days=3) == [22]


def test_the_list_is_asked_for_by_name(
    tmp_path: Path, archive: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing may be hours old; a machine that trusted it would fetch every page again."""
    Machine(tmp_path / "one", archive).crawl("run-1", 1, 2, 3)
    with monkeypatch.context() as patched:
        patched.setattr(archive, "list_names", lambda _prefix="": iter(()))
        patched.setattr(archive, "list", lambda _prefix="": iter(()))
        assert Machine(tmp_path / "two", archive).crawl("run-2", 1, 2, 3, 4, days=1) == [4]


def test_a_copy_of_version_0_1_begins_the_series(
    tmp_path: Path, archive: Storage, only_changes: None
) -> None:
    one = Machine(tmp_path / "one", archive)
    with opened(one.path) as ledger:
        run = begin(ledger, "old")
        run.take_in(pages(*range(500)), NOON)
        run.settle([archived(claim) for claim in run.claim(500)])
        run.end(walked=True)
    path = tmp_path / "copy"
    with closing(sqlite3.connect(one.path)) as database:
        database.execute("VACUUM INTO ?", (str(path),))
    (tmp_path / "archive/ledger").mkdir()
    path.rename(tmp_path / "archive/ledger/paper.sqlite")
    (tmp_path / "archive/ledger/paper.json").write_text(json.dumps({"run_id": "old", "sha256": "0" * 64}))
    assert one.crawl("new", *range(501), days=1) == [500]
    [first, second] = listed(archive).copies
    assert first.parts[0].key == "ledger/paper.sqlite"
    assert second.last == 2
    assert Machine(tmp_path / "two", archive).crawl("other", *range(502), days=2) == [501]


def test_every_table_and_column_is_copied(tmp_path: Path) -> None:
    """A new table needs its line among those that are watched, a new column its place in the merge."""
    with closing(open_database(tmp_path / "l.sqlite")) as database:
        tables = {name for [name] in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        columns = {row[1] for row in database.execute("PRAGMA table_info(pages)")}
    assert tables - WATCHED.keys() == {"files", "walking", "copied", "sent", "changed"}
    merged = {name.strip() for name in adoption._PAGES.split(",")}
    assert columns - merged == {"seen_run", "turn"}


@settings(derandomize=True)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_a_list_reads_back(steps: list[int]) -> None:
    """Whatever is added and replaced: the entries grow by one, and the last copy ends the series."""
    copy = Copy(name="name-0", last=0, parts=(Part(key="ledger/paper.a.sqlite", sha256="0" * 64, size=7),))
    found = first_list("run-0", "log", copy)
    for number, step in enumerate(steps, 1):
        new = Copy(name=f"name-{number}", last=0, parts=copy.parts)
        found = found.with_entry(f"run-{number}", new, replaces=min(step, len(found.copies)))
    assert CopyList.parse(found.to_bytes(3), SITE) == found
    assert found.entries == len(steps) + 1
    assert found.copies[-1].last == found.entries
    assert found.name_at(found.entries) == f"name-{len(steps)}"
    assert found.after(found.entries) == []
    assert found.after(0) == list(found.copies)


@pytest.mark.parametrize(
    ("change"),
    [
        {"format": "warraq-ledger/9"},
        {"copies": []},
        {"copies": [{"name": "a", "last": 1, "parts": [{"key": "warc/x", "sha256": "0" * 64, "size": 1}]}]},
        {
            "copies": [
                {"name": "a", "last": 1, "parts": [{"key": "ledger/other.a", "sha256": "0", "size": 1}]}
            ]
        },
        {"entries": 0},
        {"entries": 2},
        {"recent": []},
        {"recent": ["a", "b"]},
        {"log": None},
        {"run_id": "../x"},
    ],
)
def test_a_foreign_list_is_refused(change: dict[str, Any]) -> None:
    copy = Copy(name="a", last=1, parts=(Part(key="ledger/paper.a.sqlite", sha256="0" * 64, size=7),))
    value = json.loads(first_list("run", "log", copy).to_bytes(1)) | change
    with pytest.raises(ArchiveError, match=r"ledger/paper\.json in the archive is (damaged|of another)"):
        CopyList.parse(json.dumps(value).encode(), SITE)


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([100_000], 1),
        ([100_000] * 7, 1),
        ([100_000] * 8, 8),
        ([100_000_000, *[100_000] * 8], 8),
        ([*[1_000_000] * 7, *[200_000] * 8], 15),
        ([*[1_000_000] * 6, *[200_000] * 8], 8),
        ([100_000, 100_000, 9_000_000], 1),
    ],
)
def test_eight_of_a_size_become_one(sizes: list[int], merged: int) -> None:
    assert to_merge(sizes) == merged


def test_many_runs_leave_few_copies_and_each_row_is_sent_few_times() -> None:
    """Ten thousand runs of 300 kB, without the machine: copies that remain, and bytes that were sent."""
    sizes: list[int] = []
    sent, most = 0, 0
    for _ in range(10_000):
        count = to_merge([*sizes, 300_000])
        merged = sum(sizes[len(sizes) - count + 1 :]) + 300_000
        sizes = [*sizes[: len(sizes) - count + 1], merged]
        sent += merged
        most = max(most, len(sizes))
    assert most < 40
    assert sent < 6 * 10_000 * 300_000


def test_an_empty_ledger_is_no_ledger(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "l.sqlite")) as ledger:
        assert ledger.is_empty
        begin(ledger, "run")
        assert not ledger.is_empty


def test_files_of_runs_that_could_not_list_them_are_removed(tmp_path: Path, archive: Storage) -> None:
    one = Machine(tmp_path / "one", archive)
    one.crawl("run-1", 1)
    one.crawl("run-2", 2, days=1, publish=False)
    assert len(files(archive)) == 2
    one.crawl("run-3", 3, days=2)
    assert files(archive) == [key.removeprefix("ledger/") for key in sorted(listed(archive).keys())]


def test_pages_that_a_run_left_come_first_at_the_next_machine(tmp_path: Path, archive: Storage) -> None:
    one, two = Machine(tmp_path / "one", archive), Machine(tmp_path / "two", archive)
    with one.run("run-1", 1, 2, 3) as run:
        run.settle([archived(claim) for claim in run.claim(1)])
    with two.run("run-2", 4, days=1) as run:
        assert numbers(run.claim(10)) == [4, 2, 3]
