"""Reading stats.json of any archive, also of a foreign one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArchiveError
from crawler.health import Facts, RunRecord, judge, last_records
from crawler.health.record import RUNS_KEPT, parse_record
from crawler.storage.folder import FolderStorage
from tests.health.records import JSON, NOON, record, stats, write

RUN = "20260510120000-barada-abcdef"


def test_a_record_is_read_as_it_was_written() -> None:
    read = parse_record(json.dumps({**stats(), "began": NOON.isoformat()}).encode(), RUN, "stats.json")
    assert (read.site, read.began, read.articles) == ("barada", NOON, 100)
    assert read.fields["authors"] == 90
    assert read.statuses == {"200": 108, "404": 2}
    assert read.answer_times == {"200": 110}
    assert read.share("tags") == 0.8
    assert read.whole


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'"' + b" " * 9_000_000 + b'"', b"NaN"]
)
def test_a_damaged_record_raises(content: bytes) -> None:
    with pytest.raises(ArchiveError, match=r"stats\.json .*\."):
        parse_record(content, RUN, "stats.json")


@given(st.dictionaries(st.sampled_from([*stats(), "began", "ended"]), JSON))
def test_any_json_makes_a_record_that_can_be_judged(values: dict[str, Any]) -> None:
    read = RunRecord.of(values, RUN)
    assert read.articles >= 0
    assert all(number > 0 for table in (read.failed, read.fields) for number in table.values())
    assert judge(Facts(run=read, before=[read, read, read]))


def test_the_last_whole_runs_of_the_site_are_found_newest_first(tmp_path: Path) -> None:
    for day in range(1, 20):
        write(tmp_path, f"202604{day:02}120000-barada-aaaaaa", stats(articles=day))
    write(tmp_path, "20260430120000-barada-aaaaaa", stats(reason="shutdown"))
    write(tmp_path, "20260430130000-barada-aaaaaa", stats(counters={"health/bounded": 1}))
    write(tmp_path, "20260430140000-wadi-aaaaaa", stats())
    (tmp_path / "runs/20260430150000-barada-aaaaaa").mkdir()  # killed before it wrote a word
    write(tmp_path, "20260511120000-barada-aaaaaa", stats())  # later than the one that asks
    found = last_records(FolderStorage(tmp_path), "barada", RUN)
    assert [run.articles for run in found] == list(range(19, 19 - RUNS_KEPT, -1))


def test_an_archive_without_runs_has_no_history(tmp_path: Path) -> None:
    assert last_records(FolderStorage(tmp_path), "barada", record().run_id) == []
