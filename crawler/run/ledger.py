"""The ledger of a run: opened before the first request, copied to the archive after the last."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from crawler.discovery.source import Refusal, Window
from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import Copies, Written
from crawler.ledger.desk import Desk, ledger_failed
from crawler.ledger.entries import Recheck, RequisitePlan
from crawler.ledger.frontier import Frontier
from crawler.ledger.lists import Lists
from crawler.ledger.originals import OlderOriginals
from crawler.ledger.requisite_queue import RequisiteQueue
from crawler.ledger.settler import Safe, Settler
from crawler.site import Site
from crawler.storage import Storage
from crawler.storage.lease import Lease


class RunLedger:
    """The ledger of the site that a run crawls."""

    def __init__(
        self,
        site: Site,
        spool: Path,
        storage: Storage,
        *,
        run_id: str,
        began: datetime,
        window: Window,
        recheck: Recheck,
    ) -> None:
        """Open the ledger and begin the run in it. Raises ArchiveError."""
        self._site = site
        self._run_id = run_id
        self._copies = Copies(spool, storage, site.name)
        self._ledger = self._copies.open()
        try:
            self._open = self._ledger.begin_run(
                run_id, began, window=window, recheck=recheck, sources=site.sources
            )
            self.older_originals = OlderOriginals(self._ledger.path)
        except sqlite3.Error as error:
            raise ledger_failed(self._ledger.path, error) from error
        self._desk: Desk | None = None
        self._lists: Lists | None = None

    def frontier(
        self,
        safe: Safe,
        *,
        limit: int | None,
        requisites: RequisitePlan,
        count: Callable[[str, int], None],
        refuse: Callable[[Refusal], None],
        on_failure: Callable[[ArchiveError], None],
    ) -> Frontier:
        """Make the run's frontier.

        `safe` forces to the disk what an outcome rests on. `count` adds to a counter, `refuse` gets each
        entry that is not followed, `on_failure` the error after which the run cannot go on.
        """
        self._desk = desk = Desk(self._open, self._ledger.path, on_failure)
        self._lists = lists = Lists(self._site.scope, desk, count, refuse)
        settler = Settler(desk, safe, on_failure)
        return Frontier(lists, RequisiteQueue(desk, settler, requisites, count), desk, settler, limit=limit)

    async def copy_to(self, folder: Path) -> Written:
        """Write a copy of what changed into the run's folder, to be delivered. Raises ArchiveError."""
        try:
            return await asyncio.to_thread(self._copies.write, self._ledger, folder, self._run_id)
        except (sqlite3.Error, OSError) as error:
            raise ledger_failed(self._ledger.path, error) from error

    @property
    def recent_runs(self) -> list[str]:
        """The last runs of the site that left a copy of its ledger in the archive, in any order."""
        return self._copies.recent_runs

    @property
    def newest_before(self) -> datetime | None:
        """When the newest earlier run of the site began, by its own clock; None where there is none."""
        return self._ledger.newest_before

    @property
    def is_new(self) -> bool:
        """Whether the site had no ledger before this run, here or in the archive."""
        return self._copies.is_new

    def remove(self) -> None:
        """Remove the closed ledger from this machine. Raises OSError."""
        self._copies.remove()

    async def publish(self, written: Written, lease: Lease) -> None:
        """List a delivered copy, so that other machines find it. Raises ArchiveError."""
        await asyncio.to_thread(self._copies.publish, written, lease)

    def close(self) -> None:
        """End the threads and close the files."""
        if self._lists is not None:
            self._lists.close()
        if self._desk is not None:
            self._desk.close()
        self.older_originals.close()
        self._ledger.close()
