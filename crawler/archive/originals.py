"""The records that revisits may refer to instead of keeping the same payload again."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Protocol, Self

from crawler.items import RecordPointer

_HELD = 100_000  # originals in memory, some 60 MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """A complete response record with status 200 and a payload of some size."""

    digest: str  # of the payload, sha256:<lower-case hex>
    uri: str  # its WARC-Target-URI
    date: datetime  # its WARC-Date; aware, UTC
    pointer: RecordPointer

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Make one from what `dataclasses.asdict` gives; the date is a datetime or in ISO 8601.

        Raises KeyError, TypeError and ValueError for another mapping.
        """
        date, pointer = values["date"], values["pointer"]
        if not isinstance(date, datetime):
            date = datetime.fromisoformat(date)
        if date.tzinfo is None:
            raise ValueError(f"an original's date needs a zone, {date} has none")
        return cls(
            digest=values["digest"],
            uri=values["uri"],
            date=date.astimezone(UTC),
            pointer=RecordPointer(**{field.name: pointer[field.name] for field in fields(RecordPointer)}),
        )


class Originals(Protocol):
    """Where a writer looks up originals and adds new ones, both in the thread that writes the WARC file."""

    def find(self, digest: str) -> Original | None:
        """Return the record that holds a payload; None where there is none."""

    def add(self, original: Original) -> None:
        """Remember a complete response record that was written."""


class RecentOriginals:
    """The originals of one run, in memory; the longest unused is dropped first. For several threads.

    Of several records with one payload the first stays the original, so that later captures of its address
    find it. `older` looks up a digest that is not in memory: an earlier run may have recorded it.
    """

    def __init__(self, *, held: int = _HELD, older: Callable[[str], Original | None] | None = None) -> None:
        self._max_held = held
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
        """Return the originals added since the last call, in order, for the ledger."""
        with self._lock:
            taken, self._added = self._added, []
        return taken

    def _keep(self, original: Original) -> None:
        self._known.setdefault(original.digest, original)
        self._known.move_to_end(original.digest)
        if len(self._known) > self._max_held:
            self._known.popitem(last=False)
