"""What the archive holds already: the records that a revisit may refer to instead of keeping bytes again."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol, Self

from crawler.items import RecordPointer

_MOST = 100_000  # originals in memory, some 60 MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """A full response record: status 200, whole, with a payload that is worth referring to."""

    digest: str  # of the payload, sha256:<lower-case hex>
    uri: str  # its WARC-Target-URI
    date: datetime  # its WARC-Date; aware, UTC
    pointer: RecordPointer

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From what `dataclasses.asdict` made of one, its date as a moment or in ISO 8601.

        Raises KeyError, TypeError and ValueError where it is none.
        """
        date, pointer = told["date"], told["pointer"]
        if not isinstance(date, datetime):
            date = datetime.fromisoformat(date)
        if date.tzinfo is None:
            raise ValueError(f"an original's date needs a zone, {date} has none")
        return cls(
            digest=told["digest"],
            uri=told["uri"],
            date=date.astimezone(UTC),
            pointer=RecordPointer(**{field.name: pointer[field.name] for field in fields(RecordPointer)}),
        )


class Originals(Protocol):
    """Asked and told in the thread that writes the WARC file."""

    def find(self, digest: str) -> Original | None:
        """The record that holds a payload which is about to be written."""

    def add(self, original: Original) -> None:
        """A full response record was written."""


class RecentOriginals:
    """The originals of one run, in memory; the longest unused go first. For several threads.

    Of several records with one payload the first stays the original, so that later captures of its address
    find it. `older` is asked for what is not here: an earlier run may have kept it.
    """

    def __init__(self, *, most: int = _MOST, older: Callable[[str], Original | None] | None = None) -> None:
        self._most = most
        self._older = older
        self._known: OrderedDict[str, Original] = OrderedDict()
        self._added: list[Original] = []
        self._lock = Lock()

    def find(self, digest: str) -> Original | None:
        with self._lock:
            if digest in self._known:
                self._known.move_to_end(digest)
                return self._known[digest]
        found = self._older(digest) if self._older else None
        if found is not None:
            with self._lock:
                self._keep(found)
        return found

    def add(self, original: Original) -> None:
        with self._lock:
            if original.digest not in self._known:
                self._added.append(original)
            self._keep(original)

    def take(self) -> list[Original]:
        """Those that were added since the last call, in order: for a ledger that outlives the run."""
        with self._lock:
            taken, self._added = self._added, []
        return taken

    def _keep(self, original: Original) -> None:
        self._known.setdefault(original.digest, original)
        self._known.move_to_end(original.digest)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
