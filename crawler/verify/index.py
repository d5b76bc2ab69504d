"""Compares the lines of a CDXJ file with the records of its WARC file, in both directions."""

import json
from dataclasses import dataclass
from typing import BinaryIO

from crawler.archive.cdxj import REVISIT
from crawler.archive.manifest import ManifestFile
from crawler.archive.names import warc_key
from crawler.verify.faults import Code, Findings
from crawler.verify.promise import HashingReader, keep_promise
from crawler.verify.table import Table, index_hash

_MAX_LINE = 1_000_000  # bytes; an address has at most some ten thousand
_MAX_SHOWN = 500  # characters of an address in a message
_NO_LINE = (ArithmeticError, ValueError, KeyError, TypeError, RecursionError)  # Infinity is JSON to Python
_PARTS = 3  # key, moment, JSON


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the index that describes a capture."""

    at: int  # bytes from the start of the index
    uri: str
    start: int  # of the record in the WARC file, in bytes
    length: int
    hash: bytes  # see index_hash


def check_index(
    stream: BinaryIO, findings: Findings, promised: ManifestFile | None, table: Table | None
) -> None:
    """Check that every line leads to the record that it describes, and every response has a line.

    `table` is None where the WARC file is missing. Raises what the stream raises.
    """
    reader = HashingReader(stream)
    check = None if table is None else _IndexCheck(findings, table)
    if check is None:
        meaning = "The WARC file of this index is not in the archive."
        findings.fault(Code.INDEX_MISS, meaning, cause=warc_key(findings.file))
        reader.drain()
    else:
        check.read(reader)
    findings.counts["bytes"] += reader.size
    is_as_promised = keep_promise(findings, promised, reader.size, reader.sha256)
    if check is not None:
        check.conclude(is_proven=promised is not None and is_as_promised)


class _IndexCheck:
    def __init__(self, findings: Findings, table: Table) -> None:
        self._findings = findings
        self._table = table
        self._seen = bytearray(len(table))
        self._warc = warc_key(findings.file)
        self._filename = self._warc.rpartition("/")[2]
        self._astray: list[tuple[_Line, str]] = []  # lines that lead to no record of theirs, and how

    def read(self, reader: HashingReader) -> None:
        """Check each line by itself."""
        before = b""
        while line := reader.readline(_MAX_LINE):
            at = reader.size - len(line)
            self._findings.counts["index_lines"] += 1
            if not line.endswith(b"\n") or line <= before:
                self._findings.fault(
                    Code.INDEX_LINE,
                    "The line is cut off, endless, out of order or there twice: a search will miss it.",
                    at,
                )
            before = line
            self._check_line(line, at)

    def conclude(self, *, is_proven: bool) -> None:
        """Add the faults that only the whole file shows.

        `is_proven`: the index is what its manifest promises, so what it describes was once there.
        """
        there = {place.index_hash for place in self._table if place.is_indexed} if self._astray else set()
        for line, meaning in self._astray:
            if is_proven and line.hash not in there:
                gone = (
                    f"The record of {line.uri[:_MAX_SHOWN]}, {line.length:,} bytes from here, is not in "
                    "this file: it was removed or replaced."
                )
                self._findings.fault(Code.REMOVED, gone, line.start, file=self._warc)
            else:
                self._findings.fault(Code.INDEX_MISS, meaning, line.at, cause=self._warc)
        moved = {line.hash for line, _ in self._astray}
        for place in self._table:
            if place.is_indexed and not self._seen[place.number]:
                meaning = f"No line leads to the response at byte {place.offset} of {self._filename}."
                cause = self._warc if place.index_hash in moved else None
                self._findings.fault(Code.NOT_INDEXED, meaning, cause=cause)

    def _check_line(self, data: bytes, at: int) -> None:
        try:
            _, moment, values = data.decode("ascii").split(" ", _PARTS - 1)
            fields = json.loads(values)
            start, length = int(fields["offset"]), int(fields["length"])
            uri, status, digest = fields["url"], fields.get("status", ""), fields.get("digest")
            named, revisit = fields["filename"], fields.get("mime") == REVISIT
            found = index_hash(uri, moment, status, digest, length, revisit=revisit)
        except _NO_LINE:
            self._findings.fault(Code.INDEX_LINE, "This is no line of an index.", at)
            return
        line = _Line(at, uri, start, length, found)
        place = self._table.at(start)
        if named != self._filename or place is None or not (place.is_indexed or place.is_damaged):
            meaning = f"The line leads to byte {start}, where no response of {self._filename} begins."
            self._astray.append((line, meaning))
            return
        if self._seen[place.number]:
            meaning = f"A second line leads to the response at byte {start}."
            self._findings.fault(Code.INDEX_MISS, meaning, at)
            return
        self._seen[place.number] = 1
        if not place.is_damaged and place.index_hash != found:
            meaning = (
                "The line gives another address, moment, status, digest or length than the record at "
                f"{start}."
            )
            self._astray.append((line, meaning))
