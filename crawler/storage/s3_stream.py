"""The body of an S3 response as a stream that raises the archive's own errors."""

import io
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from crawler.storage.base import UnavailableError
from crawler.storage.s3_errors import explained

if TYPE_CHECKING:
    from botocore.response import StreamingBody


class ObjectStream(io.RawIOBase):
    """`size` bytes of an object. Raises UnavailableError where the response breaks off or is shorter."""

    def __init__(self, body: "StreamingBody", size: int, what: str) -> None:
        self._body = body
        self._left = size
        self._what = what  # begins the sentence of an error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._left)
        if not wanted:
            return 0
        try:
            chunk = self._body.read(wanted)
        except (BotoCoreError, OSError) as error:
            raise explained(self._what, error) from error
        if not chunk:
            raise UnavailableError(f"{self._what}: the answer ends {self._left} bytes early; try again.")
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._body.close()
        super().close()
