"""What a place to keep things can do, and the names (keys) under which it keeps them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Protocol

from crawler.errors import ArchiveError
from crawler.storage.lease import Claim, Lease
from crawler.storage.retention import Locks

CHUNK = 1 << 20  # bytes read at a time, wherever a whole file passes through
_KEY_LENGTH = 1024  # bytes; the limit of S3
_PART = re.compile(
    r"[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,254}"
)  # no part begins with a dot: no `..`, no hidden file


class UnavailableError(ArchiveError):
    """The storage failed in a way that may pass: no answer, a broken connection, damage on the way."""


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
    """A place to keep files under keys. Every method raises ArchiveError where the place fails."""

    @property
    def address(self) -> str:
        """The folder or `s3://bucket/prefix`; it holds no secret."""

    def check(self) -> None:
        """Write, read back and remove a small object, so that a crawl does not begin what it cannot keep."""

    def put(self, key: str, path: Path, sha256: str, *, replace: bool = False) -> Stored:
        """Keep a finished file under `key`, read it back, compare.

        Written once: a key that holds the same bytes is a success, one that holds others an ArchiveError.
        `replace` is for the one kind of file that is a checkpoint and not a record: the ledger.
        `sha256` is the lower-case hex digest that the file must have. UnavailableError: try again later.
        """

    def remove(self, key: str) -> None:
        """Take one file away, for good or (where the bucket keeps versions) out of sight; gone is gone.

        Only for a file whose successor is in the archive, as `scrapy compact` makes them. Refused with an
        ArchiveError where a lock is on the file, or this key may not delete.
        """

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """Read `length` bytes from `start` (to the end: None), as a stream that cannot seek.

        Fewer bytes come only where the file ends; a `start` at or beyond its end is an ArchiveError.
        """

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Every file whose key begins with `prefix`, in the order of the keys' bytes; no hidden ones."""

    def list_names(self, prefix: str = "") -> Iterator[str]:
        """The names directly below a folder (`prefix` is empty or ends with /); folders end with /."""

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        """Until when a file (in this version) can be neither changed nor removed; a folder locks nothing."""

    def lease(self, claim: Claim) -> Lease:
        """Hold a site for a run; Raises LeaseHeldError where another living run has it."""


def checked_key(key: str) -> str:
    """The key itself, where it is one that every file system and every S3 server keeps unchanged.

    ASCII letters, digits and `._=-` in parts of at most 255 characters, joined by `/`; no part is empty or
    begins with a dot. Raises ArchiveError.
    """
    if len(key) <= _KEY_LENGTH and all(_PART.fullmatch(part) for part in key.split("/")):
        return key
    raise ArchiveError(
        f"{key[:200]!r} cannot be a name in the archive; "
        "rename it with letters A-Z, digits and . _ = - in parts joined by /, none beginning with a dot."
    )


def checked_prefix(prefix: str) -> str:
    """The beginning of a key: empty, or any key, with or without a / at its end. Raises ArchiveError."""
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix


def checked_folder_prefix(prefix: str) -> str:
    """Empty, or a key that ends with /. Raises ArchiveError."""
    if prefix and not prefix.endswith("/"):
        raise ArchiveError(f"{prefix!r} names no folder of the archive; end it with /.")
    return checked_prefix(prefix)


def checked_file(path: Path, sha256: str) -> int:
    """The size of a file on this machine that has this SHA-256 (lower-case hex). Raises ArchiveError."""
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
    """Raise ValueError where the numbers are negative: a mistake of the caller, not of the archive."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError(f"start {start} and length {length} must not be negative")


def is_hidden(key: str) -> bool:
    """Whether listings leave it out: a part begins with a dot (unfinished files, probes)."""
    return key.startswith(".") or "/." in key


def digest_stream(stream: BinaryIO | RawIOBase) -> tuple[int, str]:
    """Bytes read to the end, and their SHA-256 in lower-case hex."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def digest_file(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 in lower-case hex of a file on this machine. Raises OSError."""
    with path.open("rb") as stream:
        return digest_stream(stream)
