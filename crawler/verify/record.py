"""Reads one gzip member as exactly one WARC record and compares its digests with its bytes.

On purpose independent of `crawler.archive.records`, the reader of the other commands.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.archive.chunked import ChunkError, Dechunker
from crawler.archive.compose import NOT_MODIFIED, SAME_PAYLOAD
from crawler.archive.message import head_is_whole, split_head, status_code, transfer_coding_of
from crawler.archive.records import warc_moment
from crawler.verify.faults import Code

_VERSION = re.compile(rb"WARC/1\.[01]")
_MAX_HEAD = 1_000_000  # bytes, of a record and of an HTTP message
_MAX_DIGITS = 15
_END = b"\r\n\r\n"
_MANDATORY = ("warc-type", "warc-record-id", "warc-date", "content-length")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class RecordFault(Exception):  # noqa: N818 - it is what the report calls it
    """What is wrong with one record."""

    def __init__(self, code: Code, meaning: str) -> None:
        super().__init__(meaning)
        self.code = code
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Reference:
    """The original that a revisit names; all three values, or the revisit has no reference."""

    record_id: str
    uri: str
    date: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRecord:
    """A record whose bytes have the digests in its head."""

    kind: str
    record_id: str
    date: datetime
    uri: str | None
    concurrent_to: tuple[str, ...]
    warcinfo_id: str | None
    refers_to: Reference | None
    payload_digest: str | None
    status: int | None  # of an HTTP response


def check_record(pieces: Iterator[bytes]) -> CheckedRecord:
    """Check the record in the pieces of a member, which are read to the member's end.

    Raises RecordFault, and what the pieces raise.
    """
    head, rest = _head(pieces)
    fields = _fields(head)
    block = _Block(fields)
    left = _length(fields)
    for piece in _chain(rest, pieces):
        block.feed(memoryview(piece)[:left])
        after = piece[left:] if len(piece) > left else b""
        left -= min(left, len(piece))
        if after or not left:
            _check_end(after, pieces)
            break
    if left:
        raise RecordFault(Code.RECORD, f"The record is {left:,} bytes shorter than its Content-Length says.")
    return block.done()


def _head(pieces: Iterator[bytes]) -> tuple[bytes, bytes]:
    data = b""
    for piece in pieces:
        data += piece
        end = data.find(_END)
        if end >= 0:
            return data[:end], data[end + len(_END) :]
        if len(data) > _MAX_HEAD:
            break
    _drain(pieces)
    raise RecordFault(Code.RECORD, "This member holds no WARC record: no head of one ends in it.")


def _fields(head: bytes) -> dict[str, list[str]]:
    version, _, lines = head.partition(b"\r\n")
    if not _VERSION.fullmatch(version):
        raise RecordFault(Code.RECORD, f"This member holds no WARC record; it reads {version[:40]!r}.")
    fields: dict[str, list[str]] = {}
    for line in lines.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if name in fields:
            fields[name].append(value)
        else:
            fields[name] = [value]
    missing = [name for name in _MANDATORY if len(fields.get(name, ())) != 1]
    if missing:
        raise RecordFault(Code.RECORD, f"The record's head lacks {', '.join(missing)}, or has it twice.")
    return fields


def _length(fields: dict[str, list[str]]) -> int:
    text = fields["content-length"][0]
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise RecordFault(Code.RECORD, f"The record's Content-Length is no number: {text[:40]!r}.")
    return int(text)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _check_end(after: bytes, pieces: Iterator[bytes]) -> None:
    """Check that only two line ends are between the block and the end of the member."""
    for piece in pieces:
        after += piece
        if len(after) > len(_END):
            break
    if after == _END:
        return
    _drain(pieces)
    if after.lstrip(b"\r\n").startswith(b"WARC/"):
        raise RecordFault(
            Code.SHARED_MEMBER,
            "This gzip member holds more than one record: no pointer and no index can lead to the others.",
        )
    raise RecordFault(Code.RECORD, "The record does not end where its Content-Length says.")


def _drain(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass


class _Block:
    """Hashes a block and the payload in it while they pass."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields
        self._kind = fields["warc-type"][0].lower()
        self._whole = hashlib.sha256()
        self._payload = hashlib.sha256()
        self._wanted = self._one("warc-payload-digest")
        self._speaks = self._kind in {"request", "response", "revisit"}  # HTTP
        self._head: bytes | None = b""  # None once it is over
        self._status: int | None = None
        self._dechunker: Dechunker | None = None
        self._broken: str | None = None

    def feed(self, piece: memoryview) -> None:
        self._whole.update(piece)
        if not self._speaks:
            return
        if self._head is None:
            self._feed_payload(piece)
            return
        self._head += piece
        if len(self._head) <= _MAX_HEAD and not self._head_is_whole():
            return
        head, body = split_head(self._head)
        self._head = None
        self._begin(head)
        self._feed_payload(memoryview(body))

    def done(self) -> CheckedRecord:
        """Compare the digests. Raises RecordFault."""
        if self._head:  # a message that ends inside its head, or right behind it
            self._begin(split_head(self._head)[0])
        self._check(Code.BLOCK, "warc-block-digest", self._whole.hexdigest(), "block")
        if self._wanted is not None and self._kind != "revisit":  # a revisit's payload lies elsewhere
            self._check_payload()
        date = warc_moment(self._fields["warc-date"][0])
        if date is None:
            raise RecordFault(Code.RECORD, "The record's WARC-Date is no moment.")
        return CheckedRecord(
            kind=self._kind,
            record_id=self._fields["warc-record-id"][0],
            date=date,
            uri=self._one("warc-target-uri"),
            concurrent_to=tuple(self._fields.get("warc-concurrent-to", ())),
            warcinfo_id=self._one("warc-warcinfo-id"),
            refers_to=self._reference(),
            payload_digest=self._wanted,
            status=self._status,
        )

    def _head_is_whole(self) -> bool:
        assert self._head is not None  # noqa: S101  # mypy cannot see it
        return head_is_whole(self._head)

    def _begin(self, head: bytes) -> None:
        if self._kind == "request":
            return
        self._status = status_code(head)
        if self._wanted is None:
            return
        if transfer_coding_of(head) == b"chunked":
            self._dechunker = Dechunker()

    def _feed_payload(self, piece: memoryview) -> None:
        if self._wanted is None or self._broken:
            return
        if self._dechunker is None:
            self._payload.update(piece)
            return
        try:
            for data in self._dechunker.feed(piece):
                self._payload.update(data)
        except ChunkError as error:
            self._broken = str(error)

    def _check_payload(self) -> None:
        if self._broken:
            raise RecordFault(
                Code.PAYLOAD,
                f"The record gives a payload digest, but its chunk framing is broken: {self._broken}.",
            )
        payload = self._payload if self._speaks else self._whole  # of other kinds the block is the payload
        self._check(Code.PAYLOAD, "warc-payload-digest", payload.hexdigest(), "payload")

    def _reference(self) -> Reference | None:
        record_id, uri = self._one("warc-refers-to"), self._one("warc-refers-to-target-uri")
        date = warc_moment(self._one("warc-refers-to-date") or "")
        known = self._one("warc-profile") in {SAME_PAYLOAD, NOT_MODIFIED}
        return Reference(record_id, uri, date) if record_id and uri and date and known else None

    def _check(self, code: Code, name: str, found: str, what: str) -> None:
        given = self._one(name)
        if given is None or not _DIGEST.fullmatch(given):
            raise RecordFault(code, f"The record gives no SHA-256 of its {what}: it cannot be checked.")
        if given != f"sha256:{found}":
            raise RecordFault(
                code, f"The record's {what} has the SHA-256 {found}, not the one in its head: it was changed."
            )

    def _one(self, name: str) -> str | None:
        values = self._fields.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise RecordFault(Code.RECORD, f"The record's head has {name} twice.")
        return values[0]
