"""The lease of a site in a folder: a kernel lock, which ends with the process that holds it."""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.storage.durable import make_folder
from crawler.storage.lease import MAX_BYTES, Claim, LeaseHeldError, LeaseLostError, Record


class FolderLease:
    """A locked file with a hidden name. The file stays; only the lock comes and goes."""

    def __init__(self, path: Path, claim: Claim) -> None:
        """Take the lock. Raises LeaseHeldError, and OSError where the file system cannot lock."""
        self.seconds = claim.seconds
        self._path = path
        self._site = claim.site
        make_folder(path.parent)
        # Not passed on to other programs (O_CLOEXEC is Python's default): the lock must die with this one.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = self._held_sentence()
            os.close(self._descriptor)
            raise LeaseHeldError(sentence) from None
        except OSError:
            os.close(self._descriptor)
            raise
        self._write(Record.of(claim, taken=datetime.now(UTC), until=None).to_bytes())

    def renew(self) -> None:
        """Check that the locked file is still the one under this name. Raises LeaseLostError."""
        try:
            there, ours = self._path.stat(), os.fstat(self._descriptor)
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise LeaseLostError(
                f"The lock of the site {self._site} ({self._path}) was removed, so another run may have "
                "begun; this run must end."
            )

    def release(self) -> None:
        if self._descriptor >= 0:
            self._write(b"")
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, record: bytes) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, record, 0)

    def _held_sentence(self) -> str:
        record = os.pread(self._descriptor, MAX_BYTES + 1, 0)
        try:
            return Record.parse(record, str(self._path)).held_sentence()
        except ArchiveError:  # its holder has the lock and has not written its name yet
            return f"The site {self._site} is held by another run; wait for its end ({self._path} is locked)."
