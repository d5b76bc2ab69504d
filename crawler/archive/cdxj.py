"""Writes the index of one WARC file beside it: CDXJ as pywb reads it, one line a capture, sorted."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.archive.message import header_fields, status_code
from crawler.archive.sorted_lines import SortedLines
from crawler.archive.surt import surt_key
from crawler.storage.durable import create_open, make_folder, publish

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
    """The values of one response, revisit or resource record that its index line needs."""

    kind: str
    uri: str
    date: datetime  # aware, UTC
    head: bytes  # of the HTTP response, up to and with the blank line; empty where there is none
    content_type: str | None  # of the record
    payload_digest: str | None
    offset: int
    length: int
    filename: str  # of the WARC file, without folders


def cdxj_line(capture: Capture) -> str | None:
    """Return the index line of a capture, without its end, in the form of cdxj-indexer 1.5.

    Returns None for a response that is not HTTP. A resource has no status, nor has a revisit with an empty
    block.
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
    values = json.dumps({name: value for name, value in fields.items() if value})
    return f"{key} {capture.date:%Y%m%d%H%M%S} {values}"


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
    """Collects the lines of one index in any order, in bounded memory. Methods raise OSError."""

    def __init__(self, spool: Path, key: str, *, max_in_memory: int | None = None) -> None:
        """Collect lines for the file `key` in the spool; beyond `max_in_memory` bytes they wait on disk."""
        self.key = key
        self.path = spool / key
        more = {} if max_in_memory is None else {"max_in_memory": max_in_memory}
        self._lines = SortedLines(folder=self.path.parent, **more)

    def add(self, capture: Capture) -> None:
        line = cdxj_line(capture)
        if line is not None:
            self._lines.add(f"{line}\n".encode("ascii"))

    def close(self) -> ClosedCdxj:
        """Sort the lines, force the file to the disk and give it its final name."""
        make_folder(self.path.parent)
        digest, size, lines = hashlib.sha256(), 0, 0
        with create_open(self.path) as file:
            for line in self._lines:
                digest.update(line)
                size, lines = size + len(line), lines + 1
                file.write(line)
            file.flush()
            publish(self.path, file.fileno())
        self.discard()
        return ClosedCdxj(key=self.key, path=self.path, size=size, sha256=digest.hexdigest(), lines=lines)

    def discard(self) -> None:
        """Drop the lines; a WARC file can be indexed again at any time."""
        self._lines.clear()
