"""Stores the archive on S3: one PutObject a file, with its checksum, and every byte read back.

A server's success is not trusted: some store what a checksum forbids, some ignore If-None-Match, some lose
the object. The spool drops its copy only after the bytes that come back were hashed.
"""

import io
import logging
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError

from crawler.errors import ArchiveError
from crawler.storage.base import (
    CHUNK,
    Entry,
    Stored,
    UnavailableError,
    check_range,
    checked_file,
    checked_folder_prefix,
    checked_key,
    checked_prefix,
    digest_stream,
    is_hidden,
)
from crawler.storage.cell import Cell
from crawler.storage.credentials import S3Credentials
from crawler.storage.lease import MAX_BYTES, Claim, Lease, lease_key
from crawler.storage.retention import Locks, ObjectLock, Retention, is_evidence
from crawler.storage.s3_cell import S3Cell
from crawler.storage.s3_client import s3_client
from crawler.storage.s3_errors import answer_of, explained
from crawler.storage.s3_lease import S3Lease
from crawler.storage.s3_lock import S3Locks, refused
from crawler.storage.s3_stream import ObjectStream
from crawler.storage.s3_upload import TakenError, Upload, Uploader, real_version

_log = logging.getLogger(__name__)

_FAILURES = (ClientError, BotoCoreError, OSError)
_MAX_BYTES = 5_000_000_000  # of one PutObject; the archive closes its files at a fifth of that
_NOT_FOUND, _PARTIAL, _NO_SUCH_RANGE = 404, 206, 416
_NO_RIGHT = frozenset({"AccessDenied", "403", "Forbidden", "MethodNotAllowed"})


