"""Bring copies of a ledger from the archive, and cut large ones into files that any store takes."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from crawler.errors import ArchiveError
from crawler.ledger.copies import Copy, Part, part_key
from crawler.storage.base import CHUNK, Storage, digest_file
from crawler.storage.durable import OPEN_MODE, make_folder, rename, sync_file

logger = logging.getLogger(__name__)

PART_BYTES = 1_000_000_000  # of one file of a copy
_MAX_UNSIZED = 50_000_000_000  # bytes of a copy of version 0.1, whose size stands nowhere
_LOGGED_EVERY = 64 << 20  # bytes


class Progress:
    """Logs how much of the copies has been fetched."""

    def __init__(self, site: str, copies: Sequence[Copy]) -> None:
        self._site = site
        self._total = sum(copy.size for copy in copies)
        self._done = self._logged = 0

    def add(self, count: int) -> None:
        """Count fetched bytes."""
        self._done += count
        if self._done - self._logged >= _LOGGED_EVERY:
            self._logged = self._done
            of = f" of {self._total / 1e6:,.0f}" if self._total else ""
            logger.info("%s: %s%s MB of the ledger are fetched.", self._site, f"{self._done / 1e6:,.0f}", of)


def fetch_copy(storage: Storage, copy: Copy, path: Path, progress: Progress) -> None:
    """Write a copy into a new file and compare its digests.

    Raises MissingError where a part is not in the archive, ArchiveError, and OSError.
    """
    path.unlink(missing_ok=True)
    free = shutil.disk_usage(path.parent).free
    if copy.size > free:
        raise ArchiveError(
            f"The ledger needs {copy.size / 1e6:,.0f} MB in {path.parent}, and {free / 1e6:,.0f} MB are free."
        )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPEN_MODE)
    with os.fdopen(descriptor, "wb") as file:
        for part in copy.parts:
            _fetch(storage, part, file, progress.add)


def _fetch(storage: Storage, part: Part, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    digest, left = hashlib.sha256(), _MAX_UNSIZED if part.size is None else part.size
    with storage.open(part.key) as stream:
        while piece := stream.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise ArchiveError(f"{part.key} in {storage.address} is larger than its description says.")
            file.write(piece)
            digest.update(piece)
            on_bytes(len(piece))
    if digest.hexdigest() == part.sha256:
        return
    if part.size is None:  # version 0.1 replaced the description before the copy
        logger.warning("%s has another digest than the described one; it is read anyway.", part.key)
        return
    raise ArchiveError(f"{part.key} in {storage.address} has another digest than the list of copies names.")


def cut(path: Path, folder: Path, site: str, name: str) -> tuple[Part, ...]:
    """Move a finished file into a run's folder, to be delivered; cut it where it is large. Raises OSError."""
    size = path.stat().st_size
    count = max(1, -(-size // PART_BYTES))
    if count == 1:
        sync_file(path)
        return (_placed(path, folder, part_key(site, name, 1, 1)),)
    parts = []
    with path.open("rb") as stream:
        for number in range(1, count + 1):
            piece = path.with_name(f"{path.name}.{number}")
            with piece.open("wb") as file:
                left = PART_BYTES
                while left and (data := stream.read(min(CHUNK, left))):
                    file.write(data)
                    left -= len(data)
            sync_file(piece)
            parts.append(_placed(piece, folder, part_key(site, name, number, count)))
    path.unlink()
    return tuple(parts)


def _placed(path: Path, folder: Path, key: str) -> Part:
    size, sha256 = digest_file(path)
    target = folder / key
    make_folder(target.parent)
    rename(path, target)
    return Part(key=key, sha256=sha256, size=size)
