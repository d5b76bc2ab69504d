"""The coverage of an outlet by day, from its ledger and the index. Remembered: a ledger may be large."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crawler.browse.calendar import DayCount
from crawler.browse.room import Room
from crawler.coverage.counting import Count, Days, total
from crawler.coverage.sites import open_coverage
from crawler.errors import ArchiveError

_KEPT_SECONDS = 300.0
_MOST = 200  # outlets that are remembered


@dataclass(frozen=True, kw_only=True, slots=True)
class OutletCoverage:
    """The days of an outlet. Without a ledger only what is kept is known."""

    days: Mapping[date, DayCount]
    whole: Count | None  # None: there is no ledger
    problem: str | None = None  # why the ledger cannot be read


@dataclass(slots=True)
class CoverageDesk:
    """Counts the coverage of outlets, one at a time, and remembers it for five minutes."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: dict[str, tuple[float, str, OutletCoverage]] = field(default_factory=dict)

    def coverage(self, room: Room, site: str, mark: str) -> OutletCoverage:
        """Return the coverage of a site; `mark` changes with each run. Raises ArchiveError."""
        with self._lock:
            known = self._known.get(site)
            if known and known[1] == mark and time.monotonic() - known[0] < _KEPT_SECONDS:
                return known[2]
            found = _counted(room, site)
            if len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)))
            self._known[site] = time.monotonic(), mark, found
            return found


def _counted(room: Room, site: str) -> OutletCoverage:
    kept = {day: count for text, count in room.catalogue.days(site).items() if (day := _day(text))}
    try:
        with open_coverage(room.spool, room.storage, site, zones=room.zones, days=Days()) as (_, coverage):
            counts = coverage.days()
    except ArchiveError as error:
        alone = {day: DayCount(kept=count) for day, count in kept.items()}
        return OutletCoverage(days=alone, whole=None, problem=str(error))
    advertised = {day: count for text, count in counts.items() if (day := _day(text))}
    nothing = Count()
    days = {
        day: DayCount(
            kept=kept.get(day, 0),
            advertised=advertised.get(day, nothing).advertised,
            missing=advertised.get(day, nothing).missing,
        )
        for day in kept.keys() | advertised.keys()
    }
    return OutletCoverage(days=days, whole=total(counts.values()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
