"""Count the responses of a run for its report: over time, by size, by status. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.archive.cdxj_index import IndexLine

# upper limits in bytes for the chart of sizes, each twice the one before
SIZES = tuple(1_000 * 2**power for power in range(1, 13))
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
MAX_STEPS = 60  # columns that a reader can distinguish
_HTML = ("text/html", "application/xhtml+xml")
_REVISIT = "warc/revisit"  # a response whose payload lies in an earlier record
_OK = 200


@dataclass(kw_only=True, slots=True)
class Traffic:
    """Counts of index lines. Memory grows with the seconds of a run, not with its pages."""

    answers: Counter[int] = field(default_factory=Counter)  # epoch second -> responses
    received: Counter[int] = field(default_factory=Counter)  # epoch second -> bytes in the WARC file
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # media types
    sizes: Counter[int] = field(
        default_factory=Counter
    )  # upper limit in bytes -> pages; 0: larger than all limits

    def add(self, line: IndexLine) -> None:
        if line.status is None and line.mime != _REVISIT:
            return  # not a response: a record that the run made itself
        try:
            second = int(datetime.strptime(line.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
        except ValueError:
            return  # 14 digits that are not a time; scrapy verify reports them
        self.answers[second] += 1
        self.received[second] += line.length
        if line.status is not None:
            self.statuses[line.status] += 1
        self.kinds[line.mime[:100] or "none"] += 1
        if line.status == _OK and line.mime in _HTML:
            self.sizes[next((size for size in SIZES if line.length <= size), 0)] += 1

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def bytes_kept(self) -> int:
        return sum(self.received.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """The time of a run in equal steps, at most MAX_STEPS."""

    began: int  # epoch second
    length: int  # seconds of a step
    number: int

    def sums(self, counts: Mapping[int, int]) -> list[int]:
        """Sum counts by second for each step; seconds outside count in the first or the last step."""
        sums = [0] * self.number
        for second, many in counts.items():
            sums[min(max((second - self.began) // self.length, 0), self.number - 1)] += many
        return sums


def steps_of(traffic: Traffic) -> Steps | None:
    """Return the steps of a run's time, or None where there was no response."""
    if not traffic.answers:
        return None
    first, last = min(traffic.answers), max(traffic.answers)
    span = last - first + 1
    length = next((step for step in STEPS if span <= step * MAX_STEPS), -(-span // MAX_STEPS))
    return Steps(began=first, length=length, number=-(-span // length))
