"""What lists say goes into the ledger: new addresses, known ones, and those that a list says have changed."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from crawler.items import Candidate
from crawler.ledger.columns import moment_text
from crawler.ledger.entries import Taken
from crawler.ledger.schema import key_of
from crawler.ledger.transaction import transaction
from crawler.urls import ascii_url, canonical_url

MOST_ATTEMPTS = 5  # runs that a page may fail in before it is given up
FIRST_VAIN = timedelta(hours=1)  # how soon an advertised change is believed; doubled with each vain look
_MOST_DOUBLINGS = 12
_TURNS = 1 << 40  # more than the addresses of any run
_OF_WINDOW = frozenset({"outside-window", "date-unknown"})  # reasons that hold for one run's window only


class Intake:
    """Enters candidates for one run, in the order in which its lists are read."""

    def __init__(
        self, database: sqlite3.Connection, *, run: int, began: datetime, young_since: datetime
    ) -> None:
        self._database = database
        self._young_since = young_since
        self._run = run
        self.turns = range(-run * _TURNS, (1 - run) * _TURNS)  # the youngest run's pages come first
        self._turn = self.turns.start
        self._began = began.timestamp()

    def take_in(self, candidates: Iterable[Candidate], now: datetime) -> Taken:
        """Enter what a list holds; addresses are to be valid. Known articles stay as they are."""
        with transaction(self._database):
            taken = [self._take_in(candidate, now.isoformat()) for candidate in candidates]
        return Taken(
            found=sum(each.found for each in taken),
            new=sum(each.new for each in taken),
            wanted=sum(each.wanted for each in taken),
            young=sum(each.young for each in taken),
        )

    def _take_in(self, candidate: Candidate, now: str) -> Taken:
        canonical = canonical_url(ascii_url(candidate.url))
        key = key_of(canonical)
        row = self._database.execute(
            "SELECT state, reason, seen_run, modified, fetched_at, vain, found_at FROM pages WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            self._enter(key, canonical, candidate, now)
            return Taken(found=1, new=1, wanted=1, young=1)
        state, reason, seen_run, modified, fetched_at, vain, found_at = row
        first = seen_run != self._run
        if first:
            self._database.execute("UPDATE pages SET seen_run = ? WHERE key = ?", (self._run, key))
        wanted = False
        if first and (state == "new" or (state == "fetched" and reason in _OF_WINDOW)):
            wanted = self._renew(key, candidate)
        elif first and state == "gone":
            wanted = self._look_for_return(key, candidate)
        elif state == "archived" and candidate.modified and moment_text(candidate.modified) != modified:
            wanted = self._look_at_change(key, candidate.modified, fetched_at, vain)
        young = datetime.fromisoformat(found_at) >= self._young_since
        return Taken(found=first, wanted=wanted, young=young)

    def _enter(self, key: int, canonical: str, candidate: Candidate, now: str) -> None:
        self._turn += 1
        self._database.execute(
            "INSERT INTO pages (key, canonical, url, via, title, published, modified, found_at, seen_run, "
            "state, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'new', ?)",
            (key, canonical, candidate.url if candidate.url != canonical else None, candidate.via,
             candidate.title, moment_text(candidate.published), moment_text(candidate.modified), now,
             self._run, self._turn),
        )  # fmt: skip

    def _renew(self, key: int, candidate: Candidate) -> bool:
        """A page that is still to be fetched comes before older ones, as its list is young."""
        self._turn += 1
        done = self._database.execute(
            "UPDATE pages SET state = 'new', reason = NULL, turn = ?, title = ?, "
            "published = coalesce(?, published) WHERE key = ? AND attempts < ?",
            (self._turn, candidate.title, moment_text(candidate.published), key, MOST_ATTEMPTS),
        )
        return done.rowcount > 0

    def _look_for_return(self, key: int, candidate: Candidate) -> bool:
        """A list names a page that was gone: before it was published, or for an hour. Some always do."""
        row = self._database.execute(
            "UPDATE pages SET attempts = attempts + 1, look_at = ?, "
            "state = CASE WHEN text IS NULL THEN 'gone' ELSE 'archived' END "
            "WHERE key = ? AND attempts < ? RETURNING text",
            (self._began, key, MOST_ATTEMPTS),
        ).fetchone()
        if row is None:
            return False
        return row[0] is not None or self._renew(key, candidate)

    def _look_at_change(self, key: int, modified: datetime, fetched_at: str, vain: int) -> bool:
        """A list says that an article changed. Some always do, so each vain look makes us wait longer."""
        fetched = datetime.fromisoformat(fetched_at)
        if modified <= fetched:
            return False
        wait = FIRST_VAIN * float(2 ** min(vain, _MOST_DOUBLINGS))
        look_at = max((fetched + wait).timestamp(), self._began)
        self._database.execute(
            "UPDATE pages SET modified = ?, look_at = min(coalesce(look_at, ?), ?) WHERE key = ?",
            (moment_text(modified), look_at, look_at, key),
        )
        return look_at <= self._began
