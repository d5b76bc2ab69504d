"""Stores the archive in a folder or on S3; every file is written once and checked by reading it back."""

import re
from pathlib import Path

from crawler.errors import UsageError
from crawler.storage.base import Entry, Storage, Stored, UnavailableError
from crawler.storage.credentials import S3Credentials
from crawler.storage.folder import FolderStorage
from crawler.storage.retention import ObjectLock

__all__ = ["Entry", "ObjectLock", "S3Credentials", "Storage", "Stored", "UnavailableError", "open_storage"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|(s3):", re.IGNORECASE)
_BUCKET = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+([.-][a-z0-9]+|-+[a-z0-9]+)*")
_IP = re.compile(r"\d+\.\d+\.\d+\.\d+")
_PREFIX_PART = re.compile(r"[A-Za-z0-9_=-][A-Za-z0-9._=-]*")
_WANTED = "write a folder path or s3://bucket/prefix"


def open_storage(
    address: str, *, credentials: S3Credentials | None = None, lock: ObjectLock | None = None
) -> Storage:
    """Return the storage at a folder path or `s3://bucket/prefix`, without any input or output yet.

    `lock` is applied to files of evidence that are written. Raises UsageError where the address is wrong, the
    credentials are incomplete, or a folder is to lock files.
    """
    if not address.strip() or "\0" in address:
        raise UsageError(f"The archive's address is empty; {_WANTED}.")
    scheme = _SCHEME.match(address)
    if scheme is None:
        if lock is not None:
            raise UsageError(
                f"OBJECT_LOCK_MODE={lock.mode} needs an archive on S3; a folder cannot lock files. "
                "Set ARCHIVE to s3://bucket/prefix, or OBJECT_LOCK_MODE=none."
            )
        return _folder(address)
    if not address.startswith("s3://"):
        # The rest of the address may hold a password: it is not repeated.
        raise UsageError(f"The archive cannot be kept at {scheme[0]}…; {_WANTED}.")
    bucket, prefix = _bucket_and_prefix(address)
    from crawler.storage.s3 import S3Storage  # noqa: PLC0415 - a folder needs no boto3

    return S3Storage(bucket, prefix, credentials or S3Credentials(), lock)


def _folder(address: str) -> Storage:
    try:
        path = Path(address).expanduser()
    except RuntimeError as error:
        raise UsageError(f"The archive's folder {address!r} names no user of this machine.") from error
    if path.exists() and not path.is_dir():
        raise UsageError(
            f"The archive's address {address!r} is a file; name a folder, or s3://bucket/prefix."
        )
    return FolderStorage(path)


def _bucket_and_prefix(address: str) -> tuple[str, str]:
    rest = address.removeprefix("s3://")
    if "@" in rest:
        raise UsageError(
            "The archive's address holds an @; write s3://bucket/prefix and give the keys by "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    bucket, _, prefix = rest.partition("/")
    if not bucket:
        raise UsageError(f"The archive's address {address!r} names no bucket; write s3://bucket/prefix.")
    if not _BUCKET.fullmatch(bucket) or _IP.fullmatch(bucket):
        raise UsageError(
            f"{bucket!r} cannot be a bucket's name; it has 3 to 63 lower-case letters, digits, dots and "
            "hyphens, and begins and ends with a letter or digit."
        )
    prefix = prefix.strip("/")
    if prefix and not all(_PREFIX_PART.fullmatch(part) for part in prefix.split("/")):
        raise UsageError(
            f"{prefix!r} cannot begin names in the bucket; use letters A-Z, digits and . _ = - "
            "in parts joined by /, none beginning with a dot."
        )
    return bucket, prefix
