"""Compares the lines of a CDXJ file with the records of its WARC file, in both directions."""

import json
from typing import BinaryIO

from crawler.archive.cdxj import REVISIT
from crawler.archive.manifest import ManifestFile
from crawler.verify.faults import Code, Findings
from crawler.verify.promise import HashingReader, keep_promise
from crawler.verify.table import Table, index_hash

_MAX_LINE = 1_000_000  # bytes; an address has at most some ten thousand
_PARTS = 3  # key, moment, JSON


def check_index(
    stream: BinaryIO, findings: Findings, promised: ManifestFile | None, table: Table | None
) -> None:
    """Check that every line leads to the record that it describes, and every response has a line.

    `table` is None where the WARC file is missing. Raises what the stream raises.
    """
    reader = HashingReader(stream)
    if table is None:
        findings.fault(Code.INDEX_MISS, "The WARC file of this index is not in the archive.")
        reader.drain()
    else:
        _check_lines(reader, findings, table)
    findings.counts["bytes"] += reader.size
    keep_promise(findings, promised, reader.size, reader.sha256)


def _check_lines(reader: HashingReader, findings: Findings, table: Table) -> None:
    seen = bytearray(len(table))
    filename = findings.file.rpartition("/")[2].removesuffix(".cdxj") + ".warc.gz"
    before = b""
    while line := reader.readline(_MAX_LINE):
        offset = reader.size - len(line)
        findings.counts["index_lines"] += 1
        if not line.endswith(b"\n") or line <= before:
            findings.fault(
                Code.INDEX_LINE,
                "The line is cut off, endless, out of order or there twice: a search will miss it.",
                offset,
            )
        before = line
        _check_line(line, offset, findings, table, seen, filename)
    for place in table:
        if place.is_indexed and not seen[place.number]:
            findings.fault(
                Code.NOT_INDEXED, f"No line leads to the response at byte {place.offset} of {filename}."
            )


def _check_line(
    line: bytes, offset: int, findings: Findings, table: Table, seen: bytearray, filename: str
) -> None:
    try:
        _, moment, values = line.decode("ascii").split(" ", _PARTS - 1)
        fields = json.loads(values)
        start, length = int(fields["offset"]), int(fields["length"])
        uri, status, digest = fields["url"], fields.get("status", ""), fields.get("digest")
        named, revisit = fields["filename"], fields.get("mime") == REVISIT
        found = index_hash(uri, moment, status, digest, length, revisit=revisit)
    except (ArithmeticError, ValueError, KeyError, TypeError, RecursionError):  # Infinity is JSON to Python
        findings.fault(Code.INDEX_LINE, "This is no line of an index.", offset)
        return
    place = table.at(start)
    if named != filename or place is None or not (place.is_indexed or place.is_damaged):
        findings.fault(
            Code.INDEX_MISS,
            f"The line leads to byte {start}, where no response of {filename} begins.",
            offset,
        )
        return
    if seen[place.number]:
        findings.fault(Code.INDEX_MISS, f"A second line leads to the response at byte {start}.", offset)
    seen[place.number] = 1
    if not place.is_damaged and place.index_hash != found:
        findings.fault(
            Code.INDEX_MISS,
            f"The line gives another address, moment, status, digest or length than the record at {start}.",
            offset,
        )
