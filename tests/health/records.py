"""Records of runs for the tests: a good run, with changes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from crawler.archive.names import new_run_id
from crawler.health import RunRecord

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
ALL_FIELDS = {"published": 100, "authors": 90, "section": 100, "tags": 80, "images": 95, "language": 100}


def stats(**changes: Any) -> dict[str, Any]:
    """What a run of a hundred good articles leaves in its stats.json."""
    counters = {
        **{f"articles/field/{name}": number for name, number in ALL_FIELDS.items()},
        "articles/answers/200": 110,
        "downloader/response_status_count/200": 108,
        "downloader/response_status_count/404": 2,
        "health/rhythm/articles": 1_000.0,
        "health/rhythm/seconds": 10 * 86_400.0,
        "health/rhythm/quiet_seconds": 0.0,
        **changes.pop("counters", {}),
    }
    return {
        "reason": "finished",
        "seconds": 60.0,
        "found": 104,
        "fetched": 102,
        "unchanged": 0,
        "articles": 100,
        "lists": 8,
        "bytes_received": 9_000_000,
        "errors": 0,
        "dropped": {"list": 2},
        "failed": {"http-404": 2},
        "failed_lists": {},
        "refused": {},
        "counters": counters,
        "files": [],
        **changes,
    }


def record(*, days_ago: float = 0, **changes: Any) -> RunRecord:
    began = NOON - timedelta(days=days_ago)
    times = {"began": began.isoformat(), "ended": (began + timedelta(minutes=1)).isoformat()}
    return RunRecord.of({**stats(**changes), **times}, new_run_id("barada", began))


def history(number: int = 5, **changes: Any) -> list[RunRecord]:
    """Daily runs before today's, newest first."""
    return [record(days_ago=day, **changes) for day in range(1, number + 1)]


def write(archive: Path, run_id: str, values: dict[str, Any]) -> None:
    folder = archive / "runs" / run_id
    folder.mkdir(parents=True)
    (folder / "stats.json").write_text(json.dumps(values))
