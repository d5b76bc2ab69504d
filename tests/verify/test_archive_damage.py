"""An archive damaged beside its WARC files: files, manifests, indexes, articles."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.archive.manifest import Manifest
from crawler.errors import ArchiveError
from crawler.storage.folder import FolderStorage
from crawler.verify import Code, Options, Scope, verify
from tests.verify.building import SITE, Archive, Run, add_run, run_id
from tests.verify.checking import codes_in, faults_in, report_on

Damage = Callable[[Archive, Run], object]
MANIFEST = "runs/{0.run_id}/manifest.json"
CHECKSUMS = "runs/{0.run_id}/manifest-sha256.txt"
LATER_MANIFEST = "runs/{1.run_id}/manifest.json"
SECOND_TABLE = f"articles/site={SITE}/month=unknown/WARRAQ-{SITE}-20261121220000-000000-00002.parquet"


def edit_rows(archive: Archive, run: Run, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path = archive.path(run.table)
    table = pq.read_table(path, partitioning=None)
    first, *others = table.to_pylist()
    pq.write_table(pa.Table.from_pylist([change(first), *others], schema=table.schema), path)


def name_another_site(archive: Archive, run: Run) -> None:
    path = archive.path(run.table)
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.replace_schema_metadata(table.schema.metadata | {b"warraq.site": b"other"}), path)


def turn_bit(archive: Archive, run: Run, *, in_column: str) -> None:
    with pq.ParquetFile(archive.path(run.table)) as table:
        group = table.metadata.row_group(0)
        columns = [group.column(number) for number in range(group.num_columns)]
    column = next(each for each in columns if each.path_in_schema == in_column)
    at = column.data_page_offset + column.total_compressed_size - 5
    archive.rewrite(run.table, lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def edit_lines(archive: Archive, run: Run, change: Callable[[list[bytes]], list[bytes]]) -> None:
    archive.rewrite(run.cdxj, lambda data: b"".join(change(data.splitlines(keepends=True))))


def edit_manifest(archive: Archive, run: Run, old: bytes, new: bytes) -> None:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    archive.rewrite(MANIFEST.format(run), change)


def more(number: int) -> Callable[[list[bytes]], list[bytes]]:
    """One index line with another offset."""

    def change(lines: list[bytes]) -> list[bytes]:
        head, _, said = lines[number].decode().partition("{")
        fields = json.loads("{" + said)
        fields["offset"] = str(int(fields["offset"]) + 1)
        lines[number] = f"{head}{json.dumps(fields)}\n".encode()
        return lines

    return change


def replace_in(number: int, old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    def change(lines: list[bytes]) -> list[bytes]:
        assert old in lines[number]
        lines[number] = lines[number].replace(old, new)
        return lines

    return change


def with_text(text: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: {**row, "text": text}


# What is done to the first run of two -> what is found, and in which of its files
DAMAGES: dict[str, tuple[Damage, dict[str, str]]] = {
    "WARC file removed": (
        lambda a, r: a.path(r.warc).unlink(),
        {"missing-file": "{0.warc}", "follows-from-damage": "{0.warc}"},
    ),
    "index removed": (lambda a, r: a.path(r.cdxj).unlink(), {"missing-file": "{0.cdxj}"}),
    "articles removed": (lambda a, r: a.path(r.table).unlink(), {"missing-file": "{0.table}"}),
    "log removed": (
        lambda a, r: a.path(f"runs/{r.run_id}/log.txt").unlink(),
        {"missing-file": "runs/{0.run_id}/log.txt"},
    ),
    "log edited": (
        lambda a, r: a.rewrite(f"runs/{r.run_id}/log.txt", lambda _: b"It went badly\n"),
        {"wrong-digest": "runs/{0.run_id}/log.txt"},
    ),
    "checksums removed": (
        lambda a, r: a.path(f"runs/{r.run_id}/manifest-sha256.txt").unlink(),
        {"wrong-checksums": CHECKSUMS},
    ),
    "checksums edited": (
        lambda a, r: a.rewrite(f"runs/{r.run_id}/manifest-sha256.txt", lambda data: data.replace(b"a", b"b")),
        {"wrong-checksums": CHECKSUMS},
    ),
    "file added to the run's folder": (
        lambda a, r: a.path(f"runs/{r.run_id}/more.txt").write_text("x"),
        {"unnamed-file": "runs/{0.run_id}/more.txt"},
    ),
    "file added under the run's name": (
        lambda a, r: shutil.copy(a.path(r.table), a.path(r.table.replace("-00001.", "-00002."))),
        {"unnamed-file": SECOND_TABLE, "doubled-version": SECOND_TABLE},
    ),
    "file added under no run's name": (
        lambda a, _: a.path(f"warc/{SITE}/notes.txt").write_text("x"),
        {"unnamed-file": f"warc/{SITE}/notes.txt", "missing-index": f"cdxj/{SITE}/notes.txt.cdxj"},
    ),
    "folder added among the runs": (
        lambda a, _: shutil.copytree(a.path("runs") / a.runs[0].run_id, a.path("runs/mine")),
        {"unnamed-file": "runs/mine/*"},
    ),
    "manifest removed": (
        lambda a, r: a.path(MANIFEST.format(r)).unlink(),
        {"unfinished-run": "runs/{0.run_id}", "chain-gap": LATER_MANIFEST},
    ),
    "manifest edited": (
        lambda a, r: edit_manifest(a, r, b'"press"', b'"other"'),
        {"chain-changed": LATER_MANIFEST, "wrong-checksums": CHECKSUMS},
    ),
    "manifest spelled otherwise": (
        lambda a, r: edit_manifest(a, r, b",", b", "),
        {"broken-manifest": MANIFEST, "chain-changed": LATER_MANIFEST},
    ),
    "manifest torn": (
        lambda a, r: a.rewrite(MANIFEST.format(r), lambda data: data[:100]),
        {"broken-manifest": MANIFEST, "chain-changed": LATER_MANIFEST},
    ),
    "manifest of another run": (
        lambda a, r: a.rewrite(MANIFEST.format(r), lambda _: a.path(MANIFEST.format(a.runs[1])).read_bytes()),
        {"broken-manifest": MANIFEST, "chain-changed": LATER_MANIFEST},
    ),
    "record count edited": (
        lambda a, r: edit_manifest(a, r, b'"records":14', b'"records":13'),
        {
            "wrong-count": "{0.warc}",
            "chain-changed": LATER_MANIFEST,
            "wrong-checksums": CHECKSUMS,
        },
    ),
    "row count edited": (
        lambda a, r: edit_manifest(a, r, b'"rows":4', b'"rows":5'),
        {
            "wrong-count": "{0.table}",
            "chain-changed": LATER_MANIFEST,
            "wrong-checksums": CHECKSUMS,
        },
    ),
    "index line removed": (
        lambda a, r: edit_lines(a, r, lambda lines: lines[1:]),
        {"wrong-size": "{0.cdxj}", "unindexed-response": "{0.cdxj}"},
    ),
    "index line twice": (
        lambda a, r: edit_lines(a, r, lambda lines: [lines[0], *lines]),
        {"wrong-size": "{0.cdxj}", "broken-index-line": "{0.cdxj}", "wrong-index-line": "{0.cdxj}"},
    ),
    "index lines out of order": (
        lambda a, r: edit_lines(a, r, lambda lines: lines[::-1]),
        {"wrong-digest": "{0.cdxj}", "broken-index-line": "{0.cdxj}"},
    ),
    "index line without its end": (
        lambda a, r: edit_lines(a, r, lambda lines: [*lines[:-1], lines[-1][:-1]]),
        {"wrong-size": "{0.cdxj}", "broken-index-line": "{0.cdxj}"},
    ),
    "index line that is none": (
        lambda a, r: edit_lines(a, r, lambda lines: [*lines, b"\xff\n"]),
        {"wrong-size": "{0.cdxj}", "broken-index-line": "{0.cdxj}"},
    ),
    "index offset edited": (
        lambda a, r: edit_lines(a, r, more(2)),
        {"wrong-digest": "{0.cdxj}", "wrong-index-line": "{0.cdxj}", "unindexed-response": "{0.cdxj}"},
    ),
    "index address edited": (
        lambda a, r: edit_lines(a, r, replace_in(2, b"https://warraq.example/2", b"https://warraq.example/7")),
        {"wrong-digest": "{0.cdxj}", "wrong-index-line": "{0.cdxj}"},
    ),
    "index digest edited": (
        lambda a, r: edit_lines(a, r, replace_in(2, b"sha256:", b"sha512:")),
        {"wrong-digest": "{0.cdxj}", "wrong-index-line": "{0.cdxj}"},
    ),
    "article text edited": (
        lambda a, r: edit_rows(a, r, with_text("خبر آخر")),
        {"wrong-size": "{0.table}", "wrong-text-digest": "{0.table}"},
    ),
    "article id edited": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "id": "f" * 32}),
        {"wrong-size": "{0.table}", "wrong-text-digest": "{0.table}"},
    ),
    "article's pointer moved": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "warc_offset": row["warc_offset"] + 1}),
        {"wrong-size": "{0.table}", "wrong-pointer": "{0.table}"},
    ),
    "article's pointer to another file": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "warc_file": a.runs[1].warc}),
        {"wrong-size": "{0.table}", "wrong-pointer": "{0.table}"},
    ),
    "article's pointer to no file": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "warc_file": "warc/x/none.warc.gz"}),
        {"wrong-size": "{0.table}", "wrong-pointer": "{0.table}"},
    ),
    "article without a pointer": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "warc_file": None}),
        {"wrong-size": "{0.table}", "wrong-pointer": "{0.table}"},
    ),
    "article's payload digest edited": (
        lambda a, r: edit_rows(a, r, lambda row: {**row, "payload_digest": "sha256:" + "0" * 64}),
        {"wrong-size": "{0.table}", "wrong-pointer": "{0.table}"},
    ),
    "article of another site": (
        name_another_site,
        {"wrong-size": "{0.table}", "broken-table": "{0.table}"},
    ),
    "table cut off": (
        lambda a, r: a.rewrite(r.table, lambda data: data[:-10]),
        {"wrong-size": "{0.table}", "broken-table": "{0.table}"},
    ),
    "bit in a table's page": (
        lambda a, r: turn_bit(a, r, in_column="text"),
        {"wrong-digest": "{0.table}", "broken-table": "{0.table}"},
    ),
    "table of something else": (
        lambda a, r: pq.write_table(pa.table({"id": [1]}), a.path(r.table)),
        {"wrong-size": "{0.table}", "broken-table": "{0.table}"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_it_is_found_and_named(archive: Archive, name: str) -> None:
    damage, wanted = DAMAGES[name]
    first, second = archive.runs
    damage(archive, first)
    found = {(code, file) for code, file, _ in faults_in(archive)}
    expected = {(code, file.format(first, second)) for code, file in wanted.items()}
    if ("wrong-size", first.table) in expected and ("wrong-digest", first.table) in found:
        expected = {(code.replace("wrong-size", "wrong-digest"), file) for code, file in expected}
    found = {(code, "runs/mine/*" if file.startswith("runs/mine/") else file) for code, file in found}
    assert found == expected


def test_a_run_that_left_no_folder_is_told_once(archive: Archive) -> None:
    """As while a crawl is running, which delivers its WARC files long before its manifest."""
    shutil.rmtree(archive.root / "runs" / archive.runs[1].run_id)
    assert faults_in(archive) == [("unfinished-run", "runs/*-warraq_example-000001", None)]
    report = report_on(archive, unfinished_ok=True)
    assert report.ok
    assert "its 3 files" in report.remarks[-1]


def test_a_file_that_cannot_be_read_is_a_fault_and_the_rest_goes_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = FolderStorage.open

    def failing(self: FolderStorage, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        if key == archive.runs[0].warc:
            raise ArchiveError("the disk says no.")
        return whole(self, key, start, length)

    monkeypatch.setattr(FolderStorage, "open", failing)
    report = report_on(archive)
    assert ("unreadable-file", archive.runs[0].warc) in {(fault.code, fault.file) for fault in report.faults}
    assert report.checked["articles"] == 8


def test_a_later_manifest_may_promise_an_earlier_runs_files(archive: Archive, tmp_path: Path) -> None:
    """As when a crawl finishes what a killed one left."""
    data = archive.path(MANIFEST.format(archive.runs[0])).read_bytes()
    left = Manifest.parse(data).files
    for run in archive.runs:
        shutil.rmtree(archive.root / "runs" / run.run_id)
    for key in (archive.runs[1].warc, archive.runs[1].cdxj, archive.runs[1].table):
        archive.path(key).unlink()
    (archive.root / "runs" / archive.runs[0].run_id).mkdir(parents=True)
    log = next(file for file in left if file.key.endswith("log.txt"))
    archive.path(log.key).write_text("It went well.\n")
    add_run(archive.root, tmp_path / "spool", 2, 1, adopted=left)
    assert faults_in(archive) == []


def test_runs_out_of_order(archive: Archive, tmp_path: Path) -> None:
    """A manifest made later, by a machine whose clock is a day behind, or by a forger."""
    add_run(archive.root, tmp_path / "spool", -24, 1, name=run_id(99))
    assert codes_in(archive) == {"chain-order"}


def test_a_second_beginning_of_a_chain(archive: Archive, tmp_path: Path) -> None:
    add_run(archive.root, tmp_path / "spool", 5, 1, follows=False)
    assert faults_in(archive) == [("chain-gap", f"runs/{run_id(5)}/manifest.json", None)]


def test_two_runs_side_by_side_are_joined_by_the_next(archive: Archive, tmp_path: Path) -> None:
    for run in archive.runs:
        shutil.rmtree(archive.root / "runs" / run.run_id)
        for key in (run.warc, run.cdxj, run.table):
            archive.path(key).unlink()
    add_run(archive.root, tmp_path / "spool", 0, 1)
    add_run(
        archive.root, tmp_path / "spool", 1, 1, name="20261121220001-warraq_example-00000a", follows=False
    )
    assert codes_in(archive) == {"chain-gap"}  # they only look like it: the second began an hour later
    newest = add_run(archive.root, tmp_path / "spool", 2, 1)
    manifest = Manifest.parse(archive.path(MANIFEST.format(newest)).read_bytes())
    assert [each.run_id[-6:] for each in manifest.previous] == ["000000", "00000a"]
    assert list(report_on(archive).checked["heads"]) == [SITE]
    assert [head["run_id"] for head in report_on(archive).checked["heads"][SITE]] == [newest.run_id]


def test_one_run_or_one_site(archive: Archive) -> None:
    first, second = archive.runs
    archive.path(second.cdxj).unlink()
    assert report_on(archive, scope=Scope(run_id=first.run_id)).ok
    assert report_on(archive, scope=Scope(run_id=first.run_id)).checked["records"] == 14
    assert codes_in(archive, scope=Scope(run_id=second.run_id)) == {"missing-file"}
    assert codes_in(archive, scope=Scope(site=SITE)) == {"missing-file"}


def test_one_run_is_held_to_the_manifest_before_it(archive: Archive) -> None:
    first, second = archive.runs
    edit_manifest(archive, first, b'"press"', b'"other"')
    assert codes_in(archive, scope=Scope(run_id=second.run_id)) == {"chain-changed"}


def test_an_article_may_point_into_another_runs_file(archive: Archive) -> None:
    """As after articles were read again: then one run alone is checked by reading the records themselves."""
    first, second = archive.runs
    row = pq.read_table(archive.path(second.table), partitioning=None).to_pylist()[0]
    pointer = {name: row[name] for name in row if name.startswith("warc_") or name == "payload_digest"}
    edit_rows(archive, first, lambda row: {**row, **pointer})
    only = Scope(run_id=first.run_id)
    assert codes_in(archive, scope=only) <= {"wrong-size", "wrong-digest"}
    edit_rows(archive, first, lambda row: {**row, **pointer, "warc_record_id": "<urn:uuid:0>"})
    assert "wrong-pointer" in codes_in(archive, scope=only)


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(site="absent"), "holds nothing of the site absent"),
        (Scope(run_id="20200101000000-warraq_example-aaaaaa"), "has no run 20200101000000"),
    ],
)
def test_what_is_not_there_cannot_be_right(archive: Archive, scope: Scope, words: str) -> None:
    with pytest.raises(ArchiveError, match=words):
        report_on(archive, scope=scope)


def test_an_empty_archive_is_not_right(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nothing to check"):
        verify(str(tmp_path), Options())
    with pytest.raises(ArchiveError, match="no such folder"):
        verify(str(tmp_path / "none"), Options())


def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    runs = [add_run(tmp_path / "archive", tmp_path / "spool", n, 4, padding=3_000_000) for n in range(2)]
    archive = Archive(tmp_path / "archive", runs)
    archive.rewrite(runs[0].warc, lambda data: data[:-1])
    archive.path(runs[1].cdxj).write_text("no line\n")
    alone, together = report_on(archive), report_on(archive, processes=2)
    assert together.record() == alone.record()
    assert {fault.code for fault in together.faults} >= {"torn-file", "broken-index-line"}


def test_every_fault_is_explained() -> None:
    document = (Path(__file__).resolve().parents[2] / "docs/archive.md").read_text()
    table = document.partition("### Faults")[2].partition("###")[0]
    assert {code.value for code in Code if f"`{code.value}`" not in table} == set()
