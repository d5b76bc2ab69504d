"""The state of a site in the archive: read back as it was, made anew where it is missing, never trusted."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.health.merging import as_stats, merged
from crawler.health.record import RunRecord
from crawler.health.site_state import Judged, SiteState, facts_of, judged, replayed
from crawler.health.state_file import (
    _parsed,
    _text,
    carry_on,
    read_state,
    sites_with_state,
    state_before,
)
from crawler.storage.folder import FolderStorage
from tests.health.records import JSON, record, write
from tests.health.site_runs import good, run, sick

ILL = judged(good(), facts_of(good(), run(0, **sick(10)["blocked"]))).state


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    carry_on(storage, SiteState(site="barada"), lambda _: Judged(ILL))
    read = read_state(storage, "barada")
    assert read is not None
    assert _text(read) == _text(ILL)
    assert (read.condition, read.cause, read.since) == ("ill", "blocked", ILL.since)
    assert read.ailments == ILL.ailments
    assert [each.run_id for each in read.good] == [each.run_id for each in ILL.good]
    assert sites_with_state(storage) == ["barada"]


def test_a_record_keeps_what_the_checks_need() -> None:
    many = merged([record(days_ago=day, failed_lists={"http-403": 2}) for day in range(3)])
    again = RunRecord.of(json.loads(json.dumps(as_stats(many))), many.run_id)
    for name in ("runs", "articles", "found", "lists", "failed", "failed_lists", "fields", "first", "rhythm"):
        assert getattr(again, name) == getattr(many, name)
    assert (again.began, again.measure, again.whole) == (many.began, many.measure, True)


def test_a_missing_or_damaged_state_is_made_of_the_records(tmp_path: Path) -> None:
    for day in range(1, 6):
        each = record(days_ago=6 - day)
        values = as_stats(each) | {"lists": 8}
        write(tmp_path, each.run_id, values)
    storage = FolderStorage(tmp_path)
    for content in (None, b"{", b"[]", b'{"version": 1}', b"\xff"):
        if content is not None:
            (tmp_path / "health").mkdir(exist_ok=True)
            (tmp_path / "health/barada.json").write_bytes(content)
        state = state_before(storage, "barada", record().run_id)
        assert (state.condition, len(state.good)) == ("well", 5)


def test_two_machines_lose_no_run(tmp_path: Path) -> None:
    """The state is read again where another machine has replaced it in between."""
    storage = FolderStorage(tmp_path)
    first, second = record(days_ago=2), record(days_ago=1)

    def slow(state: SiteState) -> Judged:
        if not state.entries:  # another machine is faster
            carry_on(storage, state, lambda other: judged(other, facts_of(other, first)))
        return judged(state, facts_of(state, second))

    done = carry_on(storage, SiteState(site="barada"), slow)
    assert [entry.record.run_id for entry in done.state.entries] == [second.run_id, first.run_id]


@pytest.mark.parametrize("name", ["condition", "cause", "since", "ailments", "entries", "last_good", "site"])
@given(value=JSON)
def test_a_foreign_state_is_refused_or_harmless(name: str, value: Any) -> None:
    hostile = json.loads(_text(ILL)) | {name: value}
    state = _parsed(json.dumps(hostile).encode(), "barada")
    if state is not None:
        assert judged(state, facts_of(state, run(1))).state.condition in {"well", "doubtful", "ill"}


ENTRY = st.fixed_dictionaries({"run_id": st.text(max_size=5), "bad": JSON, "began": JSON})


@given(st.lists(ENTRY, max_size=3))
def test_foreign_entries_are_harmless(entries: list[dict[str, Any]]) -> None:
    state = _parsed(json.dumps(json.loads(_text(ILL)) | {"entries": entries}).encode(), "barada")
    assert state is not None
    assert replayed("barada", [entry.record for entry in state.entries]).site == "barada"
