"""The index follows its archive, and outlives kills, damage and other processes."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import ArchiveError
from crawler.search import index as index_module
from crawler.search.index import Index, open_index
from crawler.search.query import Query
from crawler.search.results import Step
from crawler.storage import Storage, open_storage
from tests.compact.sealing import NOW, SEAL
from tests.crawl.running import PROJECT
from tests.search.archives import Library, story, titles
from tests.verify import building

ALL = 6  # articles of the fixture `stocked`


def count(index: Index, words: str = "") -> int:
    return index.search(Query(words=words)).total


def counts(index: Index) -> tuple[int, int, int]:
    """Count by the engine, by the catalogue, and by the days of the catalogue."""
    totals = index.catalogue.totals()
    return count(index), totals.articles, sum(index.catalogue.days().values()) + totals.undated


def test_an_index_stays_the_same_through_a_compaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.compact.run import compact  # noqa: PLC0415 - loads pyarrow

    made, published = building.article, datetime(2026, 11, 2, 10, tzinfo=UTC)
    monkeypatch.setattr(building, "article", lambda *given: replace(made(*given), published=published))
    root = tmp_path / "archive"
    building.build(root, tmp_path / "spool", runs=3, pages=2)
    storage = open_storage(str(root))
    index = open_index(storage, cache=tmp_path / "cache")
    before = index.search(Query(limit=100)).hits
    assert len(before) == 6
    assert compact(storage, tmp_path / "spool", building.SITE, seal=SEAL, attempts=1, now=NOW).merged == 3
    stale = index.catalogue.version(before[0].id)
    assert stale is not None
    assert not (root / stale.table).exists()
    row = index.catalogue.article(before[0].id)
    assert row is not None
    assert row["title"] == before[0].title
    assert (index.update.tables, index.update.articles) == (1, 0), "no row is analysed twice"
    assert index.search(Query(limit=100)).hits == before
    assert counts(index) == (6, 6, 6)


def test_rows_beside_their_successor_count_once(stocked: Library) -> None:
    index = stocked.open()
    [path] = (stocked.root / "articles/site=warraq_example/month=2026-03").glob("*.parquet")
    shutil.copy(path, path.with_name("WARRAQ-warraq_example-20261201000000-abcdef-00001.parquet"))
    index.refresh()
    assert counts(index) == (ALL, ALL, ALL)
    path.unlink()
    assert index.refresh().removed == 0
    assert counts(index) == (ALL, ALL, ALL)


def test_what_left_the_archive_leaves_the_index(stocked: Library) -> None:
    [key] = stocked.add(story(2, "نص جديد عن البنزين.", fetched_at="2026-11-09T10:00:00+00:00",
                              published="2026-01-20T10:00:00+03:00"))  # fmt: skip
    index = stocked.open()
    assert count(index, "الشبكة") == 0
    (stocked.root / key).unlink()
    assert index.refresh().removed == 1
    assert counts(index) == (ALL, ALL, ALL)
    assert count(index, "البنزين") == 0
    assert count(index, "الشبكة") == 1, "the version before is the newest again"
    shutil.rmtree(stocked.root / "articles/site=nile_example")
    assert index.refresh().removed == 3
    assert counts(index) == (3, 3, 3)
    assert [each.site for each in index.catalogue.outlets()] == ["warraq_example"]


def test_a_damaged_table_is_named_and_the_rest_is_found(stocked: Library) -> None:
    [path] = (stocked.root / "articles/site=warraq_example/month=2026-01").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-40])
    for _ in range(2):  # it is named each time
        index = stocked.open()
        [problem] = index.problems
        assert path.name in problem
        assert "no whole table of articles" in problem
        assert count(index) == ALL - 2
    other = path.with_name("WARRAQ-warraq_example-20261201000000-abcdef-00001.parquet")
    stocked.add(story(1, "أعلنت وزارة الموارد المائية قطع المياه عن الحي الغربي."))
    path.rename(other)
    assert count(stocked.open()) == ALL - 1


def test_a_file_that_grew_whole_again_is_read(stocked: Library) -> None:
    [path] = (stocked.root / "articles/site=warraq_example/month=2026-01").glob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    stocked.open()
    path.write_bytes(whole)
    index = stocked.open()
    assert index.problems == []
    assert counts(index) == (ALL, ALL, ALL)


def _cut_words(folder: Path) -> None:
    for path in (folder / "words").glob("*.idx"):
        path.write_bytes(path.read_bytes()[:100])


def _no_meta(folder: Path) -> None:
    (folder / "words/meta.json").write_text("{")


def _no_words(folder: Path) -> None:
    shutil.rmtree(folder / "words")


def _garbled_catalogue(folder: Path) -> None:
    path = folder / "catalogue.sqlite"
    path.write_bytes(b"\0" * path.stat().st_size)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _no_catalogue(folder: Path) -> None:
    for path in folder.glob("catalogue*"):
        path.unlink()


DAMAGE = [_cut_words, _no_meta, _no_words, _garbled_catalogue, _no_catalogue]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_made_again(stocked: Library, damage: Callable[[Path], None]) -> None:
    stocked.open()
    damage(stocked.index_folder)
    index = stocked.open()
    assert counts(index) == (ALL, ALL, ALL)
    silent = damage is _no_catalogue  # nothing is there that could be damaged
    assert [("damaged" in notice) for notice in index.notices] == ([] if silent else [True])
    assert stocked.open().notices == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_index_that_is_damaged_while_it_is_open_is_made_again(
    stocked: Library, damage: Callable[[Path], None]
) -> None:
    index = stocked.open()
    damage(stocked.index_folder)
    assert titles(index.search(Query(words='"معرض الكتاب"')).hits) == ["معرض الكتاب"]
    assert index.refresh().problems == []
    assert counts(index) == (ALL, ALL, ALL)


def test_other_rules_make_another_index(stocked: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked.open()
    old = stocked.index_folder
    monkeypatch.setattr(index_module, "VERSION", "of tomorrow")
    index = stocked.open()
    assert index.update.articles == ALL
    assert stocked.index_folder != old, "the old one is gone"
    assert index.notices == []


def test_an_archive_that_cannot_be_reached_is_searched_in_its_index(stocked: Library) -> None:
    stocked.open()
    stocked.root.rename(stocked.root.with_name("moved"))
    index = stocked.open()
    [problem] = index.problems
    assert problem.startswith("The index is not up to date: ")
    assert count(index) == ALL
    with pytest.raises(ArchiveError, match="no such folder"):
        index.refresh()


def test_an_archive_that_was_never_there_is_an_error_each_time(library: Library) -> None:
    library.root.rmdir()
    for _ in range(2):
        with pytest.raises(ArchiveError, match="no such folder"):
            library.open()


class Changing:
    """A storage from which the first table is compacted away between listing and reading."""

    def __init__(self, root: Path) -> None:
        self._storage = open_storage(str(root))
        self._root = root
        self.left = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Any:
        if self.left and key.endswith(".parquet"):
            self.left -= 1
            path = self._root / key
            path.rename(path.with_name("WARRAQ-nile_example-20261201000000-abcdef-00001.parquet"))
        return self._storage.open(key, start, length)


def test_an_archive_may_change_while_it_is_read(stocked: Library) -> None:
    storage: Storage = Changing(stocked.root)
    index = open_index(storage, cache=stocked.cache)
    assert storage.left == 0  # type: ignore[attr-defined]
    assert index.problems == []
    assert counts(index) == (ALL, ALL, ALL)


class Counting:
    """A storage that counts how often each file is opened."""

    def __init__(self, root: Path) -> None:
        self._storage = open_storage(str(root))
        self.opened: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Any:
        self.opened[key] += 1
        return self._storage.open(key, start, length)


def test_each_table_is_fetched_once_with_one_request(stocked: Library) -> None:
    storage: Storage = Counting(stocked.root)
    keys = {path.relative_to(stocked.root).as_posix() for path in stocked.root.rglob("*.parquet")}
    for _ in range(2):
        index = open_index(storage, cache=stocked.cache)
        index.search(Query(words="مياه"))
    assert storage.opened == Counter(keys)  # type: ignore[attr-defined]


def test_progress_is_told(stocked: Library) -> None:
    steps: list[Step] = []
    stocked.open(progress=steps.append)
    size = sum(path.stat().st_size for path in stocked.root.rglob("*.parquet"))
    assert [steps[0].done, steps[-1].done] == [0, size]
    assert {step.total for step in steps} == {size}
    assert steps[-1].articles == ALL
    assert [step.done for step in steps] == sorted(step.done for step in steps)


KILLED = """
import os, signal, sys
from pathlib import Path
from crawler.search import catalogue_schema, engine, intake, index
from crawler.storage import open_storage

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[3]
if moment == "making":
    catalogue_schema.create = die
