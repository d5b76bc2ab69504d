"""One site's ledger: every address that was ever advertised, what became of it, when to look again.

A page counts as done only when `settle` says so, which its caller does once the page's record and its article
are safe on disk. What was claimed and not settled when a process died is claimed again by the next run.
Memory does not grow with the number of addresses. For one thread at a time; every method raises sqlite3.Error
where the file fails.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive.originals import Original
from crawler.discovery.source import Source, Window
from crawler.items import Article, Candidate
from crawler.ledger.adoption import adopt, enter_leftovers
from crawler.ledger.columns import IN_WINDOW, bounds, digest_text, text_moment
from crawler.ledger.entries import (
    Claim,
    Outcome,
    Recheck,
    Requisite,
    RequisiteOutcome,
    Taken,
    Verdict,
)
from crawler.ledger.intake import Intake
from crawler.ledger.judgement import Judge
from crawler.ledger.originals import keep_originals
from crawler.ledger.progress import Progress, progress
from crawler.ledger.requisites import claim_requisites, release_requisites, settle_requisite
from crawler.ledger.schema import open_database
from crawler.ledger.settlement import Settlement
from crawler.ledger.transaction import durable_transaction, transaction
from crawler.ledger.walk import Walk

_CLAIMED = (
    "key, canonical, url, via, title, published, modified, "
    "(SELECT digest FROM originals WHERE originals.key = payload), look_at FROM pages"
)


class Ledger:
    """The ledger in a file, made where there is none. Raises ArchiveError, sqlite3.Error, OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = open_database(path)

    def close(self) -> None:
        self._database.close()

    @property
    def last_run(self) -> str:
        """The youngest run that worked on it; empty where none did."""
        row = self._database.execute("SELECT run_id FROM runs ORDER BY number DESC, run_id DESC").fetchone()
        return row[0] if row else ""

    def has_run(self, run_id: str) -> bool:
        """Whether it knows what this run came to."""
        row = self._database.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return row is not None

    def adopt(self, path: Path) -> None:
        """Take over what another ledger of the same site knows. Raises also ArchiveError."""
        adopt(self._database, path)

    def enter_leftovers(
        self, articles: Iterable[dict[str, Any]], originals: Iterable[Original], recheck: Recheck
    ) -> None:
        """Enter what a killed run had on disk and not in here: articles of its journals, its records."""
        enter_leftovers(self._database, articles, originals, recheck)

    def begin_run(
        self, run_id: str, now: datetime, *, window: Window, recheck: Recheck, sources: Sequence[Source] = ()
    ) -> "OpenLedger":
        """Take back what an earlier run had claimed, and put into turn what this one may fetch."""
        with transaction(self._database):
            [number] = self._database.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()
            self._database.execute("INSERT INTO runs VALUES (?, ?)", (run_id, number))
            self.release_claims()
            parked = f"state = 'new' AND turn IS NULL AND {IN_WINDOW}"
            self._database.execute(f"UPDATE pages SET turn = 0 WHERE {parked}", bounds(window))  # noqa: S608
            if window.since or window.until:
                wrong = f"state = 'new' AND turn IS NOT NULL AND NOT {IN_WINDOW}"
                self._database.execute(f"UPDATE pages SET turn = NULL WHERE {wrong}", bounds(window))  # noqa: S608
        walk = Walk(self._database, window=window, began=now, sources=sources)
        return OpenLedger(self, number=number, began=now, window=window, recheck=recheck, walk=walk)

    def release_claims(self) -> None:
        """What is claimed is nobody's any more."""
        self._database.execute(
            "UPDATE pages SET state = CASE WHEN text IS NULL THEN 'new' ELSE 'archived' END "
            "WHERE state = 'claimed'"
        )
        release_requisites(self._database)

    def copy_to(self, path: Path) -> None:
        """A checkpoint: the whole ledger, whole in itself, in a new file."""
        self._database.execute("VACUUM INTO ?", (str(path),))


