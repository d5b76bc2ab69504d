"""Uploads objects with all the conditions and checksums that the server supports."""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from botocore.exceptions import ClientError

from crawler.storage.retention import METADATA, Retention
from crawler.storage.s3_errors import answer_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_log = logging.getLogger(__name__)

_FORBIDDEN, _NOT_FOUND, _PRECONDITION_FAILED, _NOT_IMPLEMENTED = 403, 404, 412, 501
# How servers call a header that they do not know.
_UNKNOWN_HEADER = frozenset({"NotImplemented", "NotSupported", "InvalidArgument", "InvalidRequest", "400"})


# No Content-Encoding for compressed files: clients would undo it, and offsets and digests with it.
_MEDIA_TYPES = {
    ".warc.gz": "application/warc",
    ".warc": "application/warc",
    ".wacz": "application/wacz",
    ".cdxj": "text/x-cdxj; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
    ".json": "application/json",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".tsq": "application/timestamp-query",
    ".tsr": "application/timestamp-reply",
    ".txt": "text/plain; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".gz": "application/gzip",
}


class TakenError(Exception):
    """The name is in use, by the same bytes or others."""


class _Guards(NamedTuple):
    """The conditions of an upload."""

    once: bool  # If-None-Match: * (refuse where the name is taken)
    checksum: bool  # x-amz-checksum-sha256 (refuse other bytes)


# Tried in this order where a server refuses a header; few name the one that they do not know.
_LADDER = (
    _Guards(once=True, checksum=True),
    _Guards(once=False, checksum=True),
    _Guards(once=True, checksum=False),
    _Guards(once=False, checksum=False),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """An object to upload."""

    name: str  # in the bucket
    content: Callable[[], BinaryIO]  # opened anew for each attempt
    sha256: str  # lower-case hex
    once: bool  # never in place of an object that is there
    retention: Retention | None = None  # the lock that it gets


class Uploader:
    """Uploads objects to one bucket. Safe to use from several threads."""

    def __init__(self, client: "S3Client", bucket: str, address: str) -> None:
        self._client = client
        self._bucket = bucket
        self._address = address
        self._rung = 0  # of the ladder: the first guards that this server was seen to know

    def send(self, upload: Upload) -> str | None:
        """Upload; return the object's version where the bucket keeps versions.

        Raises TakenError, and the ClientError, BotoCoreError or OSError that stopped it.
        """
        return self._send(upload, self._rung)

    def _send(self, upload: Upload, rung: int) -> str | None:
        guards = _LADDER[rung]
        # Asked even where If-None-Match is sent: Ceph ignores it in buckets that keep versions.
        if upload.once and self._exists(upload.name, guards):
            raise TakenError
        try:
            version = self._put_object(upload, guards)
        except ClientError as error:
            status, code = answer_of(error)
            if status == _PRECONDITION_FAILED:
                raise TakenError from error
            refused = status == _NOT_IMPLEMENTED or code in _UNKNOWN_HEADER
            if not refused or rung + 1 == len(_LADDER):
                raise
            return self._send(upload, rung + 1)
        if rung > self._rung:
            self._rung = rung
            self._warn(guards)
        return version

    def _put_object(self, upload: Upload, guards: _Guards) -> str | None:
        headers: dict[str, Any] = {}
        metadata = {"sha256": upload.sha256}
        if upload.retention is not None:
            headers["ObjectLockMode"] = upload.retention.mode.value
            headers["ObjectLockRetainUntilDate"] = upload.retention.until
            metadata[METADATA] = str(upload.retention)
        if upload.once and guards.once:
            headers["IfNoneMatch"] = "*"
        if guards.checksum:
            headers["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(upload.sha256)).decode("ascii")
        with upload.content() as body:
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=upload.name,
                Body=body,
                ContentType=media_type(upload.name),
                Metadata=metadata,
                **headers,
            )
        return real_version(answer.get("VersionId"))

    def _exists(self, name: str, guards: _Guards) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            status = answer_of(error).status
            # Who may not list a bucket is refused where nothing is; then If-None-Match alone must do.
            if status == _NOT_FOUND or (status == _FORBIDDEN and guards.once):
                return False
            raise
        return True

    def _warn(self, guards: _Guards) -> None:
        if not guards.once:
            _log.warning(
                "%s: the server does not know If-None-Match; that a name is free is asked before each "
                "upload, which does not stop two writers at the same instant.",
                self._address,
            )
        if not guards.checksum:
            _log.warning(
                "%s: the server does not know x-amz-checksum-sha256; damage is found by reading back alone.",
                self._address,
            )


def real_version(version: str | None) -> str | None:
    """Return the version; None for the word `null`, which buckets without versions give."""
    return None if version in (None, "", "null") else version


def media_type(key: str) -> str:
    """Return the Content-Type for a key, by its ending; application/octet-stream for an unknown one."""
    for ending, kind in _MEDIA_TYPES.items():
        if key.endswith(ending):
            return kind
    return "application/octet-stream"
