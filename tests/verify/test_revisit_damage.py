"""Revisits whose originals are there, and all the ways in which they are not."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import pytest

from crawler.archive.originals import RecentOriginals
from crawler.storage import open_storage
from crawler.verify import Options, Scope, verify
from crawler.verify.faults import Findings
from crawler.verify.pointers import PointerError, Pointers, table_path
from crawler.verify.warc import check_warc
from tests.archive.reading import read_warc
from tests.verify.building import Archive, add_run
from tests.verify.checking import faults_in, faults_without_promises, report_on
from tests.verify.members import Members, edited, flipped, removed, replaced

# First file: 0 warcinfo, 1 to 6 two pages, 7 to 9 the first page again, 10 closing record. Second file: 0
# warcinfo, 1 to 6 two new pages, 7 to 9 the second page again, 10 to 12 the first one of this run.
HERE, THERE = 0, 1
LOST = "lost-original"


@pytest.fixture(scope="session")
def _seen_again(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder, first = tmp_path_factory.mktemp("again"), RecentOriginals()
    runs = [add_run(folder / "archive", folder / "spool", 0, 2, padding=300, again=[0], originals=first)]
    second = RecentOriginals(older=first.find)
    runs.append(
        add_run(folder / "archive", folder / "spool", 1, 2, padding=300, again=[1, 2], originals=second)
    )
    return Archive(folder / "archive", runs)


@pytest.fixture
def seen_again(_seen_again: Archive, tmp_path: Path) -> Archive:
    shutil.copytree(_seen_again.root, tmp_path / "archive")
    return replace(_seen_again, root=tmp_path / "archive")


def test_an_untouched_archive_is_right(seen_again: Archive) -> None:
    report = report_on(seen_again)
    assert report.faults == []
    kinds = [record.kind for run in seen_again.runs for record in read_warc(seen_again.path(run.warc))]
    assert (kinds.count("response"), kinds.count("revisit")) == (4, 3)
    assert (report.checked["responses"], report.checked["index_lines"]) == (7, 7)
    for run in seen_again.runs:
        assert faults_in(seen_again, scope=Scope(run_id=run.run_id)) == []


def test_it_is_the_same_by_batches_and_by_processes(
    seen_again: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_again.rewrite(seen_again.runs[0].warc, lambda data: data[:-1])
    seen_again.rewrite(
        seen_again.runs[1].warc, edit(edited(7, b"WARC-Refers-To: <", b"WARC-Refers-To: x"), seen_again)
    )
    whole = report_on(seen_again).record()
    assert LOST in {fault["code"] for fault in whole["faults"]}
    monkeypatch.setattr("crawler.verify.revisits._BATCH", 1)
    monkeypatch.setattr("crawler.verify.work._SMALL", 0)
    assert verify(str(seen_again.root), Options(processes=2)).record() == whole


def edit(do: Callable[[Members], Members], archive: Archive) -> Callable[[bytes], bytes]:
    members = archive.members(archive.runs[1].warc)
    return lambda _: b"".join(do(members))


@dataclass(frozen=True)
class Damage:
    name: str
    run: int  # whose file is damaged
    do: Callable[[Members], Members]
    faults: set[tuple[str, int, int]]  # code, run and member


def lost(run: int, member: int) -> set[tuple[str, int, int]]:
    return {(LOST, run, member)}


# What the index and the articles then miss.
SHOWN_BY_THE_INDEX = {"removed-record", "follows-from-damage"}
DAMAGES = [
    Damage("original removed with its companions", HERE, lambda m: [m[0], *m[4:]], lost(HERE, 4)),
    Damage(
        "original damaged",
        HERE,
        replaced(1, lambda m: flipped(m, -60)),
        lost(HERE, 7) | {("broken-member", HERE, 1)},
    ),
    Damage("a later run's original removed", HERE, lambda m: [*m[:4], *m[7:]], lost(THERE, 7)),
    Damage("another id", THERE, edited(7, b"fers-To: <urn:uuid:", b"fers-To: <urn:uuid:0"), lost(THERE, 7)),
    Damage("another moment", THERE, edited(7, b"To-Date: 2026", b"To-Date: 2025"), lost(THERE, 7)),
    Damage("no moment", THERE, edited(7, b"To-Date: 2026", b"To-Date: x"), lost(THERE, 7)),
    Damage("another address", THERE, edited(10, b"To-Target-URI: ", b"To-Target-URI: x"), lost(THERE, 10)),
    Damage("no original named", THERE, edited(10, b"WARC-Refers-To: ", b"X-Nothing: "), lost(THERE, 10)),
    Damage("a strange profile", THERE, edited(10, b"identical-payload", b"similar-payload"), lost(THERE, 10)),
    Damage("another payload", THERE, edited(10, b"ad-Digest: sha2", b"ad-Digest: sha1"), lost(THERE, 10)),
    Damage("head edited", THERE, edited(7, b"/1.1 200", b"/1.1 201"), {("wrong-block-digest", THERE, 7)}),
    Damage("request removed", THERE, removed(8), {("broken-pair", THERE, 7)}),
    Damage("metadata removed", THERE, removed(9), {("broken-pair", THERE, 7)}),
    Damage("revisit removed", THERE, removed(7), {("broken-pair", THERE, 7), ("broken-pair", THERE, 8)}),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_it_is_found_and_placed(seen_again: Archive, damage: Damage) -> None:
    warc = seen_again.runs[damage.run].warc
    members = damage.do(seen_again.members(warc))
    seen_again.rewrite(warc, lambda _: b"".join(members))
    found = {
        fault
        for fault in faults_without_promises(seen_again)
        if fault[1].startswith("warc/") and fault[0] not in SHOWN_BY_THE_INDEX
    }
    starts = [[0, *accumulate(map(len, seen_again.members(run.warc)))] for run in seen_again.runs]
    starts[damage.run] = [0, *accumulate(map(len, members))]
    assert found == {
        (code, seen_again.runs[run].warc, starts[run][member]) for code, run, member in damage.faults
    }


def test_a_file_with_originals_is_removed(seen_again: Archive) -> None:
    first, second = seen_again.runs
    seen_again.path(first.warc).unlink()
    places = [0, *accumulate(map(len, seen_again.members(second.warc)))]
    found = faults_in(seen_again)
    assert ("missing-file", first.warc, None) in found
    assert [fault for fault in found if fault[0] == LOST] == [(LOST, second.warc, places[7])]
    alone = faults_in(seen_again, scope=Scope(run_id=second.run_id))
    assert (LOST, second.warc, places[7]) in alone


def test_one_run_alone_finds_a_damaged_original_in_another(seen_again: Archive) -> None:
    first, second = seen_again.runs
    members = replaced(4, lambda m: flipped(m, -60))(seen_again.members(first.warc))
    seen_again.rewrite(first.warc, lambda _: b"".join(members))
    found = faults_in(seen_again, scope=Scope(run_id=second.run_id))
    assert (LOST, second.warc) in {(code, file) for code, file, _ in found}


def test_an_index_that_calls_a_revisit_a_page(seen_again: Archive) -> None:
    index = seen_again.runs[0].cdxj
    seen_again.rewrite(index, lambda data: data.replace(b'"warc/revisit"', b'"text/html"'))
    assert "wrong-index-line" in {code for code, file, _ in faults_in(seen_again) if file == index}


def test_an_article_must_not_point_at_a_revisit(seen_again: Archive, tmp_path: Path) -> None:
    key = seen_again.runs[0].warc
    tables = tmp_path / "tables"
    tables.mkdir()
    storage = open_storage(str(seen_again.root))
    with storage.open(key) as stream:
        check_warc(stream, Findings(key), None, table_path(tables, key))
    [revisit] = [each for each in read_warc(seen_again.path(key)) if each.kind == "revisit"]
    row = {
        "warc_file": key,
        "warc_offset": revisit.offset,
        "warc_length": revisit.length,
        "warc_record_id": revisit.value("WARC-Record-ID"),
        "payload_digest": revisit.value("WARC-Payload-Digest"),
    }
    for folder in (tables, tmp_path):  # by the table, and without one
        with Pointers(storage, folder) as pointers, pytest.raises(PointerError, match=r"no (full )?response"):
            pointers.check(row)


def test_what_is_replaced_at_any_time_is_nobodys_promise(seen_again: Archive) -> None:
    for name in ("ledger/s.sqlite", "ledger/s.json", "ledger/s.lease", "cdxj/warraq_example.cdxj"):
        path = seen_again.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"anything")
    assert faults_in(seen_again) == []
