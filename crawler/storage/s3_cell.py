"""A small object on S3 that several machines change, by compare and swap."""

import logging
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from crawler.errors import ArchiveError
from crawler.storage.cell import FasterError, Seen
from crawler.storage.s3_errors import answer_of, explained

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_log = logging.getLogger(__name__)

_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED, _NOT_IMPLEMENTED = 404, 409, 412, 501
_UNKNOWN_HEADER = frozenset({"NotImplemented", "NotSupported", "InvalidArgument", "InvalidRequest", "400"})
_NO_SUCH_ETAG = '"00000000000000000000000000000000"'


class S3Cell:
    """An object that is written only if it is unchanged since it was read, if the server supports that.

    For one thread.
    """

    def __init__(self, client: "S3Client", bucket: str, name: str, place: str, most: int) -> None:
        self.place = place  # for people
        self._client = client
        self._where: dict[str, Any] = {"Bucket": bucket, "Key": name}
        self._most = most  # bytes that are read at most, and one more
        self._conditional: bool | None = None  # None: not known yet

    def read(self) -> Seen:
        try:
            answer = self._client.get_object(**self._where)
            with answer["Body"] as body:
                content = body.read(self._most + 1)
        except ClientError as error:
            if answer_of(error).status == _NOT_FOUND and answer_of(error).code != "NoSuchBucket":
                return Seen(None, None, self._moment(error.response))
            raise explained(f"{self.place} cannot be read", error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(f"{self.place} cannot be read", error) from error
        if not answer.get("ETag"):
            raise ArchiveError(
                f"{self.place}: the server gives it no ETag, so it cannot be changed by turns."
            )
        return Seen(content, answer["ETag"], self._moment(answer))

    def write(self, content: bytes, seen: Seen) -> bool:
        condition = {"IfNoneMatch": "*"} if seen.etag is None else {"IfMatch": seen.etag}
        if self._conditional is False or not self._put(content, condition):
            self._put(content, {})
        if self._conditional is None:
            self._conditional = self._refuses_another_etag(content)
            if not self._conditional:
                _log.info(
                    "%s: the server gives no conditional writes; what is written is read after a pause.",
                    self.place,
                )
        return self._conditional

    def _put(self, content: bytes, condition: dict[str, Any]) -> bool:
        """Write; return False where the server does not know the condition."""
        try:
            # No lock of Object Lock: the next one must be able to write.
            self._client.put_object(**self._where, Body=content, ContentType="application/json", **condition)
        except ClientError as error:
            status, code = answer_of(error)
            if (
                condition
                and status in {_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED}
                and code != "NoSuchBucket"
            ):
                raise FasterError from error
            if condition and (status == _NOT_IMPLEMENTED or code in _UNKNOWN_HEADER):
                return False
            raise explained(f"{self.place} cannot be written", error) from error
        except (BotoCoreError, OSError) as error:
            raise explained(f"{self.place} cannot be written", error) from error
        return True

    def _refuses_another_etag(self, content: bytes) -> bool:
        """Tell whether the server enforces If-Match; some accept the header and ignore it.

        Swift knows If-None-Match alone, and lets two writers at the same instant pass.
        """
        try:
            self._put(content, {"IfMatch": _NO_SUCH_ETAG})
        except FasterError:
            return True
        return False

    def _moment(self, answer: Any) -> datetime:
        text = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ArchiveError(f"{self.place}: the server sends no Date header, so no lease can be judged.")
        return moment