elif moment == "reading":
    calls, whole = [0], intake.Intake.add
    def add(*given):
        calls[0] += 1
        whole(*given)
        if calls[0] == 3:
            given[0].commit()
        if calls[0] == 4:
            die()
    intake.Intake.add = add
elif moment == "between":
    whole = intake.Intake._write_catalogue
    def written(self):
        whole(self)
        die()
    intake.Intake._write_catalogue = written
elif moment == "marking":
    guarded = intake.guarded
    def guard(call):
        given = guarded(call)
        if getattr(call, "__name__", "") == "commit":
            die()
        return given
    intake.guarded = guard
index.open_index(open_storage(sys.argv[1]), cache=Path(sys.argv[2]))
"""


MOMENTS = [
    (moment, kind)
    for moment in ("making", "reading", "between", "marking")
    for kind in (("new",) if moment == "making" else ("new", "grown"))
]


@pytest.mark.parametrize(("moment", "kind"), MOMENTS)
def test_a_kill_at_any_moment_is_mended_by_the_next_search(
    stocked: Library, tmp_path: Path, moment: str, kind: str
) -> None:
    built = kind == "grown"
    if built:
        stocked.open()
        stocked.add(*(
            story(number, f"نص جديد {number} عن البنزين.", fetched_at="2026-11-09T10:00:00+00:00")
            for number in (1, 2, 7, 8)
        ))  # fmt: skip
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    killed = subprocess.run(
        [sys.executable, str(program), str(stocked.root), str(stocked.cache), moment],
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    index = stocked.open()
    wanted = ALL + 2 if built else ALL
    assert counts(index) == (wanted, wanted, wanted)
    assert len(index.search(Query(limit=100)).hits) == wanted, "no document without a row, none twice"
    assert count(index, "البنزين") == (4 if built else 0)
    assert index.notices == []
    assert stocked.open().update.tables == 0


def _opened(root: str, cache: str, barrier: Any, answers: Any) -> None:
    barrier.wait()
    index = open_index(open_storage(root), cache=Path(cache))
    answers.put((os.getpid(), index.search(Query()).total, index.notices, index.problems))


def test_processes_at_once_do_not_harm_each_other(stocked: Library) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(3), context.Queue()
    given = (str(stocked.root), str(stocked.cache), barrier, answers)
    processes = [context.Process(target=_opened, args=given) for _ in range(3)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert [each[1:] for each in found] == [(ALL, [], [])] * 3
    assert counts(stocked.open()) == (ALL, ALL, ALL)


def test_a_reader_keeps_its_answer_while_another_process_writes(stocked: Library) -> None:
    index, other = stocked.open(), stocked.open()
    stocked.add(story(7, "نص جديد عن البنزين."))
    with index._place.writing(wait=False) as free:
        assert free
        assert other.refresh().busy
        assert count(other) == ALL
    index.refresh()
    assert count(index) == ALL + 1
    other.refresh()
    assert count(other) == ALL + 1
