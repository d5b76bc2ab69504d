"""The interface of a storage, and the keys under which it keeps files."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Protocol

from crawler.errors import ArchiveError
from crawler.storage.cell import Cell
from crawler.storage.lease import Claim, Lease
from crawler.storage.retention import Locks

CHUNK = 1 << 20  # bytes read at a time, wherever a whole file passes through
_KEY_LENGTH = 1024  # bytes; the limit of S3
_PART = re.compile(
    r"[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,254}"
)  # no part begins with a dot: no `..`, no hidden file


class UnavailableError(ArchiveError):
    """The storage failed in a way that may pass: no answer, a broken connection, damage in transit."""


class MissingError(ArchiveError):
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file that was written and read back."""

    key: str
    size: int  # bytes, as read back
    sha256: str  # lower-case hex, of the bytes as read back
    version_id: str | None = None  # of the object, where the bucket keeps versions


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a listing."""

    key: str
    size: int  # bytes


class Storage(Protocol):
    """Keeps files under keys. Every method raises ArchiveError where the storage fails."""

    @property
    def address(self) -> str:
        """The folder or `s3://bucket/prefix`, without secrets."""

    def check(self) -> None:
        """Write, read back and remove a small file, so that a crawl fails early."""

    def put(self, key: str, path: Path, sha256: str, *, replace: bool = False) -> Stored:
        """Store a finished file under `key`, read it back and compare.

        Written once: a key with the same bytes is a success, one with other bytes an ArchiveError. `replace`
        is for checkpoints, merged indexes and derived tables only. `sha256` is the lower-case hex digest
        that the file must have. Raises UnavailableError where a later attempt may succeed.
        """

    def remove(self, key: str) -> None:
        """Remove a file, or hide it where the bucket keeps versions; a missing file is no error.

        Only for a file whose successor is in the archive (`scrapy compact`). Raises ArchiveError where the
        file is locked or this key may not delete.
        """

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """Open `length` bytes from `start` (None: to the end), as a stream that cannot seek.

        Gives fewer bytes only where the file ends. Raises MissingError where there is no such file, and
        ArchiveError for a `start` at or behind its end.
        """

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """List the files whose key begins with `prefix`, sorted by the keys' bytes, without hidden ones."""

    def list_names(self, prefix: str = "", after: str = "") -> Iterator[str]:
        """List the names in a folder (`prefix` is empty or ends with /); the names of folders end with /.

        `after`: only names that sort behind it. A server looks for these, and does not send the others.
        """

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        """Return until when a file (in this version) cannot be changed or removed; a folder has no locks."""

    def lease(self, claim: Claim) -> Lease:
        """Hold a site for a run. Raises LeaseHeldError where another living run holds it."""

    def cell(self, key: str, most: int) -> Cell:
        """Return the file at a key that machines replace by turns; at most `most` bytes of it are read."""


def checked_key(key: str) -> str:
    """Return the key if every file system and every S3 server keeps it unchanged.

    That is: ASCII letters, digits and `._=-` in parts of at most 255 characters, joined by `/`; no part is
    empty or begins with a dot. Raises ArchiveError for any other key.
    """
    if len(key) <= _KEY_LENGTH and all(_PART.fullmatch(part) for part in key.split("/")):
        return key
    raise ArchiveError(
        f"{key[:200]!r} cannot be a name in the archive; "
        "rename it with letters A-Z, digits and . _ = - in parts joined by /, none beginning with a dot."
    )


def checked_prefix(prefix: str) -> str:
    """Return the beginning of a key: empty, or any key with or without a final /. Raises ArchiveError."""
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix


def checked_folder_prefix(prefix: str) -> str:
    """Return a prefix that is empty or ends with /. Raises ArchiveError for any other."""
    if prefix and not prefix.endswith("/"):
        raise ArchiveError(f"{prefix!r} names no folder of the archive; end it with /.")
    return checked_prefix(prefix)


def checked_file(path: Path, sha256: str) -> int:
    """Return the size of a local file that has this SHA-256 (lower-case hex). Raises ArchiveError."""
    try:
        size, digest = digest_file(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error
    if digest != sha256:
        raise ArchiveError(
            f"{path} has the SHA-256 {digest}, not {sha256[:64]}: it was changed or damaged, "
            "and is not put into the archive."
        )
    return size


def check_range(start: int, length: int | None) -> None:
    """Raise ValueError for negative numbers: a mistake of the caller, not of the archive."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError(f"start {start} and length {length} must not be negative")


def is_hidden(key: str) -> bool:
    """Tell whether listings leave the key out: a part begins with a dot (unfinished files, probes)."""
    return key.startswith(".") or "/." in key


def digest_stream(stream: BinaryIO | RawIOBase) -> tuple[int, str]:
    """Read to the end; return the number of bytes and their SHA-256 in lower-case hex."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def digest_file(path: Path) -> tuple[int, str]:
    """Return size in bytes and SHA-256 in lower-case hex of a local file. Raises OSError."""
    with path.open("rb") as stream:
        return digest_stream(stream)
