"""The ledger of one site: every advertised address, its state, and when to fetch it again.

A page is done only after `settle`, which is called when the page's record and its article are safe on disk.
The next run claims again what was claimed and not settled when a process died. Memory does not grow with the
number of addresses. One thread may use a ledger at a time. Every method raises sqlite3.Error where the file
fails.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive.originals import Original
from crawler.discovery.source import Source, Window
from crawler.items import Article, Candidate
from crawler.ledger.adoption import adopt, check_tables, enter_leftovers
from crawler.ledger.changes import Copied, copied, has_rows, note_adopted, note_sent, reconcile, watch
from crawler.ledger.clock import distrust_future, newest_began
from crawler.ledger.copies import CopyList
from crawler.ledger.copying import all_rows_to, changes_to
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
from crawler.ledger.queueing import queue_pages, settle_redirects
from crawler.ledger.requisites import claim_requisites, release_requisites, settle_requisite
from crawler.ledger.schema import (
    IN_WINDOW,
    bounds,
    digest_text,
    durable_transaction,
    open_database,
    text_moment,
    text_published,
    transaction,
)
from crawler.ledger.settlement import Settlement
from crawler.ledger.walk import Walk

_CLAIMED = (
    "key, canonical, url, via, title, published, modified, "
    "(SELECT digest FROM originals WHERE originals.key = payload), asked_since, look_at FROM pages"
)


class Ledger:
    """The ledger in a file, created where it is missing. Raises ArchiveError, sqlite3.Error, OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.newest_before: datetime | None = None  # when the newest run before this one began, by its clock
        self._database = open_database(path)
        watch(self._database)

    def close(self) -> None:
        self._database.close()

    @property
    def last_run(self) -> str:
        """The id of the latest run in the ledger, empty where there is none."""
        row = self._database.execute("SELECT run_id FROM runs ORDER BY number DESC, run_id DESC").fetchone()
        return row[0] if row else ""

    def has_run(self, run_id: str) -> bool:
        """Say whether the ledger has the outcomes of this run."""
        row = self._database.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return row is not None

    def adopt(self, path: Path) -> None:
        """Merge another ledger of the same site into this one. Raises also ArchiveError."""
        adopt(self._database, path)

    def check(self, path: Path) -> None:
        """Refuse a file that is no ledger of this version or an older one. Raises ArchiveError."""
        check_tables(self._database, path)

    def enter_leftovers(
        self,
        run_id: str,
        articles: Iterable[dict[str, Any]],
        originals: Iterable[Original],
        recheck: Recheck,
    ) -> list[int]:
        """Enter what a run left on disk only: its articles that are not in the archive yet, and its records.

        Returns the places, from 0, of the articles that another run stores.
        """
        return enter_leftovers(self._database, run_id, articles, originals, recheck)

    def begin_run(
        self, run_id: str, now: datetime, *, window: Window, recheck: Recheck, sources: Sequence[Source] = ()
    ) -> "OpenLedger":
        """Release the claims of earlier runs and queue the pages that lie in this run's window."""
        with transaction(self._database):
            [number] = self._database.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()
            self.newest_before = newest_began(self._database)
            if self.newest_before is not None and self.newest_before > now:
                distrust_future(self._database, now)
            self._database.execute("INSERT INTO runs VALUES (?, ?)", (run_id, number))
            self.release_claims()
            queue_pages(self._database, window, now)
        walk = Walk(self._database, window=window, began=now, sources=sources)
        return OpenLedger(
            self, run_id=run_id, number=number, began=now, window=window, recheck=recheck, walk=walk
        )

    def release_claims(self) -> None:
        """Release all claims: the pages and requisites can be claimed again."""
        self._database.execute(
            "UPDATE pages SET state = CASE WHEN text IS NULL THEN 'new' ELSE 'archived' END "
            "WHERE state = 'claimed'"
        )
        release_requisites(self._database)

    @property
    def copied(self) -> Copied | None:
        """What the ledger knows of its copies in the archive; None: there is none that it knows."""
        return copied(self._database)

    @property
    def is_empty(self) -> bool:
        """Whether the ledger has neither a run nor a page."""
        return not has_rows(self._database)

    @property
    def size(self) -> int:
        """The bytes of the ledger."""
        [pages] = self._database.execute("PRAGMA page_count").fetchone()
        [size] = self._database.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(size)

    def reconcile(self, listed: CopyList | None) -> int:
        """Compare with the list of copies in the archive; return how many of its entries the ledger holds."""
        with durable_transaction(self._database):
            entries = reconcile(self._database, listed)
        watch(self._database)
        return entries

    def note_adopted(self, listed: CopyList) -> None:
        """Note that the ledger holds all entries of a list of copies."""
        with durable_transaction(self._database):
            note_adopted(self._database, listed)
        watch(self._database)

    def copy_to(self, path: Path, name: str, *, whole: bool) -> None:
        """Write a copy, called `name`, into a new file: all rows, or those that no listed copy holds."""
        if whole:
            all_rows_to(self._database, path)
        else:
            changes_to(self._database, path)
        with durable_transaction(self._database):
            note_sent(self._database, name, whole=whole)