class OpenLedger:
    """The ledger during one run."""

    def __init__(
        self, ledger: Ledger, *, number: int, began: datetime, window: Window, recheck: Recheck, walk: Walk
    ) -> None:
        self._database = ledger._database  # noqa: SLF001 - two halves of one thing
        self._ledger = ledger
        self._window = window
        self._began = began.timestamp()
        self._looked = (-1.0, 0)  # how far the looks that are due were handed out
        self._intake = Intake(self._database, run=number, began=began, young_since=walk.ended or began)
        self._judge = Judge(self._database)
        self._settlement = Settlement(self._database, recheck=recheck, run=number)
        self.walk = walk

    def take_in(self, candidates: Iterable[Candidate], now: datetime) -> Taken:
        """Enter what a list holds; addresses are to be valid. Known articles stay as they are."""
        return self._intake.take_in(candidates, now)

    def claim(self, most: int, *, fresh_only: bool = False) -> list[Claim]:
        """The next pages to fetch, at most so many: those that this run's lists hold, then those that earlier
        runs left over, then articles to be looked at again.
        """
        with transaction(self._database):
            rows = self._database.execute(
                f"SELECT {_CLAIMED} WHERE state = 'new' AND turn < ? ORDER BY turn LIMIT ?",
                (self._intake.turns.stop if fresh_only else 1, most),
            ).fetchall()
            again = self._due(0 if fresh_only else most - len(rows))
            self._database.executemany(
                "UPDATE pages SET state = 'claimed' WHERE key = ?", [(row[0],) for row in (*rows, *again)]
            )
        return [_claim(row, again=False) for row in rows] + [_claim(row, again=True) for row in again]

    def judge(self, claim: Claim, article: Article) -> Verdict:
        """Whether an article that was read in a claimed page is to be stored. Asked once before it is."""
        return self._judge.judge(claim, article)

    def claim_requisites(self, most: int) -> list[Requisite]:
        """Some of what archived pages need and no run has fetched, at most so many."""
        with transaction(self._database):
            return claim_requisites(self._database, most)

    def settle(
        self,
        outcomes: Sequence[Outcome],
        originals: Iterable[Original] = (),
        requisites: Iterable[RequisiteOutcome] = (),
    ) -> None:
        """Enter what is safe on disk, all of it or nothing, and force it to the disk."""
        with durable_transaction(self._database):
            keep_originals(self._database, originals)
            for outcome in outcomes:
                self._settlement.settle(outcome)
            for requisite in requisites:
                settle_requisite(self._database, requisite)
        self._judge.forget(outcomes)

    def end(self, *, walked: bool) -> Progress:
        """Give back what was claimed and not fetched; `walked`: no list was left for want of time or room.

        Returns what is left for the next run.
        """
        with durable_transaction(self._database):
            self._ledger.release_claims()
        if walked:
            self.walk.end()
        return self.progress()

    def progress(self) -> Progress:
        """What is left to do in this run's window; asked after `end`, it is what the next run will find."""
        return progress(self._database, self._window, self.walk.span)

    def _due(self, most: int) -> list[Any]:
        if most <= 0:
            return []
        rows = self._database.execute(
            f"SELECT {_CLAIMED} WHERE state = 'archived' AND look_at <= :now "
            f"AND (look_at, key) > (:looked, :key) AND {IN_WINDOW} ORDER BY look_at, key LIMIT :most",
            bounds(self._window, now=self._began, looked=self._looked[0], key=self._looked[1], most=most),
        ).fetchall()
        # What a list says has changed is due when the run began, so everything before is asked for only once:
        # looks outside of the window may be many, and no run may ever take them.
        end = (self._began, -1)
        self._looked = min((rows[-1][-1], rows[-1][0]), end) if len(rows) == most else end
        return rows


def _claim(row: Sequence[Any], *, again: bool) -> Claim:
    key, canonical, url, via, title, published, modified, digest, _ = row
    candidate = Candidate(
        url=url or canonical, via=via, title=title, published=text_moment(published),
        modified=text_moment(modified),
    )  # fmt: skip
    return Claim(
        key=key, candidate=candidate, again=again, payload_digest=digest_text(digest) if digest else None
    )
