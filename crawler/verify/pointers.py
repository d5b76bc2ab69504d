"""Follows pointers into WARC files, by the tables of checked files or by reading the record."""

from collections.abc import Mapping
from contextlib import ExitStack
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawler.archive.responses import ArchivedResponse, read_responses
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.verify.table import Table, open_table, pointer_hash

_MAX_OPEN = 32  # tables at once
_MAX_RECORD = 128_000_000  # bytes of one gzip member


class PointerError(Exception):
    """A pointer does not lead to its record; the message says why."""


def table_path(folder: Path, warc_key: str) -> Path:
    """Return the path of a WARC file's table."""
    return folder / f"{sha256(warc_key.encode()).hexdigest()[:32]}.table"


class Pointers:
    """Checks pointers, and fetches their records. For one thread."""

    def __init__(self, storage: Storage, tables: Path) -> None:
        self._storage = storage
        self._folder = tables
        self._stack = ExitStack()
        self._tables: dict[str, Table | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def check(self, row: Mapping[str, Any]) -> None:
        """Check a row's pointer. Raises PointerError, and ArchiveError where the archive is unreadable."""
        key, offset, length = row["warc_file"], row["warc_offset"], row["warc_length"]
        if key is None or offset is None or length is None or row["warc_record_id"] is None:
            raise PointerError("it names no record")
        table = self._table(key)
        if table is None:
            response = self.fetch(row)
            found = (response.headers.get("warc-record-id"), response.headers.get("warc-payload-digest"))
            if found != (row["warc_record_id"], row["payload_digest"]):
                raise PointerError("the record there has another id or payload digest")
            return
        place = table.at(offset)
        if place is None:
            raise PointerError(f"no response of {key} begins at byte {offset}")
        if place.is_damaged:
            raise PointerError(f"the record at byte {offset} of {key} is damaged")
        if not place.is_response:
            raise PointerError(f"the record at byte {offset} of {key} is no full response")
        if place.pointer_hash != pointer_hash(row["warc_record_id"], row["payload_digest"], length):
            raise PointerError(
                f"the record at byte {offset} of {key} has another id, length or payload digest"
            )

    def fetch(self, row: Mapping[str, Any]) -> ArchivedResponse:
        """Return the response at a row's pointer. Raises PointerError and ArchiveError."""
        key, offset, length = row["warc_file"], row["warc_offset"], row["warc_length"]
        where = f"at byte {offset} of {key}"
        if offset < 0 or not 0 < length <= _MAX_RECORD:
            raise PointerError(f"{length} bytes {where} are no record")
        try:
            with self._storage.open(key, offset, length) as stream:
                member = BytesIO(stream.read())
            responses = list(read_responses(member, name=key))
        except ArchiveError as error:
            raise PointerError(f"there is no readable record {where} ({error})") from error
        if len(responses) != 1 or responses[0].length != length:
            raise PointerError(f"there is no response of {length} bytes {where}")
        return responses[0]

    def _table(self, key: str) -> Table | None:
        if key not in self._tables:
            if len(self._tables) >= _MAX_OPEN:
                self._stack.close()
                self._tables.clear()
            path = table_path(self._folder, key)
            self._tables[key] = self._stack.enter_context(open_table(path)) if path.exists() else None
        return self._tables[key]
