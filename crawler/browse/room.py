"""What the pages read from: the archive, its index and the ledgers; brought up to date in the background."""

import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.browse.stories import StoriesDesk
from crawler.errors import WarraqError
from crawler.search.catalogue import Catalogue
from crawler.search.index import Index
from crawler.search.results import Step, Update
from crawler.storage import Storage


@dataclass(kw_only=True, slots=True)
class Freshness:
    """How far the index follows the archive. Written by the refreshing thread, read by pages."""

    step: Step | None = None  # while an update runs
    problems: tuple[str, ...] = ()  # sentences about files that could not be read
    failure: str | None = None  # the sentence of an update that failed
    updates: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """The state of one reading room. Its parts may be used by several threads."""

    storage: Storage
    index: Index
    spool: Path
    zones: Mapping[str, ZoneInfo | None]  # time zones of the outlets that are described
    english: Mapping[str, str]  # their English names
    stories: StoriesDesk
    replay: str | None = None  # address of a running `scrapy replay`
    freshness: Freshness = field(default_factory=Freshness)

    @property
    def catalogue(self) -> Catalogue:
        return self.index.catalogue


class Refresher:
    """A thread that brings the index up to date again and again until it is stopped."""

    def __init__(self, room: Room, seconds: float) -> None:
        self._room = room
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresh", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; an update under way is given up at its next step."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self._update()

    def _update(self) -> None:
        fresh = self._room.freshness
        try:
            done: Update = self._room.index.refresh(self._note)
        except WarraqError as error:
            fresh.failure = str(error)
        except _StoppedError:
            return
        except Exception:  # noqa: BLE001 - the pages go on with what the index has
            traceback.print_exc(file=sys.stderr)
            fresh.failure = "The index could not be brought up to date; the error is in the terminal."
        else:
            fresh.failure = None
            fresh.problems = tuple(done.problems)
        fresh.step = None
        fresh.updates += 1

    def _note(self, step: Step) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._room.freshness.step = step


class _StoppedError(Exception):
    """The server ends while the index is brought up to date; the next start continues."""
