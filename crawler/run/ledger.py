"""The ledger of a run: opened before the first request, copied to the archive after the last."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from crawler.discovery.source import Refusal, Window
from crawler.errors import ArchiveError
from crawler.ledger.checkpoint import open_ledger, write_checkpoint
from crawler.ledger.desk import Desk, ledger_failed
from crawler.ledger.entries import Recheck, RequisitePlan
from crawler.ledger.frontier import Frontier
from crawler.ledger.lists import Lists
from crawler.ledger.originals import OlderOriginals
from crawler.ledger.requisite_queue import RequisiteQueue
from crawler.ledger.settler import Safe, Settler
from crawler.site import Site
from crawler.storage import Storage


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
        self._ledger = open_ledger(spool, storage, site.name)
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

    async def copy_to(self, folder: Path) -> None:
        """Write a copy of the ledger into the run's folder, to be delivered. Raises ArchiveError."""
        try:
            await asyncio.to_thread(write_checkpoint, self._ledger, folder, self._site.name)
        except (sqlite3.Error, OSError) as error:
            raise ledger_failed(self._ledger.path, error) from error

    def close(self) -> None:
        """End the threads and close the files."""
        if self._lists is not None:
            self._lists.close()
        if self._desk is not None:
            self._desk.close()
        self.older_originals.close()
        self._ledger.close()
