"""Where the index of an archive lies on this machine, and who may write there.

`<cache>/<digest of the archive's address>/<digest of the index's format>/` holds `catalogue.sqlite`, the
folder `words/` with the engine's files, and `lock`. An index of another format is made beside the old one,
which is then removed.
"""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.derived import cache_folder


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one archive's index in one format."""

    folder: Path

    @classmethod
    def of(cls, storage: Storage, stamp: str, cache: Path | None = None) -> "Place":
        """Return the place for an archive; `stamp` names the format of the index."""
        archive = hashlib.sha256(storage.address.encode("utf-8", "surrogateescape")).hexdigest()[:24]
        form = hashlib.sha256(stamp.encode()).hexdigest()[:12]
        return cls((cache or cache_folder()) / archive / form)

    @property
    def catalogue(self) -> Path:
        return self.folder / "catalogue.sqlite"

    @property
    def words(self) -> Path:
        return self.folder / "words"

    def make(self) -> None:
        """Create the folder, for this user alone. Raises ArchiveError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise place_failed(self, error) from error

    @contextmanager
    def writing(self, *, wait: bool) -> Iterator[bool]:
        """Hold the right to write; gives False where another process has it and `wait` is not set.

        The kernel releases the lock when this process ends in any way. Raises ArchiveError.
        """
        self.make()
        try:
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise place_failed(self, error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        """Remove the index; the lock stays. Raises ArchiveError."""
        try:
            if self.words.exists():
                shutil.rmtree(self.words)
            for ending in ("", "-wal", "-shm"):
                self.catalogue.with_name(self.catalogue.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise place_failed(self, error) from error

    def drop_other_formats(self) -> None:
        """Remove the archive's indexes of other formats, unless a process writes there."""
        for folder in self.folder.parent.iterdir():
            if folder == self.folder or not folder.is_dir():
                continue
            with Place(folder).writing(wait=False) as free:
                if free:
                    shutil.rmtree(folder, ignore_errors=True)  # what stays is tried again next time


def place_failed(place: Place, error: OSError) -> ArchiveError:
    """Return the error for a cache folder that cannot be used."""
    advice = {
        errno.ENOSPC: "the disk is full; free space, or name another folder in XDG_CACHE_HOME",
        errno.EROFS: "the file system is read-only; name another folder in XDG_CACHE_HOME",
        errno.EACCES: "this user may not; name another folder in XDG_CACHE_HOME",
    }
    reason = advice.get(error.errno or 0, error.strerror or str(error))
    return ArchiveError(f"The index of the archive cannot be kept in {place.folder}: {reason}.")
