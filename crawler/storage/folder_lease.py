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
        self._claim = claim
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
        there = self._there()
        self._taken = datetime.now(UTC)
        self.generation = max(claim.above, there.generation if there else 0) + 1
        self._write(released=False)

    def holds(self) -> bool:
        try:
            self.renew()
        except LeaseLostError:
            return False
        return True

    def renew(self) -> None:
        """Check that the locked file is still the one under this name. Raises LeaseLostError."""
        try:
            there, ours = self._path.stat(), os.fstat(self._descriptor)
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise LeaseLostError(
                f"The lock of the site {self._claim.site} ({self._path}) was removed, so another run may "
                "have begun; this run must end."
            )

    def release(self) -> None:
        if self._descriptor >= 0:
            self._write(released=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, *, released: bool) -> None:
        until = self._taken if released else None
        record = Record.of(
            self._claim, taken=self._taken, until=until, released=released, generation=self.generation
        )
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, record.to_bytes(), 0)

    def _there(self) -> Record | None:
        """Return the record in the file, None where its holder has not written it whole."""
        try:
            return Record.parse(os.pread(self._descriptor, MAX_BYTES + 1, 0), str(self._path))
        except ArchiveError:
            return None

    def _held_sentence(self) -> str:
        there = self._there()
        if there is None or there.released:  # its holder has the lock and has not written its name yet
            site, path = self._claim.site, self._path
            return f"The site {site} is held by another run; wait for its end ({path} is locked)."
        return there.held_sentence()
