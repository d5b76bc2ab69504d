"""scrapy compact, on an archive of many runs; verify is asked after every step."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crawler.compact.run import compact
from crawler.errors import ArchiveError
from crawler.storage import Storage, open_storage
from crawler.storage.retention import LockMode, Locks, Retention
from crawler.tables.succession_record import Compaction, Rows, rows_of
from crawler.verify import Options, Scope, verify
from tests.compact.sealing import NOW, SEAL
from tests.crawl.running import PROJECT, scrapy
from tests.servers.s3 import environment, objects
from tests.servers.swift import Swift
from tests.verify import building
from tests.verify.building import SITE, Archive
from tests.wacz.conftest import Archived

MONTH = "2026-11"
RUNS = 4


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Runs of two pages each, all published in one month, every other in a zone of its own."""
    made = building.article

    def dated(number: int, *given: Any) -> Any:
        zone = "+03:00" if number % 2 else "+00:00"
        published = datetime.fromisoformat(f"2026-11-{20 - number:02}T00:30:00{zone}")
        return replace(made(number, *given), published=published)

    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "article", dated)
        return building.build(folder / "archive", folder / "spool", runs=RUNS, pages=2)


@pytest.fixture
def archive(_built: Archive, tmp_path: Path) -> Archive:
    shutil.copytree(_built.root, tmp_path / "archive")
    return replace(_built, root=tmp_path / "archive")


@pytest.fixture
def compacting(archive: Archive, tmp_path: Path) -> Callable[..., Any]:
    def run(storage: Storage | None = None, now: datetime = NOW) -> Any:
        place = storage or open_storage(str(archive.root))
        return compact(place, tmp_path / "spool", SITE, seal=SEAL, attempts=1, now=now)

    return run


def tables(archive: Archive) -> list[Path]:
    return sorted(archive.root.glob("articles/**/*.parquet"))


def rows(archive: Archive) -> list[dict[str, Any]]:
    found = [row for path in tables(archive) for row in pq.read_table(path, partitioning=None).to_pylist()]
    return sorted(found, key=lambda row: (row["id"], row["warc_offset"]))


def codes(archive: Archive, **options: Any) -> set[str]:
    return {fault.code.value for fault in verify(str(archive.root), Options(**options)).faults}


