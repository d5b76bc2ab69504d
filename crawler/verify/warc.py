"""Checks one WARC file from its first byte to its last, in one pass."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.cdxj import INDEXED
from crawler.archive.manifest import ManifestFile
from crawler.verify.events import EventCheck
from crawler.verify.faults import Code, Findings
from crawler.verify.promise import keep_promise
from crawler.verify.record import CheckedRecord, RecordFault, check_record
from crawler.verify.table import TableWriter
from crawler.verify.walk import BrokenMemberError, Member, MemberWalk

_ANSWERS = frozenset({"response", "revisit"})


def check_warc(stream: BinaryIO, findings: Findings, promised: ManifestFile | None, table: Path) -> None:
    """Check every member, record, digest and event of a file, and its manifest entry; write its table.

    Raises what the stream raises.
    """
    with table.open("wb") as file:
        check = _WarcCheck(MemberWalk(stream), findings, TableWriter(file))
        check.run()
    check.compare(promised)


class _WarcCheck:
    def __init__(self, walk: MemberWalk, findings: Findings, table: TableWriter) -> None:
        self._walk = walk
        self._findings = findings
        self._table = table
        self._events = EventCheck(findings)
        self._dates: tuple[datetime, datetime] | None = None

    def run(self) -> None:
        going = True
        while going:
            try:
                member = self._walk.next_member()
                if member is None:
                    break
                self._check(member)
            except BrokenMemberError as broken:
                self._findings.fault(broken.code, broken.meaning, broken.offset)
                self._lose(broken.offset)
                going = self._walk.resume()
        self._events.close()
        self._findings.counts["bytes"] += self._walk.position

    def compare(self, promised: ManifestFile | None) -> None:
        same = keep_promise(self._findings, promised, self._walk.position, self._walk.sha256)
        if promised is None or not same:
            return
        found = (self._findings.counts["records"], *(self._dates or (None, None)))
        given = (promised.records, promised.first_date, promised.last_date)
        if given not in ((None, None, None), found):
            self._findings.fault(
                Code.COUNT,
                f"The manifest counts {promised.records} records or gives other days; {found[0]} are here.",
            )

    def _check(self, member: Member) -> None:
        try:
            record = check_record(member.pieces())
        except RecordFault as fault:
            self._findings.fault(fault.code, fault.meaning, member.offset)
            self._lose(member.offset)
            return
        self._findings.counts["records"] += 1
        self._dates = (
            min(self._dates[0], record.date) if self._dates else record.date,
            max(self._dates[1], record.date) if self._dates else record.date,
        )
        self._events.add(record, member.offset)
        self._note(record, member)

    def _note(self, record: CheckedRecord, member: Member) -> None:
        if record.kind in _ANSWERS:
            self._findings.counts["responses"] += 1
        if record.kind in INDEXED:
            self._table.add(record, member.offset, member.length)

    def _lose(self, offset: int) -> None:
        self._events.lose()
        self._table.add_damaged(offset)
