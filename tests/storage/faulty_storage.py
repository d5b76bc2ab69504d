"""A storage that fails on order, and a clock that only the test moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from crawler.storage import Entry, Storage, Stored
from crawler.storage.cell import Cell
from crawler.storage.lease import Claim, Lease
from crawler.storage.retention import Locks


@dataclass
class FaultyStorage:
    """A real folder behind faults: each is called with the key and the file before the folder sees it."""

    inner: Storage
    faults: list[Callable[[str, Path], None]] = field(default_factory=list)
    answer: Callable[[Stored], Stored] = lambda stored: stored
    order: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.inner.address

    def check(self) -> None:
        self.inner.check()

    def put(self, key: str, path: Path, sha256: str, *, replace: bool = False) -> Stored:
        self.order.append(key)
        if self.faults:
            self.faults.pop(0)(key, path)
        return self.answer(self.inner.put(key, path, sha256, replace=replace))

    def remove(self, key: str) -> None:
        self.inner.remove(key)

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        return self.inner.open(key, start, length)

    def list(self, prefix: str = "") -> Iterator[Entry]:
        return self.inner.list(prefix)

    def list_names(self, prefix: str = "", after: str = "") -> Iterator[str]:
        return self.inner.list_names(prefix, after)

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        return self.inner.locks(key, version_id)

    def lease(self, claim: Claim) -> Lease:
        return self.inner.lease(claim)

    def cell(self, key: str, most: int) -> Cell:
        return self.inner.cell(key, most)


@dataclass
class Clock:
    """Time that passes only in pauses, and by `each` second at each look."""

    now: float = 0.0
    each: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.each
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
