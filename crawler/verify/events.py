"""Checks the order of records: warcinfo first, then for each event response, request, metadata.

The records of one exchange are neighbours, and the later ones name the first (WARC-Concurrent-To). So a
record that was removed or moved leaves a gap, which is found in constant memory.
"""

from dataclasses import dataclass, field

from crawler.verify.faults import Code, Findings
from crawler.verify.record import CheckedRecord

_ANSWERS = frozenset({"response", "revisit"})
_ALONE = frozenset({"resource", "conversion"})  # kinds that belong to no exchange


@dataclass(slots=True)
class _Event:
    offset: int
    first: CheckedRecord
    kinds: list[str] = field(default_factory=list)


class EventCheck:
    """Takes the records of one file in order and adds faults to `findings`."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._event: _Event | None = None
        self._warcinfo: str | None = None
        self._begun = False
        self._lost = False  # a broken record precedes this one, so its event is unknown

    def add(self, record: CheckedRecord, offset: int) -> None:
        if not self._begun and record.kind != "warcinfo":
            self._findings.fault(
                Code.PAIR, "The file does not begin with its warcinfo record: that was taken out.", offset
            )
        self._begun = True
        if record.kind == "warcinfo":
            self.close()
            self._warcinfo = record.record_id
            return
        if self._warcinfo is not None and record.warcinfo_id != self._warcinfo:
            self._findings.fault(
                Code.PAIR,
                "The record names another warcinfo record than the file's: it is not from here.",
                offset,
            )
        if record.concurrent_to:
            self._join(record, offset)
        else:
            self.close()
            self._event, self._lost = _Event(offset, record, [record.kind]), False

    def lose(self) -> None:
        """Note a broken record here; the records of its event cannot be matched."""
        self._event = None
        self._begun = self._lost = True

    def close(self) -> None:
        """End the open event; also called at the end of the file."""
        event, self._event = self._event, None
        if event is None:
            return
        if event.first.kind in _ANSWERS and "request" not in event.kinds:
            self._findings.fault(
                Code.PAIR, "No request record belongs to this response: it was taken out.", event.offset
            )
        if "metadata" not in event.kinds and event.first.kind not in _ALONE:
            self._findings.fault(
                Code.PAIR,
                f"No metadata record belongs to this {event.first.kind}: it was taken out.",
                event.offset,
            )

    def _join(self, record: CheckedRecord, offset: int) -> None:
        event = self._event
        if event is None and self._lost:
            return
        if event is None or record.concurrent_to != (event.first.record_id,):
            self._findings.fault(
                Code.PAIR,
                f"The {record.kind} names by WARC-Concurrent-To a record that does not stand before it: "
                "that was taken out or moved.",
                offset,
            )
            return
        event.kinds.append(record.kind)
        if (record.date, record.uri) != (event.first.date, event.first.uri):
            self._findings.fault(
                Code.PAIR, f"The {record.kind} has another date or address than its response.", offset
            )
