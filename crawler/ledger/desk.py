"""Run all calls of the ledger in one thread, so that the event loop never waits for a disk."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from crawler.errors import ArchiveError
from crawler.ledger.ledger import OpenLedger
from crawler.ledger.schema import key_of, open_to_read

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class Desk:
    """Run jobs on the ledger, one after the other."""

    def __init__(self, ledger: OpenLedger, path: Path, on_failure: Callable[[ArchiveError], None]) -> None:
        """Open a reading connection, too. `on_failure` is called in the event loop when the file fails."""
        self._ledger = ledger
        self._on_failure = on_failure
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._reader = open_to_read(path)

    async def ask(self, job: Callable[[OpenLedger], _T]) -> _T:
        """Run a job in the ledger's thread and return its result. Raises ArchiveError if the file fails."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, job)
        except ArchiveError as error:
            self._on_failure(error)
            raise

    def knows(self, canonical: str) -> bool:
        """Say whether a canonical address is in the ledger now. Raises ArchiveError."""
        try:
            row = self._reader.execute("SELECT 1 FROM pages WHERE key = ?", (key_of(canonical),)).fetchone()
        except sqlite3.Error as error:
            raise ledger_failed(self._path, error) from error
        return row is not None

    def close(self) -> None:
        self._thread.shutdown()
        self._reader.close()

    def _answer(self, job: Callable[[OpenLedger], _T]) -> _T:
        try:
            return job(self._ledger)
        except sqlite3.Error as error:
            raise ledger_failed(self._path, error) from error
        except Exception as error:  # a foreign value or a bug: going on could lose pages silently
            logger.exception("A job on the ledger %s failed.", self._path)
            raise ledger_failed(self._path, error) from error


def ledger_failed(path: Path, error: Exception) -> ArchiveError:
    """Return the error for a ledger that cannot be used."""
    return ArchiveError(f"The ledger {path} fails: {error}.")
