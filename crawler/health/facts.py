"""The facts that the checks judge a run by."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crawler.health.record import RunRecord

RUNS_NEEDED = 3  # earlier runs, before anything is called usual
ARTICLES_NEEDED = 10  # before a share of articles means anything
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A run, the whole runs of its site before it, and the state of its delivery."""

    run: RunRecord
    before: Sequence[RunRecord]  # newest first
    left_in_spool: int | None = None  # files; None: not known yet
    manifest_written: bool | None = None  # None: not known yet

    @property
    def comparable(self) -> bool:
        """Whether the run may be compared with those before it: it is whole, and they are enough."""
        return self.run.whole and len(self.before) >= RUNS_NEEDED

    def usual_share(self, name: str) -> float | None:
        """Return the median share of articles with a field, over earlier runs with enough articles."""
        shares = [run.share(name) for run in self.before if run.articles >= ARTICLES_NEEDED]
        known = [share for share in shares if share is not None]
        return statistics.median(known) if len(known) >= RUNS_NEEDED else None

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
