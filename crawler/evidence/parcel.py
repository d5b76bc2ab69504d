"""Writes the ZIP file of a bundle, and notes the SHA-256 of each file in it."""

import hashlib
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from crawler.storage import Storage
from crawler.storage.base import CHUNK

SUMS = "SHA256SUMS"
SUMS_SIGNATURE = f"{SUMS}.sig"
_PACKED = (".warc.gz", ".wacz", ".png", ".pdf", ".parquet")  # compressed already


class Parcel:
    """Writes to a sink that need not seek. Methods raise OSError, and what the storage raises."""

    def __init__(self, sink: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(sink, "w")
        self._now = datetime.now(UTC)
        self.sums: dict[str, str] = {}  # SHA-256 by name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._zip.fp = None  # half a bundle is to open nowhere
        self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        self._zip.writestr(self._info(name), data)
        self.sums[name] = hashlib.sha256(data).hexdigest()

    def add_stream(self, name: str, stream: BinaryIO) -> None:
        digest = hashlib.sha256()
        with self._zip.open(self._info(name), "w", force_zip64=True) as member:
            while data := stream.read(CHUNK):
                member.write(data)
                digest.update(data)
        self.sums[name] = digest.hexdigest()

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as stream:
            self.add_stream(name, stream)

    def add_key(self, name: str, storage: Storage, key: str) -> None:
        """Add a file of an archive."""
        with storage.open(key) as stream:
            self.add_stream(name, stream)

    def sums_file(self) -> bytes:
        """Return the list of the files so far in the form of `sha256sum`."""
        return "".join(f"{digest}  {name}\n" for name, digest in sorted(self.sums.items())).encode("ascii")

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
        return info
