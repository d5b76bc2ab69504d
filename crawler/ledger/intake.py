"""Enter the addresses of lists into the ledger: new ones, known ones, and those marked as changed."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from crawler.items import Candidate
from crawler.ledger.entries import Taken
from crawler.ledger.schema import key_of, moment_text, published_text, transaction
from crawler.urls import ascii_url, canonical_url

MAX_ATTEMPTS = 5  # runs that ask for a page that is gone, or again for an article, before they wait longer
FIRST_VAIN = timedelta(
    hours=1
)  # wait after a fetch before an advertised change counts; doubles with each fetch that finds none
_MAX_DOUBLINGS = 12
_TURNS = 1 << 40  # positions in the queue for each run, more than any run has addresses
_OF_WINDOW = frozenset({"outside-window", "date-unknown"})  # reasons that hold only for the window of a run


class Intake:
    """Enter the candidates of one run and queue them in the order in which its lists are read."""

    def __init__(
        self, database: sqlite3.Connection, *, run: int, began: datetime, young_since: datetime
    ) -> None:
        self._database = database
        self._young_since = young_since
        self._run = run
        self.turns = range(-run * _TURNS, (1 - run) * _TURNS)  # the pages of the latest run come first
        self._turn = self.turns.start
        self._began = began.timestamp()

    def take_in(self, candidates: Iterable[Candidate], now: datetime) -> Taken:
        """Enter the candidates of a list, whose URLs must be valid. Known articles stay unchanged."""
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
             candidate.title, published_text(candidate.published), moment_text(candidate.modified), now,
             self._run, self._turn),
        )  # fmt: skip

    def _renew(self, key: int, candidate: Candidate) -> bool:
        """Queue a page again, before older ones; say whether it may be fetched now."""
        self._turn += 1
        done = self._database.execute(
            "UPDATE pages SET state = 'new', turn = ?, title = ?, published = coalesce(?, published), "
            "reason = CASE WHEN asked_since IS NULL THEN NULL ELSE reason END "
            "WHERE key = ? AND (state = 'gone' OR asked_since IS NULL OR look_at <= ?)",
            (self._turn, candidate.title, published_text(candidate.published), key, self._began),
        )
        return done.rowcount > 0

    def _look_for_return(self, key: int, candidate: Candidate) -> bool:
        """Queue a page that was gone because a list names it; say whether it is fetched in this run.

        It may have been named before its publication, or gone for an hour. Some lists always name such pages,
        so after a few attempts the waits become longer, and end after 30 days.
        """
        row = self._database.execute(
            "UPDATE pages SET attempts = attempts + 1, look_at = :began, "
            "state = CASE WHEN text IS NULL THEN 'gone' ELSE 'archived' END "
            "WHERE key = :key AND (attempts < :most OR look_at <= :began) RETURNING text",
            {"began": self._began, "key": key, "most": MAX_ATTEMPTS},
        ).fetchone()
        if row is None:
            return False
        return row[0] is not None or self._renew(key, candidate)

    def _look_at_change(self, key: int, modified: datetime, fetched_at: str, vain: int) -> bool:
        """Queue a recheck because a list says that the article changed; say whether it is due in this run.

        Some lists always say so: each fetch that finds no change doubles the wait.
        """
        fetched = datetime.fromisoformat(fetched_at)
        if modified <= fetched:
            return False
        wait = FIRST_VAIN * float(2 ** min(vain, _MAX_DOUBLINGS))
        look_at = max((fetched + wait).timestamp(), self._began)
        self._database.execute(
            "UPDATE pages SET modified = ?, look_at = min(coalesce(look_at, ?), ?) WHERE key = ?",
            (moment_text(modified), look_at, look_at, key),
        )
        return look_at <= self._began
