"""Was it a good run? Judged by what the run did and by what the runs of its site did before. Pure core."""

from crawler.health.facts import Facts
from crawler.health.record import RunRecord, last_records
from crawler.health.verdicts import CHECKS, State, Verdict, judge

__all__ = ["CHECKS", "Facts", "RunRecord", "State", "Verdict", "judge", "last_records"]
