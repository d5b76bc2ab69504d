"""Finishes WARC files that a crash or a power cut left open: cut to whole events, indexed, closed.

The records of one exchange are kept together or not at all: a response without its request proves less, and
its page is fetched again. Bytes that are cut off are kept beside the file as `<name>.torn`.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.cdxj import INDEXED, Capture, CdxjFile
from crawler.archive.members import WarcFormatError
from crawler.archive.message import split_head
from crawler.archive.names import cdxj_key
from crawler.archive.records import WarcReader, WarcRecord
from crawler.archive.warc_file import ClosedWarc
from crawler.errors import ArchiveError
from crawler.storage.durable import OPEN_SUFFIX, TORN_SUFFIX, publish, sync_folder

_BEGINS_EVENT = frozenset({"response", "revisit", "request"})  # a metadata record ends each exchange
_PIECE = 1 << 20
_MAX_HEAD = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """The result for one file."""

    path: Path  # as it was found
    closed: ClosedWarc | None  # None where not one whole event was in it
    cut: int  # bytes
    torn: Path | None  # where they are kept


@dataclass(slots=True)
class _Survey:
    """Totals over the whole events of a file, and the records of an event that is not whole yet."""

    records: int = 0
    end: int = 0  # of the last whole event, bytes
    first: datetime | None = None
    last: datetime | None = None
    pending: list[tuple[datetime | None, Capture | None]] = field(default_factory=list)

    def note(self, record: WarcRecord, capture: Capture | None, end: int, index: CdxjFile) -> None:
        self.pending.append((record.date, capture))
        if record.kind in _BEGINS_EVENT:
            return
        for date, each in self.pending:
            if date is not None:
                self.first = min(self.first or date, date)
                self.last = max(self.last or date, date)
            if each is not None:
                index.add(each)
        self.records, self.end = self.records + len(self.pending), end
        self.pending.clear()


def repair_spool(spool: Path) -> list[Repaired]:
    """Repair every open WARC file in the spool that no process writes; index those without an index.

    Raises ArchiveError where the disk fails.
    """
    done = []
    for path in sorted((spool / "warc").rglob("*.warc.gz*")):
        closed = path.suffix == ".gz" and not (spool / cdxj_key(_key(path, spool))).exists()
        if closed or path.name.endswith(OPEN_SUFFIX):
            try:
                done.append(repair(path, spool=spool))
            except FileInUseError:
                continue
    return done


class FileInUseError(ArchiveError):
    """A running crawl writes the file."""


def repair(path: Path, *, spool: Path) -> Repaired:
    """Finish one file: `<spool>/warc/….warc.gz.open`, or a closed one without an index.

    Raises FileInUseError, and ArchiveError where the disk fails.
    """
    try:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _repair(path, file, spool)
    except BlockingIOError:
        raise FileInUseError(f"{path} is being written by a crawl that is still running.") from None
    except OSError as error:
        raise ArchiveError(f"{path} cannot be repaired: {error.strerror or error}.") from error


def _repair(path: Path, file: BinaryIO, spool: Path) -> Repaired:
    key = _key(path, spool)
    final, index = spool / key, CdxjFile(spool, cdxj_key(key))
    survey = _survey(file, final.name, index)
    size = os.fstat(file.fileno()).st_size
    torn = _keep_rest(file, survey.end, final) if survey.end < size else None
    if survey.first is None or survey.last is None:
        index.discard()
        path.unlink()
        sync_folder(path.parent)
        return Repaired(path=path, closed=None, cut=size, torn=torn)
    file.truncate(survey.end)
    digest = hashlib.sha256()
    for piece in _pieces(file, 0):
        digest.update(piece)
    if path == final:
        os.fsync(file.fileno())
    else:
        publish(final, file.fileno())
    closed = ClosedWarc(
        key=key,
        path=final,
        size=survey.end,
        sha256=digest.hexdigest(),
        records=survey.records,
        first_date=survey.first,
        last_date=survey.last,
        cdxj=index.close(),
    )
    return Repaired(path=path, closed=closed, cut=size - survey.end, torn=torn)


def _survey(file: BinaryIO, name: str, index: CdxjFile) -> _Survey:
    """Read up to the first fault; the places of records behind it cannot be trusted."""
    survey, reader = _Survey(), WarcReader(file, name=name)
    try:
        for record in reader:
            head = _http_head(record)
            record.block.skip()
            length = reader.length(record)
            if not length:  # a second record in one member: not written by us, so not ours to cut
                break
            survey.note(record, _capture(record, head, length, name), record.offset + length, index)
    except WarcFormatError:
        return survey
    return survey


def _http_head(record: WarcRecord) -> bytes:
    if record.kind not in {"response", "revisit"}:
        return b""
    data = b""
    while len(data) < _MAX_HEAD and (piece := record.block.read()):
        data += piece
        head, body = split_head(data)
        if body or head.endswith((b"\n\n", b"\n\r\n")):
            return head
    return data


def _capture(record: WarcRecord, head: bytes, length: int, name: str) -> Capture | None:
    if record.kind not in INDEXED or record.date is None:
        return None
    return Capture(
        kind=record.kind,
        uri=record.uri,
        date=record.date,
        head=head,
        content_type=record.headers.get("content-type"),
        payload_digest=record.headers.get("warc-payload-digest"),
        offset=record.offset,
        length=length,
        filename=name,
    )


def _keep_rest(file: BinaryIO, start: int, final: Path) -> Path:
    torn = final.with_name(final.name + TORN_SUFFIX)
    with torn.open("wb") as kept:  # what an interrupted repair put there is still in the file
        for piece in _pieces(file, start):
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())
    sync_folder(torn.parent)
    return torn


def _pieces(file: BinaryIO, start: int) -> Iterator[bytes]:
    file.seek(start)
    while piece := file.read(_PIECE):
        yield piece


def _key(path: Path, spool: Path) -> str:
    return path.relative_to(spool).as_posix().removesuffix(OPEN_SUFFIX)
