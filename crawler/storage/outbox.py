"""Delivers the spool: a file is removed from it only after it was read back from the archive."""

import errno
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.storage.backoff import pause_after
from crawler.storage.base import Storage, Stored, UnavailableError, checked_key, digest_file, is_hidden
from crawler.storage.durable import UNFINISHED_SUFFIXES
from crawler.storage.retention import is_evidence

# A reader who finds a run's manifest may rely on everything that it names, so runs go last. The ledger goes
# before the articles: who takes over a site then knows which articles are on their way.
ORDER = ("warc", "cdxj", "ledger", "articles", "runs")
RECORDS = ("warc", "cdxj")  # what the site served stays true if another run takes the site
_MANIFEST = "manifest.json"  # the last file of a run: it makes the run count
_WAITS = "It waits until everything before it is delivered."
_ONE_BY_ONE = ("ledger", "runs")  # behind the files that they describe


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of a delivery: the files that arrived, and those that failed."""

    delivered: list[Stored] = field(default_factory=list)
    failed: dict[str, str] = field(
        default_factory=dict
    )  # key -> reason, one sentence; the file is still there


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long to try, and by which clock."""

    attempts: int = 6  # of one file
    seconds: float = 600.0  # spent on failed attempts and pauses, over all files of one call
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random  # 0 to 1, so that many crawls do not knock at once


