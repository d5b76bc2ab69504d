"""The facts that the checks judge a run by."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from crawler.health.merging import merged, shares
from crawler.health.record import RunRecord

RUNS_NEEDED = 3  # earlier runs, before anything is called usual
ARTICLES_NEEDED = 10  # before a share of articles means anything
POOLED = timedelta(days=7)  # runs of a small site are judged together with those of so many days before
LAST_DAY = timedelta(hours=20)  # so that of daily runs, of which one may come sooner, it holds one
# fields that an article may lack
OPTIONAL_FIELDS = (
    "published",
    "authors",
    "section",
    "tags",
    "images",
    "subtitle",
    "agency",
    "dateline",
    "modified",
    "language",
    "links",
)


@dataclass(frozen=True, slots=True)
class Pool:
    """A run, summed with the runs just before it that are needed to judge it, and the good runs before."""

    run: RunRecord  # the sum
    before: Sequence[RunRecord]  # newest first
    parts: int = 1  # runs in the sum

    @property
    def comparable(self) -> bool:
        """Whether the earlier runs are enough to call something usual."""
        return sum(past.runs for past in self.before) >= RUNS_NEEDED


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A run, the good whole runs of its site before it, all recent ones, and the state of its delivery.

    A record of `before` or `recent` may stand for all runs of a day.
    """

    run: RunRecord
    before: Sequence[RunRecord]  # newest first
    recent: Sequence[RunRecord] = ()  # good and bad ones, newest first
    bad_days: frozenset[str] = frozenset()  # yyyy-mm-dd: what they brought is no measure
    left_in_spool: int | None = None  # files; None: not known yet
    manifest_written: bool | None = None  # None: not known yet

    @property
    def comparable(self) -> bool:
        """Whether the run may be compared with those before it: it is whole, and they are enough."""
        return self.run.whole and Pool(self.run, self.before).comparable

    def pooled(self, amount: Callable[[RunRecord], int], enough: int) -> Pool:
        """Add to the run those just before it, until `amount` is `enough`.

        A small site that is crawled every hour has not enough in one run for any share.
        """
        parts, total = [self.run], amount(self.run)
        for past in self.recent:
            if total >= enough or not self._is_recent(past):
                break
            parts.append(past)
            total += amount(past)
        oldest = parts[-1].began
        if len(parts) == 1 or oldest is None:
            return Pool(self.run, self.before)
        before = [past for past in self.before if past.began and past.began < oldest]
        return Pool(merged(parts), before, len(parts))

    def _is_recent(self, past: RunRecord) -> bool:
        return bool(past.began and self.run.began and self.run.began - past.began <= POOLED)

    def days(self) -> list[int]:
        """Return what each good day before `last_day` brought, newest first.

        The first run brings the backlog of the site and is left out.
        """
        if self.run.began is None:
            return []
        limit = f"{self.run.began - LAST_DAY:%Y-%m-%d}"
        alike = [past for past in self.before if (past.recent is None) == (self.run.recent is None)]
        sums: dict[str, int] = {}
        first = min((past.began for past in alike if past.began), default=None)
        for past in alike:
            day = f"{past.began:%Y-%m-%d}" if past.began else limit
            if day < limit and day not in self.bad_days and past.began != first:
                sums[day] = sums.get(day, 0) + past.measure
        return list(sums.values())

    def last_day(self) -> int:
        """Return what the last day brought, with this run."""
        began = self.run.began
        recent = [
            past.measure for past in self.recent if past.began and began and began - past.began < LAST_DAY
        ]
        return self.run.measure + sum(recent)

    @property
    def days_since_last(self) -> float | None:
        """The days between the start of the site's last whole run and the start of this one."""
        began = [run.began for run in (self.run, *self.before[:1]) if run.began]
        return (began[0] - began[1]).total_seconds() / 86_400 if len(began) == 2 else None  # noqa: PLR2004

    @property
    def usual_days_between(self) -> float | None:
        """The median of the days between earlier runs."""
        began = [run.began for run in self.before if run.began]
        gaps = [(new - old).total_seconds() / 86_400 for new, old in pairwise(began)]
        return statistics.median(gaps) if gaps else None


def usual_share(before: Sequence[RunRecord], name: str) -> float | None:
    """Return the median share of articles with a field, over groups of runs with enough articles."""
    if sum(run.runs for run in before) < RUNS_NEEDED:
        return None
    known = shares(
        (run for run in before if run.fields),
        lambda run: run.fields.get(name, 0),
        lambda run: run.articles,
        enough=ARTICLES_NEEDED,
    )
    return statistics.median(known) if known else None