class OpenLedger:
    """The ledger during one run."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        run_id: str,
        number: int,
        began: datetime,
        window: Window,
        recheck: Recheck,
        walk: Walk,
    ) -> None:
        self._database = ledger._database  # noqa: SLF001 - both classes own the connection
        self._ledger = ledger
        self._window = window
        self._began = began.timestamp()
        self._looked = (-1.0, 0)  # (look_at, key) of the last recheck that was claimed
        self._intake = Intake(self._database, run=number, began=began, young_since=walk.ended or began)
        self._judge = Judge(self._database)
        self._settlement = Settlement(self._database, recheck=recheck, run=number, writer=run_id)
        self.walk = walk

    def take_in(self, candidates: Iterable[Candidate], now: datetime) -> Taken:
        """Enter the candidates of a list, whose URLs must be valid. Known articles stay unchanged."""
        return self._intake.take_in(candidates, now)

    def claim(self, most: int, *, fresh_only: bool = False) -> list[Claim]:
        """Claim the next pages to fetch, `most` at most.

        The order: pages that this run's lists hold, pages that earlier runs left, articles to recheck.
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
        """Decide whether to store the article of a claimed page. Call once, before storing."""
        return self._judge.judge(claim, article)

    def claim_requisites(self, most: int) -> list[Requisite]:
        """Claim requisites of archived pages that no run has fetched, `most` at most."""
        with transaction(self._database):
            return claim_requisites(self._database, most)

    def settle(
        self,
        outcomes: Sequence[Outcome],
        originals: Iterable[Original] = (),
        requisites: Iterable[RequisiteOutcome] = (),
    ) -> None:
        """Enter outcomes whose files are safe on disk, in one transaction, and force it to the disk."""
        with durable_transaction(self._database):
            keep_originals(self._database, originals)
            for outcome in outcomes:
                self._settlement.settle(outcome)
            for requisite in requisites:
                settle_requisite(self._database, requisite)
        self._judge.forget(outcomes)

    def end(self, *, walked: bool) -> Progress:
        """Release what was claimed and not fetched, and return what is left for the next run.

        `walked`: the run read every list that it could; neither a limit nor a stop left one.
        """
        with durable_transaction(self._database):
            self._ledger.release_claims()
            settle_redirects(self._database)
        if walked:
            self.walk.end()
        return self.progress()

    def progress(self) -> Progress:
        """Return what is left to do in this run's window. After `end` that is what the next run will find."""
        return progress(self._database, self._window, self.walk.span)

    def _due(self, most: int) -> list[Any]:
        if most <= 0:
            return []
        rows = self._database.execute(
            f"SELECT {_CLAIMED} WHERE state = 'archived' AND look_at <= :now "
            f"AND (look_at, key) > (:looked, :key) AND {IN_WINDOW} ORDER BY look_at, key LIMIT :most",
            bounds(self._window, now=self._began, looked=self._looked[0], key=self._looked[1], most=most),
        ).fetchall()
        # A page that a list calls changed is due at the start of the run, so the search only
        # goes forward: many rechecks may lie outside of the window, and a run should scan each of them once.
        end = (self._began, -1)
        self._looked = min((rows[-1][-1], rows[-1][0]), end) if len(rows) == most else end
        return rows


def _claim(row: Sequence[Any], *, again: bool) -> Claim:
    key, canonical, url, via, title, published, modified, digest, asked_since, _ = row
    candidate = Candidate(
        url=url or canonical, via=via, title=title, published=text_published(published),
        modified=text_moment(modified),
    )  # fmt: skip
    return Claim(
        key=key,
        candidate=candidate,
        again=again,
        asked_before=asked_since is not None,
        payload_digest=digest_text(digest) if digest else None,
    )
