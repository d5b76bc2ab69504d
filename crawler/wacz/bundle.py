"""Writes the WACZ file itself: a ZIP written from front to back, with a digest of each file in it.

https://specs.webrecorder.net/wacz/1.1.1/

The index is compressed in blocks, with a table of the blocks, so that readers fetch what they need (ZipNum,
as cdxj-indexer writes it; ReplayWeb.page, pywb and the wacz tool read it).
"""

import gzip
import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import IO, BinaryIO, Self

VERSION = "1.1.1"  # of the format
_INDEX = "index.cdx.gz"
_LINES = 1024  # of a block of the index
_SMALL = 1 << 30  # bytes; a larger file in a ZIP needs a longer head


class Member:
    """One file that is being written into the bundle."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0  # bytes so far

    def write(self, data: bytes | bytearray) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    def digest(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


class Bundle:
    """Writes to any binary sink, also one that cannot seek. Methods raise OSError."""

    def __init__(self, sink: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED)
        self._resources: list[dict[str, str | int]] = []
        self._now = datetime.now(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._zip.fp = (
                None  # no directory behind a member that broke off: half a bundle is to open nowhere
            )
        self._zip.close()

    @contextmanager
    def member(self, path: str, *, most: int | None = None, pack: bool = False) -> Iterator[Member]:
        """Write a file of at most `most` bytes (None: unknown); `pack` compresses it."""
        info, large = self._info(path, pack=pack), most is None or most > _SMALL
        if large:
            # ReplayWeb.page looks for the place where the file begins only if the directory shows an extra
            # field as well, and the one for large sizes stands there only if the file did become large.
            info.extra = struct.pack("<HHBI", 0x5455, 5, 1, int(self._now.timestamp()))  # time of change
        with self._zip.open(info, "w", force_zip64=large) as stream:
            member = Member(stream)
            yield member
        self._resources.append(
            {
                "name": path.rpartition("/")[2].lower(),
                "path": path,
                "hash": member.digest(),
                "bytes": member.size,
            }
        )

    def finish(self, about: Mapping[str, str]) -> None:
        """Write the list of the files in the bundle, with `about` (title, software…), and its digest."""
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "created": f"{self._now:%Y-%m-%dT%H:%M:%SZ}",
            **about,
            "resources": self._resources,
        }
        content = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        self._zip.writestr(self._info("datapackage.json", pack=True), content)
        self._zip.writestr(
            self._info("datapackage-digest.json", pack=True), json.dumps(digest, indent=2).encode()
        )

    def _info(self, path: str, *, pack: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        return info


def write_index(bundle: Bundle, lines: Iterable[bytes]) -> None:
    """Write the index of the bundle from sorted lines, each with its line feed."""
    table = ["!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": _INDEX})]
    with bundle.member(f"indexes/{_INDEX}") as member:
        for block in _blocks(iter(lines)):
            packed = gzip.compress(b"".join(block), mtime=0)
            digest = f"sha256:{hashlib.sha256(packed).hexdigest()}"
            place = {"offset": member.size, "length": len(packed), "digest": digest}
            key = b" ".join(block[0].split(b" ", 2)[:2]).decode("ascii")
            table.append(f"{key} {json.dumps(place)}")
            member.write(packed)
    content = "".join(f"{line}\n" for line in table).encode("ascii")
    with bundle.member("indexes/index.idx", most=len(content), pack=True) as member:
        member.write(content)


def _blocks(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while block := list(islice(lines, _LINES)):
        yield block
