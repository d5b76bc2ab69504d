"""Writes one WARC file and its index.

One gzip member a record, hashed on the way; after a fault the file is cut back to the last whole record.
"""

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from isal import isal_zlib
from warcio.statusandheaders import StatusAndHeaders

from crawler.archive.cdxj import INDEXED, Capture, CdxjFile, ClosedCdxj
from crawler.archive.draft import WARC_VERSION, Draft
from crawler.archive.message import split_head
from crawler.archive.names import cdxj_key
from crawler.storage.durable import OPEN_MODE, make_folder, open_name, publish, sync_folder

_FSYNC_SECONDS = 5.0  # a power cut loses at most the records of so long
# One of ISA-L's levels 0 to 3. Pages become 14 % larger than with zlib's level 9, which warcio uses, in a
# tenth of the time; what servers sent compressed, as most do, no level makes smaller.
_LEVEL = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedWarc:
    """A finished WARC file in the spool, forced to the disk and renamed."""

    key: str  # warc/<site>/<yyyy>/<mm>/….warc.gz, below the archive's root
    path: Path
    size: int  # bytes
    sha256: str  # 64 lower-case hex digits, over the file
    records: int
    first_date: datetime  # earliest and latest WARC-Date in the file; aware, UTC
    last_date: datetime
    cdxj: ClosedCdxj  # the index of its captures


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A written record and its place: offset and length of its gzip member, in bytes."""

    draft: Draft
    offset: int
    length: int


class WarcFile:
    """Appends records to `<spool>/<key>.open`; `close` renames it. For one thread at a time.

    Every method raises OSError. After an error from `append` the file ends with its last whole record, unless
    the disk fails again.
    """

    def __init__(self, spool: Path, key: str) -> None:
        self.key = key
        self.path = spool / key
        self.size = 0
        self._open_path = open_name(self.path)
        make_folder(self.path.parent)
        if self.path.exists():
            raise FileExistsError(f"{self.path} is there already")
        self._descriptor = os.open(self._open_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPEN_MODE)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a repair leaves a locked file alone
        sync_folder(self.path.parent)
        self._hash = hashlib.sha256()
        self._records = 0
        self._torn = False
        self._dates: tuple[datetime, datetime] | None = None
        self._synced = time.monotonic()
        self._index = CdxjFile(spool, cdxj_key(key))

    def append(self, drafts: Iterable[Draft]) -> list[Placed]:
        """Write the records of one event, all or none; return their places."""
        size, digest = self.size, self._hash.copy()
        try:
            placed = [self._append(draft) for draft in drafts]
            if time.monotonic() - self._synced > _FSYNC_SECONDS:
                self.sync()
        except BaseException:
            self._torn = True
            os.ftruncate(self._descriptor, size)
            os.lseek(self._descriptor, size, os.SEEK_SET)
            self.size, self._hash, self._torn = size, digest, False
            raise
        self._records += len(placed)
        for place in placed:
            self._note(place)
        return placed

    def _note(self, place: Placed) -> None:
        draft = place.draft
        first, last = self._dates or (draft.date, draft.date)
        self._dates = min(first, draft.date), max(last, draft.date)
        if draft.kind not in INDEXED or draft.uri is None:
            return
        self._index.add(
            Capture(
                kind=draft.kind,
                uri=draft.uri,
                date=draft.date,
                head=b"" if draft.kind == "resource" else split_head(draft.block)[0],
                content_type=draft.content_type,
                payload_digest=draft.payload_digest,
                offset=place.offset,
                length=place.length,
                filename=self.path.name,
            )
        )

    def _append(self, draft: Draft) -> Placed:
        offset = self.size
        view = memoryview(record_member(draft))
        while view:
            written = os.write(self._descriptor, view)
            self._hash.update(view[:written])
            self.size += written
            view = view[written:]
        return Placed(draft=draft, offset=offset, length=self.size - offset)

    def sync(self) -> None:
        """Force to the disk what was appended."""
        os.fsync(self._descriptor)
        self._synced = time.monotonic()

    def close(self) -> ClosedWarc:
        """Force the file to the disk and give it its final name; a file that ends torn keeps `.open`."""
        if self._dates is None:
            raise ValueError(f"{self.path} holds no record")
        try:
            if self._torn:
                raise OSError(errno.EIO, "the file ends in a torn record, which could not be cut off")
            publish(self.path, self._descriptor)
        finally:
            os.close(self._descriptor)
        return ClosedWarc(
            key=self.key,
            path=self.path,
            size=self.size,
            sha256=self._hash.hexdigest(),
            records=self._records,
            first_date=self._dates[0],
            last_date=self._dates[1],
            cdxj=self._index.close(),
        )

    def discard(self) -> None:
        """Remove a file that got no record."""
        os.close(self._descriptor)
        self._open_path.unlink()


def record_member(draft: Draft) -> bytes:
    """Return the record as one gzip member, its block unchanged.

    warcio formats the head. Its writer would leave out the block of a revisit that it did not make itself.
    """
    fields = [*draft.fields, ("Content-Length", str(len(draft.block)))]
    head = StatusAndHeaders("", fields, protocol=WARC_VERSION).to_bytes(encoding="utf-8")
    packer = isal_zlib.compressobj(_LEVEL, wbits=31)
    return b"".join(
        (packer.compress(head), packer.compress(draft.block), packer.compress(b"\r\n\r\n"), packer.flush())
    )
