"""Object Lock on one S3 server: whether a bucket can lock, and the lock of an object."""

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from crawler.errors import ArchiveError
from crawler.storage.retention import METADATA, LockMode, Locks, ObjectLock, Retention
from crawler.storage.s3_errors import answer_of, explained

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_log = logging.getLogger(__name__)

_FAILURES = (ClientError, BotoCoreError, OSError)
_SERVER_FAILS = 500
_NO_LOCKS_HERE = "ObjectLockConfigurationNotFoundError"
# The server's codes for an object without a lock, of a bucket without locks, and by servers that know none.
_NO_LOCK = frozenset(
    {_NO_LOCKS_HERE, "NoSuchObjectLockConfiguration", "InvalidRequest", "NotImplemented", "MethodNotAllowed"}
)
# A key that may not ask, or a server that does not know the request: the first upload will show it.
_UNANSWERED = frozenset(
    {"AccessDenied", "403", "Forbidden", "NotImplemented", "MethodNotAllowed", "501", "405"}
)
_REFUSED = frozenset(
    {"InvalidRequest", "InvalidArgument", "NotImplemented", "MethodNotAllowed", "501", "405"}
)
ADVICE = "name a bucket that was made with Object Lock, or set OBJECT_LOCK_MODE=none"


class S3Locks:
    """The locks in one bucket. Safe to use from several threads."""

    def __init__(self, client: "S3Client", bucket: str, address: str) -> None:
        self._client = client
        self._bucket = bucket
        self._address = address

    def check_bucket(self, lock: ObjectLock) -> None:
        """Raise ArchiveError where the bucket cannot lock, without locking an object."""
        try:
            can_lock = self._bucket_locks()
        except _FAILURES as error:
            if not isinstance(error, ClientError) or answer_of(error).code not in _UNANSWERED:
                raise explained(
                    f"The archive {self._address} cannot be asked for its locks", error
                ) from error
            _log.warning(
                "%s: the server does not report whether it locks objects (%s); the first upload will.",
                self._address,
                answer_of(error).code,
            )
            return
        if not can_lock:
            raise ArchiveError(
                f"The archive {self._address} cannot lock files (OBJECT_LOCK_MODE={lock.mode}); {ADVICE}."
            )

    def of(self, name: str, version: str | None, what: str) -> Locks:
        """Return the lock asked for and the lock held; `what` begins the sentence of an ArchiveError."""
        where = self._where(name, version)
        try:
            head: dict[str, Any] = dict(self._client.head_object(**where))
            text = head["Metadata"].get(METADATA)
            asked = None if text is None else Retention.parse(text)
            mode, until = head.get("ObjectLockMode"), head.get("ObjectLockRetainUntilDate")
            if mode is not None and until is not None:
                return Locks(asked, Retention(_mode(mode, what), until))
            # Not every server reports the lock here, and none does to a key without the right.
            return Locks(asked, None if asked is None else self._held(where, what))
        except _FAILURES as error:
            raise explained(what, error) from error

    def require(self, name: str, version: str | None, asked: Retention, what: str) -> None:
        """Raise ArchiveError unless the object has the lock that was asked for, or a longer one."""
        try:
            held = self._held(self._where(name, version), what)
        except _FAILURES as error:
            raise explained(f"{what}: its lock cannot be read", error) from error
        if held is None:
            raise ArchiveError(f"{what}: the server took it and did not lock it; {ADVICE}.")
        if not held.covers(asked):
            raise ArchiveError(f"{what}: the server locked it as {held} and not as {asked}; {ADVICE}.")
        if version is None:
            raise ArchiveError(
                f"{what}: the bucket keeps no versions, so another object can take its place; {ADVICE}."
            )

    def lock_now(self, name: str, version: str | None, asked: Retention, what: str) -> None:
        """Make sure that an object that existed already has a lock: that of its own upload, or this one."""
        locks = self.of(name, version, what)
        wanted = locks.asked
        if not (wanted and locks.held and locks.held.covers(wanted) and _as_strong(locks.held, asked)):
            self._lock(name, version, asked, what)
            wanted = asked
        self.require(name, version, wanted, what)

    def _lock(self, name: str, version: str | None, asked: Retention, what: str) -> None:
        try:
            self._client.put_object_retention(
                **self._where(name, version),
                Retention={"Mode": asked.mode.value, "RetainUntilDate": asked.until},
            )
        except ClientError as error:
            raise refused(what, error) or explained(what, error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(what, error) from error

    def _held(self, where: dict[str, Any], what: str) -> Retention | None:
        try:
            answer = self._client.get_object_retention(**where).get("Retention", {})
        except ClientError as error:
            status, code = answer_of(error)
            # Swift fails (500) where it does not know the question; then the bucket's configuration decides.
            if code in _NO_LOCK or (status >= _SERVER_FAILS and not self._bucket_locks()):
                return None
            raise
        mode, until = answer.get("Mode"), answer.get("RetainUntilDate")
        return None if mode is None or until is None else Retention(_mode(mode, what), until)

    def _bucket_locks(self) -> bool:
        try:
            answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if answer_of(error).code == _NO_LOCKS_HERE:
                return False
            raise
        return answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"

    def _where(self, name: str, version: str | None) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": name} | ({"VersionId": version} if version else {})


def refused(what: str, error: ClientError) -> ArchiveError | None:
    """Explain why an upload with a lock was refused; None where the lock was not the reason."""
    status, code = answer_of(error)
    if code not in _REFUSED:
        return None
    return ArchiveError(f"{what}: the server refuses to lock it ({status} {code}); {ADVICE}.")


def _mode(text: str, what: str) -> LockMode:
    try:
        return LockMode(text)
    except ValueError:
        raise ArchiveError(f"{what}: the server reports a lock of the unknown kind {text[:50]!r}.") from None


def _as_strong(held: Retention, asked: Retention) -> bool:
    return held.covers(Retention(asked.mode, held.until))
