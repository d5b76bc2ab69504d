"""A WARC file damaged in every way that we could think of: each is found, named, and placed."""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import pytest

from tests.verify.building import Archive
from tests.verify.checking import faults_in, faults_without_promises, report_on
from tests.verify.members import Members, edited, flipped, joined, removed, replaced, swapped, with_more


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Members], Members]
    code: str  # what the file itself shows
    member: int  # of the damaged file, where the fault is placed


# What the index and the articles then miss.
SHOWN_BY_THE_INDEX = {"removed-record", "follows-from-damage"}
DAMAGES = [
    Damage("tail cut by 1", lambda m: [*m[:-1], m[-1][:-1]], "torn-file", 13),
    Damage("tail cut by 40", lambda m: [*m[:-1], m[-1][:-40]], "torn-file", 13),
    Damage("cut between two members", lambda m: m[:-2], "broken-pair", 10),
    Damage("bit in the gzip magic", replaced(4, lambda m: flipped(m, 0)), "stray-bytes", 4),
    Damage("bit in the gzip flags", replaced(4, lambda m: flipped(m, 3, 7)), "broken-member", 4),
    Damage("bit in the record's head", replaced(4, lambda m: flipped(m, 30)), "broken-member", 4),
    Damage("bit in the body", replaced(4, lambda m: flipped(m, -60)), "broken-member", 4),
    Damage("bit in the trailer's CRC", replaced(4, lambda m: flipped(m, -8)), "broken-member", 4),
    Damage("bit in the trailer's size", replaced(4, lambda m: flipped(m, -1)), "broken-member", 4),
    Damage("body edited", edited(4, "مجلس".encode(), "منزل".encode()), "wrong-block-digest", 4),
    Damage("request edited", edited(5, b"GET /1", b"GET /2"), "wrong-block-digest", 5),
    Damage("payload digest edited", edited(4, b"ad-Digest: ", b"ad-Digest: x"), "wrong-payload-digest", 4),
    Damage("block digest taken out", edited(4, b"WARC-Block-Digest", b"X-Nothing"), "wrong-block-digest", 4),
    Damage("date edited", edited(4, b"WARC-Date: 2026", b"WARC-Date: 2025"), "broken-pair", 5),
    Damage("no date", edited(4, b"WARC-Date: 2026", b"WARC-Date: no"), "broken-record", 4),
    Damage("length too large", edited(4, b"Content-Length: ", b"Content-Length: 9"), "broken-record", 4),
    Damage("length no number", edited(4, b"Content-Length: ", b"Content-Length: x"), "broken-record", 4),
    Damage("head without a type", edited(4, b"WARC-Type", b"X-Type"), "broken-record", 4),
    Damage("no WARC version", edited(4, b"WARC/1.1", b"WARC/7.1"), "broken-record", 4),
    Damage("a member that is no record", lambda m: [*m[:5], gzip.compress(b"."), *m[5:]], "broken-record", 5),
    Damage("more in the member", replaced(4, with_more), "broken-record", 4),
    Damage("response removed", removed(4), "broken-pair", 4),
    Damage("request removed", removed(5), "broken-pair", 4),
    Damage("metadata removed", removed(6), "broken-pair", 4),
    Damage("warcinfo removed", removed(0), "broken-pair", 0),
    Damage("response and request swapped", swapped(4, 5), "broken-pair", 4),
    Damage("two responses swapped", swapped(1, 4), "broken-pair", 2),
    Damage("one member for two records", lambda m: [*m[:4], joined(m[4:6]), *m[6:]], "shared-member", 4),
    Damage("one member for all", lambda m: [joined(m)], "shared-member", 0),
    Damage("zeros behind the last", lambda m: [*m, bytes(512)], "stray-bytes", 14),
    Damage("rubbish between two", lambda m: [*m[:4], b"\x1f\x8b\x08" * 20, *m[4:]], "broken-member", 4),
    Damage("an empty member", lambda m: [*m, gzip.compress(b"")], "broken-record", 14),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_the_file_itself_shows_it(archive: Archive, damage: Damage) -> None:
    warc = archive.runs[0].warc
    members = damage.do(archive.members(warc))
    archive.rewrite(warc, lambda _: b"".join(members))
    found = faults_without_promises(archive)
    offset = [0, *accumulate(map(len, members))][damage.member]
    assert (damage.code, warc, offset) in found
    assert {code for code, file, _ in found if file == warc} - SHOWN_BY_THE_INDEX == {damage.code}
    # A record that moved away from a damaged place still has its index line there.
    assert {code for code, file, _ in found if file != warc} <= {"unindexed-response"}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_the_manifest_shows_it(archive: Archive, damage: Damage) -> None:
    warc = archive.runs[0].warc
    before = archive.path(warc).read_bytes()
    archive.rewrite(warc, lambda _: b"".join(damage.do(archive.members(warc))))
    same_size = len(before) == archive.path(warc).stat().st_size
    wanted = [("wrong-digest" if same_size else "wrong-size", warc, None)]
    assert faults_in(archive, shallow=True) == wanted
    assert set(wanted) < set(faults_in(archive))


def test_what_gzip_itself_does_not_protect_the_manifest_does(archive: Archive) -> None:
    warc = archive.runs[0].warc
    members = replaced(4, lambda m: flipped(m, 5))(archive.members(warc))  # in the time of packing
    archive.rewrite(warc, lambda _: b"".join(members))
    assert faults_in(archive) == [("wrong-digest", warc, None)]


def test_every_damaged_record_is_named_not_only_the_first(archive: Archive) -> None:
    warc = archive.runs[0].warc
    members = archive.members(warc)
    for number in (1, 4, 8, 10):
        members[number] = flipped(members[number], -40)
    archive.rewrite(warc, lambda _: b"".join(members))
    starts = [0, *accumulate(map(len, members))]
    found = faults_without_promises(archive)
    assert [offset for code, file, offset in found if (code, file) == ("broken-member", warc)] == [
        starts[number] for number in (1, 4, 8, 10)
    ]
    [follows] = [fault for fault in report_on(archive).faults if fault.code == "follows-from-damage"]
    # The articles of 1, 4 and 10; 8 is a request. No index line: it names where the records are.
    assert follows.meaning.endswith("of this file: wrong-pointer 3.")


def test_a_file_replaced_by_another_whole_one(archive: Archive) -> None:
    first, second = archive.runs
    archive.rewrite(first.warc, lambda _: archive.path(second.warc).read_bytes())
    codes = {code for code, _, _ in faults_in(archive)}
    assert codes & {"wrong-size", "wrong-digest"}
    assert {"removed-record", "follows-from-damage"} <= codes


def test_a_removed_record_is_named_and_what_follows_is_counted(archive: Archive) -> None:
    warc, members = archive.runs[0].warc, archive.members(archive.runs[0].warc)
    starts = [0, *accumulate(map(len, members))]
    archive.rewrite(warc, lambda _: b"".join(removed(1)(removed(1)(removed(1)(members)))))
    report = report_on(archive)
    assert {fault.code.value for fault in report.faults} == {
        "wrong-size", "removed-record", "follows-from-damage"
    }  # fmt: skip
    [gone] = [fault for fault in report.faults if fault.code == "removed-record"]
    assert (gone.file, gone.offset) == (warc, starts[1])
    assert "/0, " in gone.meaning
    [follows] = [fault for fault in report.faults if fault.code == "follows-from-damage"]
    # 9, or 8 where a record behind the gap happens to begin where the index says
    assert re.match(r"[89] more faults follow .*: wrong-pointer 4, ", follows.meaning)


def test_a_file_that_is_no_warc_at_all(archive: Archive) -> None:
    warc = archive.runs[0].warc
    archive.rewrite(warc, lambda _: b"<html>" * 1_000_000)
    assert ("stray-bytes", warc, 0) in faults_in(archive)


def test_a_bomb_is_read_in_pieces_and_named(archive: Archive) -> None:
    warc = archive.runs[0].warc
    archive.rewrite(warc, lambda data: data + gzip.compress(bytes(300_000_000), 9))
    report = report_on(archive)
    assert "broken-record" in {fault.code for fault in report.faults}


def test_the_faults_of_one_file_are_bounded(archive: Archive) -> None:
    warc = archive.runs[0].warc
    archive.rewrite(warc, lambda data: data + gzip.compress(b"no record") * 500)
    found = [fault for fault in report_on(archive).faults if fault.file == warc]
    assert len(found) == 101
    rest = next(fault for fault in found if fault.code == "more-faults")
    assert re.match(r"40\d more faults", rest.meaning)


def test_an_untouched_archive_is_right(archive: Archive) -> None:
    report = report_on(archive)
    assert report.faults == []
    checked = report.checked
    assert (checked["runs"], checked["records"], checked["responses"]) == (2, 28, 8)
    assert (checked["index_lines"], checked["articles"]) == (8, 8)
    files = [path for path in archive.root.rglob("*") if path.is_file()]
    assert checked["files"] == len(files)
    assert checked["bytes"] == sum(path.stat().st_size for path in files)
    assert report.remarks == [
        "2 manifests are not signed: anyone who can write to the archive can rewrite them."
    ]
