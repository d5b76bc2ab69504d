"""Add up the records of runs, and write a record in the form of stats.json, which is read back. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crawler.health.record import (
    ANCIENT,
    BOUNDED,
    FIELDS,
    FIRST,
    FUTURE,
    QUIET_SECONDS,
    RECENT,
    RHYTHM_ARTICLES,
    RHYTHM_SECONDS,
    WAITING,
    YIELD,
    RunRecord,
)

_SUMS = (
    "seconds",
    "found",
    "fetched",
    "unchanged",
    "articles",
    "lists",
    "lists_unchanged",
    "starts",
    "runs",
    "bytes_received",
    "errors",
    "future",
    "ancient",
)
_TABLES = ("dropped", "failed", "failed_lists", "failed_starts", "refused", "first", "fields")
# of the numbers that the state of a site keeps for each run; the others are in the run's stats.json
_KEPT = ("found", "fetched", "unchanged", "articles", "lists", "lists_unchanged", "runs")


def merged(records: Sequence[RunRecord]) -> RunRecord:
    """Return the sum of records, the newest first. The id, the rhythm and what waits are the newest one's."""
    newest, oldest = records[0], records[-1]
    if len(records) == 1:
        return newest
    sums = {name: sum(getattr(each, name) for each in records) for name in _SUMS}
    tables: dict[str, Any] = {name: _added([getattr(each, name) for each in records]) for name in _TABLES}
    recent = [each.recent for each in records if each.recent is not None]
    return replace(
        newest,
        began=oldest.began,
        bounded=any(each.bounded for each in records),
        recent=sum(recent) if len(recent) == len(records) else None,
        statuses={},
        answer_times={},
        files=(),
        **sums,
        **tables,
    )


def shares(
    records: Iterable[RunRecord],
    part: Callable[[RunRecord], float],
    whole: Callable[[RunRecord], int],
    *,
    enough: int,
) -> list[float]:
    """Return the shares of `part` in `whole`, over groups of neighbours that have `enough` of the whole."""
    found = []
    parts, wholes = 0.0, 0
    for each in records:
        parts, wholes = parts + part(each), wholes + whole(each)
        if wholes >= enough:
            found.append(parts / wholes)
            parts, wholes = 0.0, 0
    return found


def as_stats(record: RunRecord) -> dict[str, Any]:
    """Return what the checks need of a record, in the form that RunRecord.of reads."""
    counters = {
        **{FIELDS + name: number for name, number in record.fields.items()},
        **{FIRST + name: number for name, number in record.first.items()},
        FUTURE: record.future,
        ANCIENT: record.ancient,
        YIELD: record.expected_yield,
        BOUNDED: int(record.bounded),
        RHYTHM_ARTICLES: round(record.rhythm.articles, 3),
        RHYTHM_SECONDS: round(record.rhythm.seconds, 3),
        QUIET_SECONDS: round(record.rhythm.quiet, 3),
        "discovery/starts": record.starts,
    }
    counters = {name: number for name, number in counters.items() if number}
    if record.recent is not None:
        counters[RECENT] = record.recent
    if record.waiting is not None:
        counters[WAITING] = record.waiting
    return {
        "run_id": record.run_id,
        "began": record.began.isoformat() if record.began else None,
        "ended": record.ended.isoformat() if record.ended else None,
        "reason": record.reason,
        **{name: number for name in _KEPT if (number := getattr(record, name))},
        **{name: dict(table) for name in _TABLES[:5] if (table := getattr(record, name))},
        "counters": counters,
    }


def _added(tables: Sequence[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for table in tables:
        for name, number in table.items():
            sums[name] = sums.get(name, 0) + number
    return sums