def test_many_tables_become_one_with_the_same_rows_sorted(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    before = rows(archive)
    assert len(tables(archive)) == RUNS
    done = compacting()
    assert (done.months, done.merged, done.removed, done.stays) == (1, RUNS, RUNS, {})
    [table] = tables(archive)
    assert table.parent.name == f"month={MONTH}"
    assert rows(archive) == before
    published = [row["published"] for row in pq.read_table(table, partitioning=None).to_pylist()]
    assert published == sorted(published, key=datetime.fromisoformat)
    assert codes(archive) == set()
    assert codes(archive, scope=Scope(site=SITE)) == set()
    for run in archive.runs:  # each of the old runs alone can still be proven
        assert codes(archive, scope=Scope(run_id=run.run_id)) == set()
    assert compacting().run_id is None, "one table is what they were to become"


def test_sha256sum_checks_every_list_of_a_compacted_archive(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    lists = sorted(archive.root.glob("runs/*/manifest-sha256.txt"))
    before = {path: path.read_bytes() for path in lists}
    compacting()
    now = sorted(archive.root.glob("runs/*/manifest-sha256.txt"))
    assert len(now) == len(lists) + 1
    command = ["sha256sum", "--check", "--strict", "--quiet", *(str(path) for path in now)]
    checked = subprocess.run(command, cwd=archive.root, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    for path, content in before.items():  # as version 0.1 left it, and a compaction that was killed
        path.write_bytes(content)
    assert codes(archive) == set()
    compacting()
    assert all(b"\n# " in b"\n" + path.read_bytes() for path in before)


def test_a_list_of_checksums_with_another_comment_is_found(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    compacting()
    path = min(archive.root.glob("runs/*/manifest-sha256.txt"))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n# ", 1))
    assert codes(archive) == {"wrong-checksums"}


def test_a_month_that_goes_on_is_left_and_a_later_one_joins(
    archive: Archive, compacting: Callable[..., Any], tmp_path: Path
) -> None:
    assert compacting(now=datetime(2026, 12, 31, 23, tzinfo=UTC)).run_id is None
    assert len(tables(archive)) == RUNS
    assert compacting(now=datetime(2027, 1, 1, tzinfo=UTC)).merged == RUNS
    before = rows(archive)
    made = building.article
    published = datetime.fromisoformat("2026-11-02T10:00:00+00:00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "article", lambda *given: replace(made(*given), published=published))
        facts, now = building.facts, datetime.now(UTC)  # compactions end when they do
        patch.setattr(building, "facts", lambda *given: replace(facts(*given), began=now, ended=now))
        building.add_run(archive.root, tmp_path / "more", RUNS, 2)
    assert compacting(now=datetime(2027, 2, 1, tzinfo=UTC)).merged == 2
    assert len(tables(archive)) == 1
    assert len(rows(archive)) == len(before) + 2
    assert codes(archive) == set(), "a table that was itself replaced leads on to its successor"


def test_a_successor_that_lacks_a_row_proves_nothing(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    compacting()
    [table] = tables(archive)
    whole = pq.read_table(table, partitioning=None)
    pq.write_table(whole.slice(1), table)
    assert "broken-succession" in codes(archive)
    table.unlink()
    assert codes(archive) == {"missing-file"}


def test_a_forged_record_excuses_nothing(archive: Archive, compacting: Callable[..., Any]) -> None:
    done = compacting()
    path = archive.root / f"runs/{done.run_id}/compaction.json"
    record = Compaction.parse(path.read_bytes())
    path.write_bytes(replace(record, successions=record.successions * 2).to_bytes())
    assert {"broken-succession", "missing-file"} <= codes(archive)


def test_a_file_that_is_simply_gone_is_still_missing(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    tables(archive)[0].unlink()
    assert codes(archive) == {"missing-file"}
    compacting()
    assert codes(archive) == {"missing-file"}, "what was not there was not replaced"


def test_a_changed_file_is_not_laundered(archive: Archive, compacting: Callable[..., Any]) -> None:
    path = tables(archive)[0]
    pq.write_table(pq.read_table(path, partitioning=None), path)
    before = [path.read_bytes() for path in tables(archive)]
    with pytest.raises(ArchiveError, match="is not what its manifest promises"):
        compacting()
    assert [path.read_bytes() for path in tables(archive)] == before


class _Stubborn:
    """A storage behind which locks are held, or removing fails."""

    def __init__(self, storage: Storage, *, locked: bool = False, failing: bool = False) -> None:
        self._storage = storage
        self._locked = locked
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        until = datetime(2030, 1, 1, tzinfo=UTC)
        return Locks(None, Retention(LockMode.COMPLIANCE, until) if self._locked else None)

    def remove(self, key: str) -> None:
        if self._failing or (self._locked and key.startswith("articles/")):
            raise ArchiveError(f"{key} cannot be removed.")
        self._storage.remove(key)


def test_what_is_locked_stays_and_nothing_stands_there_twice(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    before = tables(archive)
    done = compacting(_Stubborn(open_storage(str(archive.root)), locked=True))
    assert done.run_id is None
    assert {*done.stays} == {path.relative_to(archive.root).as_posix() for path in before}
    assert "is locked (COMPLIANCE 2030-01-01" in next(iter(done.stays.values()))
    assert tables(archive) == before


def test_a_key_that_may_not_remove_is_told_before_anything_is_written(
    archive: Archive, compacting: Callable[..., Any]
) -> None:
    before = tables(archive)
    with pytest.raises(ArchiveError, match="cannot be removed"):
        compacting(_Stubborn(open_storage(str(archive.root)), failing=True))
    assert tables(archive) == before
    assert len(list((archive.root / "runs").iterdir())) == RUNS


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.compact import run
from crawler.run import small_run
from crawler.storage import open_storage
from crawler.storage.folder import FolderStorage
from tests.compact.sealing import NOW, SEAL
from tests.verify.building import SITE
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
owner, name = {
    "building": (run, "_build"), "delivering": (small_run, "_deliver_run"), "sealing": (type(SEAL), "put_on"),
    "removing": (FolderStorage, "remove"),
}[sys.argv[3]]
calls = [0]
whole = getattr(owner, name)
def die_at_the_right_call(*given, **named):
    calls[0] += 1
    if calls[0] == (2 if sys.argv[3] == "removing" else 1):
        die()
    return whole(*given, **named)
setattr(owner, name, die_at_the_right_call)
storage = open_storage(sys.argv[1])
run.compact(storage, Path(sys.argv[2]), SITE, seal=SEAL, attempts=1, now=NOW)
"""


@pytest.mark.parametrize("moment", ["building", "delivering", "sealing", "removing"])
def test_a_kill_at_any_moment_is_mended_by_the_next_call(
    archive: Archive, compacting: Callable[..., Any], tmp_path: Path, moment: str
) -> None:
    before = rows(archive)
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    killed = subprocess.run(
        [sys.executable, str(program), str(archive.root), str(tmp_path / "spool"), moment],
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9, killed.stderr
    compacting()
    assert rows(archive) == before
    assert len(tables(archive)) == 1
    assert codes(archive) == set()


def test_old_tables_left_beside_their_successor_are_told_and_go_next_time(
    archive: Archive, compacting: Callable[..., Any], tmp_path: Path
) -> None:
    path = tables(archive)[0]
    kept = path.read_bytes()
    compacting()
    path.write_bytes(kept)
    assert codes(archive) == {"superseded-file"}
    assert compacting().removed == 1
    assert codes(archive) == set()


def test_rows_are_told_in_any_order_and_without_columns_that_came_later() -> None:
    first, second = {"id": "1", "title": "أ"}, {"id": "2", "title": None}
    both = rows_of([first, second])
    assert (
        both == rows_of([second | {"previous_id": None}, first]) == rows_of([first]) + rows_of([{"id": "2"}])
    )
    assert both != rows_of([first, first])
    assert rows_of([]) == Rows(0, 0)
    with pytest.raises(ArchiveError, match="no record of a compaction"):
        Compaction.parse(b'{"run_id": 1}')


def test_the_command_in_a_folder_and_on_s3(
    archive: Archive, swift: Swift, bucket: str, tmp_path: Path
) -> None:
    Archived(archive.root).copy_to(f"s3://{bucket}/p", swift)
    settings = {"SPOOL": str(tmp_path / "s3-spool")}
    for place, env in ((str(archive.root), {}), (f"s3://{bucket}/p", environment(swift))):
        ended = scrapy("compact", place, "--site", SITE, settings=settings, env=env)
        assert ended.returncode == 0, ended.stderr
        # the runs of this archive lie in the month of today, or the last one, until that is over
        assert f"{SITE}: " in ended.stdout
        checked = scrapy("verify", place, "--json", env=env)
        assert (checked.returncode, json.loads(checked.stdout)["faults"]) == (0, [])
    wrong = scrapy("compact", str(archive.root), "--site", "absent")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    assert objects(swift, bucket)
