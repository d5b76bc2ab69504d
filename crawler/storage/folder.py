"""Stores the archive in a folder: every file arrives whole, under its own name, once."""

import errno
import io
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from crawler.errors import ArchiveError
from crawler.storage.base import (
    CHUNK,
    Entry,
    MissingError,
    Stored,
    UnavailableError,
    check_range,
    checked_file,
    checked_folder_prefix,
    checked_key,
    checked_prefix,
    digest_file,
)
from crawler.storage.cell import Cell
from crawler.storage.durable import NO_HARD_LINK, hidden_name, make_folder, place, sync_file, sync_folder
from crawler.storage.folder_cell import FolderCell
from crawler.storage.folder_lease import FolderLease
from crawler.storage.lease import Claim, Lease, lease_key
from crawler.storage.retention import Locks

_ADVICE = {
    errno.ENOSPC: "the disk is full; free space, then run `scrapy sync`",
    errno.EDQUOT: "the disk quota is used up; free space, then run `scrapy sync`",
    errno.EROFS: "the file system is read-only; mount it for writing, or name another folder",
    errno.EACCES: "this user may not; give it the right, or name another folder",
    errno.EPERM: "this user may not; give it the right, or name another folder",
    errno.ENOTDIR: "a part of its path is a file; name another folder",
    errno.EEXIST: "a file stands where a folder is needed; move it away",
}


class FolderStorage:
    """The archive in a local folder. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self.address = str(self._root)

    def check(self) -> None:
        content = secrets.token_hex(16).encode()
        probe = self._root / f".probe-{secrets.token_hex(8)}"
        try:
            make_folder(self._root)
            try:
                with probe.open("xb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                returned = probe.read_bytes()
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            raise self._failure("cannot be written", error) from error
        if returned != content:
            raise ArchiveError(
                f"The archive {self.address} returns other bytes than were written; check the disk."
            )

    def put(self, key: str, path: Path, sha256: str, *, replace: bool = False) -> Stored:
        target = self._root / checked_key(key)
        unfinished = hidden_name(target)
        try:
            make_folder(target.parent)
            try:
                _take(path, unfinished)
                _forget_cached(unfinished)
                checked_file(unfinished, sha256)
                if replace:
                    unfinished.replace(target)
                else:
                    try:
                        place(unfinished, target)
                    except FileExistsError:
                        return self._same(key, target, sha256)
                sync_folder(target.parent)
            finally:
                unfinished.unlink(missing_ok=True)
            return self._read_back(key, target, sha256, replace=replace)
        except OSError as error:
            raise self._failure(f"cannot keep {key}", error) from error

    def _read_back(self, key: str, target: Path, sha256: str, *, replace: bool) -> Stored:
        _forget_cached(target)
        size, digest = digest_file(target)
        if digest != sha256:
            if not replace:
                target.unlink()  # just written, and wrong: the name must be free for the next attempt
            raise UnavailableError(
                f"The archive {self.address} returns other bytes as {key}; check the disk."
            )
        return Stored(key, size, digest)

    def _same(self, key: str, target: Path, sha256: str) -> Stored:
        size, digest = digest_file(target)
        if digest != sha256:
            raise ArchiveError(
                f"The archive {self.address} already holds other bytes as {key}; nothing is overwritten: "
                "compare the two and move one away."
            )
        return Stored(key, size, digest)

    def remove(self, key: str) -> None:
        path = self._root / checked_key(key)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
        except OSError as error:
            raise self._failure(f"cannot remove {key}", error) from error

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        path = self._root / checked_key(key)
        try:
            stream = path.open("rb")
        except OSError as error:
            raise self._failure(f"cannot read {key}", error) from error
        size = os.fstat(stream.fileno()).st_size
        if start and start >= size:
            stream.close()
            raise ArchiveError(f"{key} in {self.address} has {size} bytes; there is none at {start}.")
        stream.seek(start)
        wanted = size - start if length is None else min(length, size - start)
        return cast("BinaryIO", io.BufferedReader(_Bounded(stream, wanted)))

    def list(self, prefix: str = "") -> Iterator[Entry]:
        checked_prefix(prefix)
        folder = prefix.rpartition("/")[0]
        for entry in self._walk(folder):
            if entry.key.startswith(prefix):
                yield entry

    def list_names(self, prefix: str = "", after: str = "") -> Iterator[str]:
        folder = checked_folder_prefix(prefix).removesuffix("/")
        for name, _ in self._scan(folder):
            if name > after:
                yield name

    def locks(self, key: str, version_id: str | None = None) -> Locks:  # noqa: ARG002 - a folder has no versions
        checked_key(key)
        return Locks(asked=None, held=None)

    def lease(self, claim: Claim) -> Lease:
        name = self._root / checked_key(lease_key(claim.site))
        try:
            return FolderLease(name.with_name(f".{claim.site}.lock"), claim)
        except OSError as error:
            raise self._failure(f"cannot lock the site {claim.site}", error) from error

    def cell(self, key: str, most: int) -> Cell:
        return FolderCell(self._root / checked_key(key), most)

    def _walk(self, folder: str) -> Iterator[Entry]:
        for name, size in self._scan(folder):
            key = f"{folder}/{name}" if folder else name
            if name.endswith("/"):
                yield from self._walk(key.removesuffix("/"))
            else:
                yield Entry(key, size)

    def _scan(self, folder: str) -> Sequence[tuple[str, int]]:
        """List names (folders with /) and sizes, sorted as keys are: `a-b` before `a/` before `a0`."""
        found = []
        try:
            with os.scandir(self._root / folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        found.append((f"{entry.name}/", 0))
                    else:
                        found.append((entry.name, entry.stat().st_size))
        except FileNotFoundError as error:
            if folder and self._root.is_dir():
                return []
            raise self._failure("cannot be read", error) from error
        except OSError as error:
            raise self._failure(f"cannot list {folder or 'its files'}", error) from error
        return sorted(found)

    def _failure(self, what: str, error: OSError) -> ArchiveError:
        if isinstance(error, FileNotFoundError):
            if not self._root.is_dir():
                return ArchiveError(f"The archive {self.address} {what}: there is no such folder.")
            return MissingError(f"The archive {self.address} {what}: there is no such file.")
        advice = _ADVICE.get(error.errno or 0, error.strerror or str(error))
        return ArchiveError(f"The archive {self.address} {what}: {advice}.")


class _Bounded(io.RawIOBase):
    """The next `left` bytes of a file; closing it closes the file."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream = stream
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(min(len(buffer), self._left))
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _take(path: Path, unfinished: Path) -> None:
    """Link the spool's file if both are on one file system, else copy it; force it to the disk."""
    try:
        os.link(path, unfinished)
    except OSError as error:
        if error.errno not in NO_HARD_LINK:
            raise
        with path.open("rb") as source, unfinished.open("xb") as copy:
            shutil.copyfileobj(source, copy, CHUNK)
    sync_file(unfinished)


def _forget_cached(path: Path) -> None:
    """Drop the file from the system's cache, if possible, so that the next read comes from the disk."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
