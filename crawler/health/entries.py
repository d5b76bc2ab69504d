"""The runs of a site that its next run is judged by: single ones, then one record a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from crawler.health.merging import merged
from crawler.health.record import RunRecord

SINGLE = timedelta(days=2)  # younger runs are kept one by one, older ones as one record a day
KEPT = timedelta(days=28)
GOOD_DAYS_KEPT = 14  # of any age: a site that is ill for months is measured by the days before


@dataclass(frozen=True, slots=True)
class Entry:
    """The record of a run, or of the good or the bad runs of a day."""

    record: RunRecord
    bad: bool = False  # never a measure for others


def without_pooled(entries: Sequence[Entry], pooled: int) -> list[Entry]:
    """Return the entries, of which the newest `pooled` are no measure: they were judged with a bad run."""
    found = []
    for entry in entries:
        is_pooled = pooled > 0 and entry.record.reason == "finished"
        pooled -= is_pooled
        found.append(Entry(entry.record, bad=entry.bad or is_pooled))
    return found


def kept(entries: Sequence[Entry], now: datetime) -> list[Entry]:
    """Drop what is too old, and add up the older runs of each day, the good and the bad ones apart."""
    found: list[Entry] = []
    for day, group in groupby(entries, lambda entry: _day(entry, now)):
        each_day = list(group)
        if day is None:
            found += each_day
            continue
        for wanted in (False, True):
            alike = [entry for entry in each_day if _is_no_measure(entry) is wanted]
            if len(alike) > 1:
                whole = replace(merged([entry.record for entry in alike]), reason="finished", bounded=False)
                found.append(Entry(whole, bad=wanted))
            else:
                found += alike
    measures = [entry for entry in found if not _is_no_measure(entry)][:GOOD_DAYS_KEPT]
    return [entry for entry in found if _age(entry, now) <= KEPT or any(entry is one for one in measures)]


def _is_no_measure(entry: Entry) -> bool:
    return entry.bad or not entry.record.whole


def _day(entry: Entry, now: datetime) -> str | None:
    """Return the day of an older run, None for a younger one."""
    began = entry.record.began
    return None if began is None or now - began <= SINGLE else f"{began:%Y-%m-%d}"


def _age(entry: Entry, now: datetime) -> timedelta:
    return now - (entry.record.began or now)
