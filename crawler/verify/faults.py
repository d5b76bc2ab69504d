"""The kinds of faults that an archive can have, and the findings of a file."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MAX_FAULTS = 100  # listed of one file; the rest is counted


class Code(StrEnum):
    """The kinds of faults; docs/archive.md explains each and what to do."""

    MISSING = "missing-file"
    UNREADABLE = "unreadable-file"
    SIZE = "wrong-size"
    DIGEST = "wrong-digest"
    COUNT = "wrong-count"
    UNNAMED = "unnamed-file"
    UNFINISHED = "unfinished-run"
    MANIFEST = "broken-manifest"
    CHECKSUMS = "wrong-checksums"
    CHAIN_GAP = "chain-gap"
    CHAIN_CHANGED = "chain-changed"
    CHAIN_ORDER = "chain-order"
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_WRONG = "signature-wrong"
    KEY_UNKNOWN = "unknown-key"
    STAMP_MISSING = "timestamp-missing"
    STAMP_WRONG = "timestamp-wrong"
    LOCK_MISSING = "lock-missing"
    LOCK_SHORT = "lock-shortened"
    TORN = "torn-file"
    MEMBER = "broken-member"
    STRAY = "stray-bytes"
    SHARED_MEMBER = "shared-member"
    RECORD = "broken-record"
    BLOCK = "wrong-block-digest"
    PAYLOAD = "wrong-payload-digest"
    PAIR = "broken-pair"
    REMOVED = "removed-record"
    ORIGINAL = "lost-original"
    INDEX_MISSING = "missing-index"
    INDEX_LINE = "broken-index-line"
    INDEX_MISS = "wrong-index-line"
    NOT_INDEXED = "unindexed-response"
    TABLE = "broken-table"
    TEXT = "wrong-text-digest"
    POINTER = "wrong-pointer"
    REREAD = "other-text"
    SUCCESSION = "broken-succession"
    SUPERSEDED = "superseded-file"
    FOLLOWS = "follows-from-damage"
    DOUBLED = "doubled-version"
    MORE = "more-faults"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault."""

    code: Code
    file: str  # key below the archive's root
    offset: int | None  # bytes from the start of the file; None where the file as a whole is meant
    meaning: str  # one sentence
    cause: str | None = None  # key of the file whose damage explains this fault, if that file is damaged

    def record(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "cause"}


@dataclass(slots=True)
class Findings:
    """The faults found in one file, and counts of what was checked."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unlisted: int = 0

    def fault(
        self,
        code: Code,
        meaning: str,
        offset: int | None = None,
        *,
        file: str | None = None,
        cause: str | None = None,
    ) -> None:
        """Add a fault of this file, or of another one whose damage was found here."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(code, file or self.file, offset, meaning, cause))
        else:
            self.unlisted += 1

    def listed(self) -> list[Fault]:
        """The faults, and one more that counts those beyond the bound."""
        if not self.unlisted:
            return self.faults
        meaning = f"{self.unlisted:,} more faults of this file are not listed."
        rest = Fault(Code.MORE, self.file, None, meaning)
        return [*self.faults, rest]
