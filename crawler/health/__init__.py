"""Judge a run: by its own numbers and by those of the site's earlier runs. Pure."""

from crawler.health.facts import Facts
from crawler.health.record import RunRecord, last_records
from crawler.health.verdicts import CHECKS, State, Verdict, judge

__all__ = ["CHECKS", "Facts", "RunRecord", "State", "Verdict", "judge", "last_records"]
