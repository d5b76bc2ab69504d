"""In any order of events, no page is lost, claimed twice in one run, or done twice."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crawler.ledger.entries import Claim
from crawler.ledger.ledger import Ledger, OpenLedger
from crawler.ledger.retries import next_attempt
from tests.ledger.making import DAY, NOON, archived, begin, numbers, opened, outcome, page, states

NUMBERS = st.integers(0, 11)


class LedgerMachine(RuleBasedStateMachine):
    """A site of a dozen pages, runs that end or are killed, another machine, and what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "paper.sqlite"
        self.ledger = Ledger(self.path)
        self.day = 0
        self.advertised: set[int] = set()
        self.done: set[int] = set()  # settled as archived, by whichever machine
        self.failures: dict[int, tuple[datetime, datetime]] = {}  # the first and the last one in a row
        self.run: OpenLedger
        self.claimed_now: list[int] = []  # in this run, in all
        self.in_flight: dict[int, Claim] = {}
        self.others = 0

    @property
    def now(self) -> datetime:
        return NOON + self.day * DAY

    @initialize()
    def first_run(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.day += 1
        self.run = begin(self.ledger, f"run-{self.day:04}", self.now)
        self.claimed_now = []
        self.in_flight = {}

    @rule(advertised=st.lists(NUMBERS, max_size=6))
    def a_list_is_read(self, advertised: list[int]) -> None:
        taken = self.run.take_in([page(number) for number in advertised], self.now)
        assert taken.new == len(set(advertised) - self.advertised)
        self.advertised |= set(advertised)

    @rule(most=st.integers(1, 4))
    def pages_are_claimed(self, most: int) -> None:
        claims = self.run.claim(most)
        claimed = numbers(claims)
        assert len(claims) <= most
        assert not set(claimed) & set(self.claimed_now), "claimed twice in a run"
        assert not set(claimed) & self.done, "archived, and asked for again"
        self.claimed_now += claimed
        self.in_flight |= dict(zip(claimed, claims, strict=True))

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), state=st.sampled_from(["archived", "new"]))
    def one_is_settled(self, data: st.DataObject, state: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.in_flight)))
        claim = self.in_flight.pop(number)
        if state == "archived":
            self.run.settle([archived(claim, self.now)])
            self.done.add(number)
            self.failures.pop(number, None)
        else:
            self.run.settle([outcome(claim, "new", self.now, reason="timeout")])
            first, _ = self.failures.get(number, (self.now, self.now))
            self.failures[number] = (first, self.now)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.day += days
        self.run.end(walked=True)
        self._begin()

    def _next(self, number: int) -> datetime | None:
        """When the next run may ask for a page that is not stored; None: it is given up."""
        return next_attempt(*self.failures[number]) if number in self.failures else NOON

    @rule(walked=st.booleans())
    def the_run_ends(self, walked: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        self.run.end(walked=walked)
        self._begin()

    @rule()
    def the_process_dies(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.path)
        self._begin()

    @rule(advertised=st.sets(NUMBERS, max_size=6), most=st.integers(0, 6))
    def another_machines_ledger_is_adopted(self, advertised: set[int], most: int) -> None:
        self.others += 1
        self.day += 1
        path = self.folder / f"other-{self.others}.sqlite"
        with opened(path) as other:
            run = begin(other, f"other-{self.others:04}", self.now)
            run.take_in([page(number) for number in sorted(advertised)], self.now)
            claims = run.claim(most)
            run.settle([archived(claim, self.now) for claim in claims])
        self.run.end(walked=False)
        self.ledger.adopt(path)
        self.advertised |= advertised
        self.done |= set(numbers(claims))
        for number in numbers(claims):
            self.failures.pop(number, None)
        self._begin()

    @invariant()
    def nothing_is_lost(self) -> None:
        known = states(self.path)
        assert set(known) == self.advertised
        for number, state in known.items():
            if number in self.done:
                assert state == "archived"
            elif number in self.in_flight:
                assert state == "claimed"
            elif self._next(number) is None:
                assert state == "refused"
            else:
                assert state == "new"

    @invariant()
    def what_is_to_be_had_is_had(self) -> None:
        """A page that is new and was not claimed in this run is in the way of this one or of the next."""
        for number, state in states(self.path).items():
            assert state != "claimed" or number in self.in_flight

    def teardown(self) -> None:
        self.run.end(walked=False)
        last = begin(self.ledger, "last", self.now + DAY)
        due = {number: self._next(number) for number in self.advertised - self.done}
        wanted = {number for number, moment in due.items() if moment and moment <= self.now + DAY}
        assert set(numbers(last.claim(100))) == wanted
        self.ledger.close()
        shutil.rmtree(self.folder)


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=settings().max_examples // 4,  # each is a whole history of runs
    stateful_step_count=25,
)
