"""A small file in a folder that several processes replace by turns."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.storage.cell import FasterError, Seen
from crawler.storage.durable import make_folder, sync_folder


class FolderCell:
    """A file that is replaced whole, under a kernel lock on a hidden file beside it."""

    def __init__(self, path: Path, most: int) -> None:
        self.place = str(path)
        self._path = path
        self._most = most  # bytes that are read at most, and one more

    def read(self) -> Seen:
        try:
            return self._read()
        except OSError as error:
            raise ArchiveError(f"{self.place} cannot be read: {error.strerror}.") from error

    def write(self, content: bytes, seen: Seen) -> bool:
        try:
            make_folder(self._path.parent)
            with self._alone():
                if self._read().etag != seen.etag:
                    raise FasterError
                self._replace(content)
        except OSError as error:
            raise ArchiveError(f"{self.place} cannot be written: {error.strerror}.") from error
        return True

    def _read(self) -> Seen:
        now = datetime.now(UTC)
        try:
            with self._path.open("rb") as stream:
                content = stream.read(self._most + 1)
        except FileNotFoundError:
            return Seen(None, None, now)
        return Seen(content, hashlib.sha256(content).hexdigest(), now)

    def _replace(self, content: bytes) -> None:
        # One name for all: a writer that was killed leaves a file that the next one replaces.
        unfinished = self._path.with_name(f".{self._path.name}.tmp")
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(self._path)
        sync_folder(self._path.parent)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