class Outbox:
    """Delivers the spool, which has the layout of the archive: `<spool>/<key>`. Safe for several threads.

    Unfinished files (.open, .tmp, .torn) and files outside the archive's five folders are not touched. A file
    with its final name must not change.
    """

    def __init__(
        self, spool: Path, storage: Storage, patience: Patience | None = None, *, at_once: int = 1
    ) -> None:
        """Deliver `at_once` files in parallel in `deliver_all`; each takes a connection and 1 MiB."""
        self._spool = spool
        self._storage = storage
        self._patience = patience or Patience()
        self._at_once = at_once
        self._reserved: set[str] = set()
        self._released = threading.Condition()

    def pending(self) -> list[str]:
        """List the keys of the finished files, in the order of delivery."""
        return sorted((key for folder in ORDER for key in self._finished(folder)), key=_turn)

    def deliver(self, key: str, sha256: str | None = None, *, attempts: int | None = None) -> Stored:
        """Store one file (with this digest, or its own), read it back, and remove it from the spool.

        `attempts` replaces the number of the outbox. May run during the crawl. Raises ArchiveError where it
        failed; then the file is still in the spool.
        """
        patience = self._patience if attempts is None else replace(self._patience, attempts=attempts)
        return self._deliver(key, sha256, _Budget(patience))

    def deliver_all(self, folders: Sequence[str] = ORDER) -> Delivery:
        """Deliver all finished files in these folders, collect the failures, and remove empty folders.

        For the end of a run and later: during a crawl it could remove a folder that a writer has just made.
        Articles are held back while the copy of the ledger failed, files of runs/ while anything before them
        failed, because their manifests name it.
        """
        delivery, budget = Delivery(), _Budget(self._patience)
        pending = [key for key in self.pending() if key.partition("/")[0] in folders]
        for folder, found in groupby(pending, lambda key: key.partition("/")[0]):
            for keys in [[key] for key in found] if folder in _ONE_BY_ONE else [list(found)]:
                if _must_wait(folder, delivery):
                    delivery.failed.update(dict.fromkeys(keys, _WAITS))
                else:
                    self._deliver_side_by_side(keys, budget, delivery)
        self._remove_empty_folders()
        return delivery

    def _deliver_side_by_side(self, keys: Sequence[str], budget: "_Budget", delivery: Delivery) -> None:
        def one(key: str) -> Stored | ArchiveError:
            try:
                return self._deliver(key, None, budget)
            except ArchiveError as error:
                return error

        with ThreadPoolExecutor(self._at_once, thread_name_prefix="upload") as pool:
            for key, outcome in zip(keys, pool.map(one, keys), strict=True):
                if isinstance(outcome, ArchiveError):
                    delivery.failed[key] = str(outcome)
                else:
                    delivery.delivered.append(outcome)

    def _deliver(self, key: str, sha256: str | None, budget: "_Budget") -> Stored:
        path = self._spool / checked_key(key)
        if key.endswith(UNFINISHED_SUFFIXES):
            raise ArchiveError(f"{key} is unfinished; it is delivered when it has its final name.")
        with self._alone(key):
            try:
                before = _identity(path)
                digest = sha256 or digest_file(path)[1]
                stored = self._put(key, path, digest, budget)
                if stored.sha256 != digest or stored.size != before[1]:
                    raise ArchiveError(
                        f"{key} came back from {self._storage.address} with other bytes; it stays here."
                    )
                if _identity(path) != before:
                    raise ArchiveError(f"{path} changed while it was delivered; it stays here.")
                path.unlink()
            except OSError as error:
                raise ArchiveError(f"{path} cannot be delivered: {error.strerror}.") from error
        return stored

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Reserve a file for this thread; another thread waits, and then finds it gone or tries it."""
        with self._released:
            self._released.wait_for(lambda: key not in self._reserved)
            self._reserved.add(key)
        try:
            yield
        finally:
            with self._released:
                self._reserved.discard(key)
                self._released.notify_all()

    def _put(self, key: str, path: Path, sha256: str, budget: "_Budget") -> Stored:
        attempt = 0
        while True:
            attempt += 1
            budget.check(self._storage.address)
            started = self._patience.clock()
            try:
                return self._storage.put(key, path, sha256, replace=not is_evidence(key))
            except UnavailableError:
                budget.spend(self._patience.clock() - started)
                if budget.is_spent_after(attempt):
                    raise
            budget.pause(attempt)

    def _finished(self, folder: str) -> Iterator[str]:
        for place, _, names in os.walk(self._spool / folder, onerror=_unless_missing):
            for name in names:
                key = (Path(place) / name).relative_to(self._spool).as_posix()
                if not key.endswith(UNFINISHED_SUFFIXES) and not is_hidden(key):
                    yield key

    def _remove_empty_folders(self) -> None:
        for folder in ORDER:
            for place, _, _ in os.walk(self._spool / folder, topdown=False, onerror=_unless_missing):
                try:
                    Path(place).rmdir()
                except OSError as error:
                    if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                        raise ArchiveError(f"{place} cannot be removed: {error.strerror}.") from error


class _Budget:
    """The seconds that one call may lose to a storage that does not answer, shared by its threads."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._left = patience.seconds
        self._lock = threading.Lock()

    @property
    def is_spent(self) -> bool:
        return self._left <= 0

    def is_spent_after(self, attempt: int) -> bool:
        return attempt >= self._patience.attempts or self.is_spent

    def check(self, address: str) -> None:
        if self.is_spent:
            raise UnavailableError(
                f"{address} failed for {self._patience.seconds:.0f} s; this file was not tried."
            )

    def spend(self, seconds: float) -> None:
        with self._lock:
            self._left -= seconds

    def pause(self, attempt: int) -> None:
        seconds = max(0.0, min(pause_after(attempt, self._patience.jitter()), self._left))
        self._patience.sleep(seconds)
        self.spend(seconds)


def spool_bytes(spool: Path) -> int:
    """Return the bytes of all files below a spool; files that are delivered meanwhile do not count.

    Opens no file and scans each folder once: cheap enough for every few seconds. Raises ArchiveError.
    """
    total = 0
    folders = [str(spool)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += _size(entry)
        except OSError as error:
            _unless_missing(error)
    return total


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:  # delivered since the folder was read
        return 0


def _turn(key: str) -> tuple[int, str, bool, str]:
    folder, _, rest = key.partition("/")
    run = rest.partition("/")[0] if folder == "runs" else ""
    return ORDER.index(folder), run, folder == "runs" and key.endswith(f"/{_MANIFEST}"), key


def _must_wait(folder: str, delivery: Delivery) -> bool:
    if folder == "articles":
        return any(key.startswith("ledger/") for key in delivery.failed)
    return folder == "runs" and bool(delivery.failed)


def _identity(path: Path) -> tuple[int, int, int]:
    """Return inode, size in bytes and time of change in nanoseconds; any difference is another file."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _unless_missing(error: OSError) -> None:
    """Raise ArchiveError unless the folder is only missing; os.walk would ignore any error."""
    if not isinstance(error, FileNotFoundError):
        raise ArchiveError(f"The spool cannot be read: {error}.") from error
