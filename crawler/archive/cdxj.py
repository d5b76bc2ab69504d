"""The index of one WARC file, written while that is: a line a capture, sorted, CDXJ as pywb reads it."""

import hashlib
import heapq
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from crawler.archive.message import header_fields, status_code
from crawler.archive.spool import OPEN_MODE, open_name, publish
from crawler.archive.surt import surt_key
from crawler.storage.durable import make_folder

_MOST_IN_MEMORY = 16_000_000  # characters of unsorted lines; beyond that they wait on disk
_END_OF_TYPE = re.compile(r"[;\s]")
REVISIT = "warc/revisit"  # in the place of a revisit's media type
INDEXED = frozenset({"response", "revisit", "resource"})  # kinds of records


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedCdxj:
    """A finished index in the spool."""

    key: str  # cdxj/<site>/<yyyy>/<mm>/….cdxj, below the archive's root
    path: Path
    size: int  # bytes
    sha256: str  # 64 lower-case hex digits, over the file
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """What the index says of one response, revisit or resource record."""

    kind: str
    uri: str
    date: datetime  # aware, UTC
    head: bytes  # of the HTTP response, up to and with the blank line; empty where there is none
    content_type: str | None  # of the record
    payload_digest: str | None
    offset: int
    length: int
    filename: str  # of the WARC file, without folders


def cdxj_key(warc_key: str) -> str:
    """The key of the index that belongs to a WARC file."""
    return "cdxj/" + warc_key.removeprefix("warc/").removesuffix(".gz").removesuffix(".warc") + ".cdxj"


def cdxj_line(capture: Capture) -> str | None:
    """One line without its end, as cdxj-indexer 1.5 writes it; None for what is no HTTP response.

    A revisit whose block is empty has no status, and neither has a resource.
    """
    status = None if capture.kind == "resource" else status_code(capture.head)
    if status is None and capture.kind == "response":
        return None
    try:
        key = surt_key(capture.uri)
    except ValueError:
        key = capture.uri
    fields = {
        "url": capture.uri,
        "mime": _mime(capture),
        "status": str(status or ""),
        "digest": capture.payload_digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.filename,
    }
    said = json.dumps({name: value for name, value in fields.items() if value})
    return f"{key} {capture.date:%Y%m%d%H%M%S} {said}"


def _mime(capture: Capture) -> str | None:
    if capture.kind == "revisit":
        return REVISIT
    if capture.kind == "resource":
        return _END_OF_TYPE.split(capture.content_type or "", maxsplit=1)[0]
    for name, value in header_fields(capture.head):
        if name == b"content-type":
            return _END_OF_TYPE.split(value.decode("utf-8", "replace"), maxsplit=1)[0]
    return None


class CdxjFile:
    """Collects the lines of one index in any order; memory stays bounded. Methods raise OSError."""

    def __init__(self, spool: Path, key: str, *, most_in_memory: int = _MOST_IN_MEMORY) -> None:
        self.key = key
        self.path = spool / key
        self._most_in_memory = most_in_memory
        self._lines: list[str] = []
        self._held = 0
        self._runs: list[IO[str]] = []  # sorted, nameless files

    def add(self, capture: Capture) -> None:
        line = cdxj_line(capture)
        if line is None:
            return
        self._lines.append(line + "\n")
        self._held += len(line)
        if self._held > self._most_in_memory:
            self._spill()

    def _spill(self) -> None:
        make_folder(self.path.parent)
        run = TemporaryFile("w+", encoding="ascii", newline="\n", dir=self.path.parent)  # noqa: SIM115
        self._runs.append(run)
        run.writelines(sorted(self._lines))
        run.seek(0)
        self._lines.clear()
        self._held = 0

    def close(self) -> ClosedCdxj:
        """Sorts what was added, makes the file durable and gives it its final name."""
        make_folder(self.path.parent)
        digest, size, lines = hashlib.sha256(), 0, 0
        with self._create() as file:
            for line in _without_repeats(heapq.merge(sorted(self._lines), *self._runs)):
                data = line.encode("ascii")
                digest.update(data)
                size, lines = size + len(data), lines + 1
                file.write(data)
            file.flush()
            publish(self.path, file.fileno())
        self.discard()
        return ClosedCdxj(key=self.key, path=self.path, size=size, sha256=digest.hexdigest(), lines=lines)

    def discard(self) -> None:
        """Lets go of what was collected; a WARC file can be indexed again at any time."""
        for run in self._runs:
            run.close()
        self._runs.clear()
        self._lines.clear()

    def _create(self) -> IO[bytes]:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        return os.fdopen(os.open(open_name(self.path), flags, OPEN_MODE), "wb")


def _without_repeats(lines: Iterable[str]) -> Iterator[str]:
    last = None
    for line in lines:
        if line != last:
            yield line
        last = line
