"""Delivers closed files from the spool during the crawl, and retries as long as the run lasts."""

import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crawler.errors import ArchiveError
from crawler.storage.backoff import pause_after
from crawler.storage.base import Stored, UnavailableError
from crawler.storage.outbox import Outbox

_log = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class _Load:
    """One file, and when to try it."""

    due: float  # by the carrier's clock
    number: int  # in the order in which they came
    key: str = field(compare=False)
    sha256: str | None = field(compare=False)
    attempt: int = field(compare=False, default=1)


class Carrier:
    """A few threads that deliver files; safe to use from several threads.

    A file that fails goes back into the queue and waits, longer each time, while others are delivered. `stop`
    ends the waiting but not running uploads; `Outbox.deliver_all` delivers the rest.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        at_once: int = 2,
        on_delivered: Callable[[Stored], object],
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Start the threads; they call `on_delivered` once for each delivered file."""
        self._outbox = outbox
        self._on_delivered = on_delivered
        self._clock = clock
        self._jitter = jitter
        self._changed = threading.Condition()
        self._queue: list[_Load] = []
        self._numbers = itertools.count()
        self._on_the_way = 0
        self._stopped = False
        self._failed: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._run, name=f"carrier-{number}", daemon=True)
            for number in range(at_once)
        ]
        for thread in self._threads:
            thread.start()

    def carry(self, key: str, sha256: str | None = None) -> None:
        """Deliver a closed file of the spool as soon as possible; return at once.

        Does nothing after `stop`: the end of the run delivers what is left.
        """
        with self._changed:
            if not self._stopped:
                self._put(_Load(self._clock(), next(self._numbers), key, sha256))

    @property
    def failed(self) -> Mapping[str, str]:
        """The files that were tried and are not delivered, each with the reason of its last attempt."""
        with self._changed:
            return dict(self._failed)

    def idle(self) -> bool:
        """Tell whether no file waits and no upload runs."""
        with self._changed:
            return self._is_idle()

    def stop(self) -> None:
        """Start no more uploads, and wait for running ones (boto3 gives up on a storage that hangs)."""
        with self._changed:
            self._stopped = True
            self._queue.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _is_idle(self) -> bool:
        return not self._queue and not self._on_the_way

    def _put(self, load: _Load) -> None:
        heapq.heappush(self._queue, load)
        self._changed.notify_all()

    def _run(self) -> None:
        while (load := self._next()) is not None:
            again = None
            try:
                again = self._deliver(load)
            finally:  # an error in on_delivered ends this thread; others must not wait for it
                with self._changed:
                    self._on_the_way -= 1
                    if again is not None and not self._stopped:
                        self._put(again)
                    self._changed.notify_all()

    def _next(self) -> _Load | None:
        """Return the next file that is due; None when the carrier is stopped."""
        with self._changed:
            while not self._stopped:
                left = self._queue[0].due - self._clock() if self._queue else None
                if left is not None and left <= 0:
                    self._on_the_way += 1
                    return heapq.heappop(self._queue)
                self._changed.wait(left)
        return None

    def _deliver(self, load: _Load) -> _Load | None:
        """Try once; return the load for another attempt, or None where it arrived or a retry cannot help."""
        try:
            stored = self._outbox.deliver(load.key, load.sha256, attempts=1)
        except UnavailableError as error:
            pause = pause_after(load.attempt, self._jitter())
            self._note_failure(load.key, error, f"It stays in the spool and is tried again in {pause:.0f} s.")
            return _Load(self._clock() + pause, load.number, load.key, load.sha256, load.attempt + 1)
        except ArchiveError as error:
            self._note_failure(load.key, error, "It stays in the spool until the end of the run.")
            return None
        with self._changed:
            self._failed.pop(load.key, None)
        self._on_delivered(stored)
        return None

    def _note_failure(self, key: str, error: ArchiveError, then: str) -> None:
        with self._changed:
            self._failed[key] = str(error)
        _log.warning("%s %s", error, then)