class S3Storage:
    """The archive below a prefix of a bucket. Safe to use from several threads."""

    def __init__(
        self, bucket: str, prefix: str, credentials: S3Credentials, lock: ObjectLock | None = None
    ) -> None:
        self.address = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket = bucket
        self._base = f"{prefix}/" if prefix else ""
        self._client = s3_client(credentials)
        self._uploader = Uploader(self._client, bucket, self.address)
        self._lock = lock
        self._locks = S3Locks(self._client, bucket, self.address)

    def check(self) -> None:
        content = secrets.token_hex(16).encode()
        digest = sha256_of(content).hexdigest()
        name = f"{self._base}.probe-{secrets.token_hex(8)}"
        step = "cannot be written"
        try:
            version = self._uploader.send(Upload(name, lambda: io.BytesIO(content), digest, once=True))
            step = "cannot be read"
            returned = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            step = "cannot be tidied"
            self._remove_probe(name, version)
        except _FAILURES as error:
            raise explained(f"The archive {self.address} {step}", error) from error
        if returned != content:
            raise ArchiveError(f"The archive {self.address} returns other bytes than it was given.")
        if self._lock is not None:
            self._locks.check_bucket(self._lock)

    def put(self, key: str, path: Path, sha256: str, *, replace: bool = False) -> Stored:
        name = self._base + checked_key(key)
        # Check the digest before sending: some servers could never remove a wrong object.
        size = checked_file(path, sha256)
        if size > _MAX_BYTES:
            raise ArchiveError(f"{path} has {size} bytes; S3 takes at most {_MAX_BYTES} in one piece.")
        what = f"The archive {self.address} cannot keep {key}"
        retention = None if replace else self._retention(key)
        try:
            version = self._uploader.send(
                Upload(name, lambda: path.open("rb"), sha256, once=not replace, retention=retention)
            )
        except TakenError:
            stored = self._same(key, sha256)
            if retention is not None:
                self._locks.lock_now(name, stored.version_id, retention, what)
            return stored
        except _FAILURES as error:
            error_of_lock = refused(what, error) if retention and isinstance(error, ClientError) else None
            raise error_of_lock or explained(what, error) from error
        stored = self._read_back(key, version, what)
        if (stored.size, stored.sha256) != (size, sha256):
            if not replace:
                # What is locked can only be hidden, behind a marker.
                self._withdraw(name, None if retention else version, what)
            raise UnavailableError(f"{what}: other bytes came back than were sent.")
        if retention is not None:
            self._locks.require(name, stored.version_id, retention, what)
        return stored

    def remove(self, key: str) -> None:
        name, what = self._base + checked_key(key), f"The archive {self.address} cannot remove {key}"
        try:
            self._client.head_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if answer_of(error).status == _NOT_FOUND:
                return
            raise explained(what, error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(what, error) from error
        locks, now = self.locks(key), datetime.now(UTC)
        for lock in (locks.held, locks.asked):
            if lock is not None and lock.until > now:
                raise ArchiveError(f"{what}: it is locked ({lock}).")
        try:
            self._client.delete_object(Bucket=self._bucket, Key=name)
        except _FAILURES as error:
            raise explained(what, error) from error

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        check_range(start, length)
        stream = self._stream(key, start, length)
        return cast("BinaryIO", io.BufferedReader(stream, CHUNK)) if stream else io.BytesIO()

    def list(self, prefix: str = "") -> Iterator[Entry]:
        start = self._base + checked_prefix(prefix)
        for page in self._pages(start):
            for item in page.get("Contents", ()):
                key = item["Key"].removeprefix(self._base)
                if not is_hidden(key) and not key.endswith("/"):  # consoles mark folders with an empty object
                    yield Entry(key, item["Size"])

    def list_names(self, prefix: str = "", after: str = "") -> Iterator[str]:
        start = self._base + checked_folder_prefix(prefix)
        later = {"StartAfter": start + after} if after else {}
        for page in self._pages(start, Delimiter="/", **later):
            names = [item["Key"].removeprefix(start) for item in page.get("Contents", ())]
            names += [item["Prefix"].removeprefix(start) for item in page.get("CommonPrefixes", ())]
            yield from sorted(name for name in names if name > after and not is_hidden(name))

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        what = f"The archive {self.address} cannot report the lock of {key}"
        return self._locks.of(self._base + checked_key(key), version_id, what)

    def lease(self, claim: Claim) -> Lease:
        key = lease_key(claim.site)
        return S3Lease(self._cell(key, f"The lease {key} in {self.address}", MAX_BYTES), claim)

    def cell(self, key: str, most: int) -> Cell:
        return self._cell(key, f"{key} in {self.address}", most)

    def _cell(self, key: str, place: str, most: int) -> Cell:
        return S3Cell(self._client, self._bucket, self._base + checked_key(key), place, most)

    def _retention(self, key: str) -> Retention | None:
        """Return the lock of a file that is uploaded now."""
        if self._lock is None or not is_evidence(key):
            return None
        return self._lock.retention(datetime.now(UTC))

    def _pages(self, start: str, **how: Any) -> Iterator[Any]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=start, **how
        )
        try:
            yield from pages
        except _FAILURES as error:
            raise explained(f"The archive {self.address} cannot be listed", error) from error

    def _remove_probe(self, name: str, version: str | None) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=name, **_versioned(version))
        except ClientError as error:
            if answer_of(error).code not in _NO_RIGHT:
                raise
            # A writer that may not delete is what an archive of evidence wants.
            _log.warning("%s: this key may not delete; the test object %s stays.", self.address, name)

    def _same(self, key: str, sha256: str) -> Stored:
        what = f"The archive {self.address} cannot return {key}"
        there = self._read_back(key, None, what)
        if there.sha256 != sha256:
            first, there = there, self._read_back(key, None, what)  # or was it damaged on its way back?
            if there.sha256 not in {first.sha256, sha256}:
                raise UnavailableError(f"{what}: other bytes come back each time; try again later.")
        if there.sha256 != sha256:
            raise ArchiveError(
                f"The archive {self.address} already holds other bytes as {key}; nothing is overwritten: "
                "compare the two and move one away."
            )
        return there

    def _read_back(self, key: str, version: str | None, what: str) -> Stored:
        """Check the size, then hash every byte. Raises UnavailableError where the object is gone."""
        where: dict[str, Any] = {"Bucket": self._bucket, "Key": self._base + key} | _versioned(version)
        try:
            promised = self._client.head_object(**where)["ContentLength"]
            answer = self._client.get_object(**where)
        except ClientError as error:
            if answer_of(error).status == _NOT_FOUND:
                raise UnavailableError(f"{what}: the server took it and does not have it.") from error
            raise explained(what, error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(what, error) from error
        with ObjectStream(answer["Body"], answer["ContentLength"], what) as stream:
            size, digest = digest_stream(stream)
        if size != promised:
            raise UnavailableError(f"{what}: the server promises {promised} bytes and returns {size}.")
        return Stored(key, size, digest, version or real_version(answer.get("VersionId")))

    def _withdraw(self, name: str, version: str | None, what: str) -> None:
        """Remove what this upload has just written wrongly, so that the name is free again."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=name, **_versioned(version))
        except _FAILURES as error:
            raise explained(f"{what}: other bytes came back, and they cannot be removed", error) from error

    def _stream(self, key: str, start: int, length: int | None) -> ObjectStream | None:
        """Open a range of an object; None where the range is empty."""
        what = f"The archive {self.address} cannot read {key}"
        where: dict[str, Any] = {"Bucket": self._bucket, "Key": self._base + checked_key(key)}
        ranged = start > 0 or length is not None
        try:
            if length == 0:
                self._client.head_object(**where)
                return None
            if ranged:
                where["Range"] = f"bytes={start}-" + ("" if length is None else str(start + length - 1))
            answer = self._client.get_object(**where)
        except ClientError as error:
            if start == 0 and answer_of(error).status == _NO_SUCH_RANGE:
                return None  # the file is empty
            raise explained(what, error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(what, error) from error
        if ranged and answer["ResponseMetadata"]["HTTPStatusCode"] != _PARTIAL:
            answer["Body"].close()
            raise ArchiveError(f"{what}: the server ignores ranges.")
        return ObjectStream(answer["Body"], answer["ContentLength"], what)


def _versioned(version: str | None) -> dict[str, Any]:
    return {"VersionId": version} if version else {}
