"""Compares the bytes of a file with its entry in a manifest."""

import hashlib
from typing import BinaryIO

from crawler.archive.manifest import ManifestFile
from crawler.storage.base import CHUNK
from crawler.verify.faults import Code, Findings


def keep_promise(findings: Findings, promised: ManifestFile | None, size: int, sha256: str) -> bool:
    """Tell whether size and SHA-256 are right, or nothing was promised; add a fault where not."""
    if promised is None or (promised.size, promised.sha256) == (size, sha256):
        return True
    if promised.size != size:
        findings.fault(
            Code.SIZE,
            f"The file has {size:,} bytes, the manifest promises {promised.size:,}: it is not the same file.",
        )
    else:
        findings.fault(
            Code.DIGEST,
            f"The file has the SHA-256 {sha256}, the manifest promises another: its bytes were changed.",
        )
    return False


class HashingReader:
    """Passes a stream on and hashes its bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, most: int = CHUNK) -> bytes:
        return self._passed(self._stream.read(most))

    def readline(self, most: int) -> bytes:
        return self._passed(self._stream.readline(most))

    def drain(self) -> None:
        while self.read():
            pass

    def _passed(self, data: bytes) -> bytes:
        self._digest.update(data)
        self.size += len(data)
        return data
