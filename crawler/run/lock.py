"""The lock on a run's folder in the spool, and the runs that died and left theirs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.archive.names import site_of_run

LOCK = ".lock"


class RunLock:
    """The lock on a run's folder in the spool, held as long as the run lives.

    The kernel drops the lock when the process ends for any reason. A lock of the whole spool is held while a
    folder is made, locked or left, so that a run which just begins does not look dead.
    """

    def __init__(self, folder: Path, *, make: bool = True, wait: bool = False) -> None:
        """Take the lock; `make` the folder first, or `wait` for another process to release it.

        Raises FileNotFoundError where the folder is gone, BlockingIOError where another process has the lock
        and `wait` is false.
        """
        with _spool_guard(folder.parent, make=make):
            if make:
                folder.mkdir(mode=0o700)
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if not wait:
                self._take(fcntl.LOCK_EX | fcntl.LOCK_NB)
        if wait:  # not under the lock of the spool: the other process needs that to release this one
            self._take(fcntl.LOCK_EX)
            if not (folder / LOCK).exists():
                os.close(self._descriptor)
                raise FileNotFoundError(folder)
        self._folder = folder

    def _take(self, how: int) -> None:
        try:
            fcntl.flock(self._descriptor, how)
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Release the lock, and remove the folder if nothing else is in it."""
        with _spool_guard(self._folder.parent, make=False):
            if all(path.name == LOCK for path in self._folder.iterdir()):
                (self._folder / LOCK).unlink()
                self._folder.rmdir()
            os.close(self._descriptor)


@contextmanager
def _spool_guard(spool: Path, *, make: bool) -> Iterator[None]:
    if make:
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(spool / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def dead_runs(spool: Path, site: str) -> list[str]:
    """List the ids of a site's runs that have a folder in the spool and no living process."""
    found = []
    for folder in sorted(spool.iterdir()) if spool.is_dir() else ():
        if site_of_run(folder.name) != site or not folder.is_dir():
            continue
        try:
            RunLock(folder, make=False).release()
        except (BlockingIOError, FileNotFoundError):  # still running, or ended meanwhile
            continue
        found.append(folder.name)
    return found
