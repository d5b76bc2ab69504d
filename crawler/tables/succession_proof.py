"""Finds the successors of tables that a compaction replaced, as the run's manifest confirms them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from crawler.archive.manifest import Manifest, ManifestFile, manifest_bytes
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import MANIFEST_NAME, run_key, site_of_run
from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage
from crawler.tables.reader import read_table
from crawler.tables.succession_record import MAX_BYTES, NAME, Compaction, Replaced, Rows, Succession, rows_of


@dataclass(slots=True)
class Successions:
    """The tables that the compactions of an archive replaced, and their successors."""

    replaced: dict[str, tuple[Replaced, str]] = field(default_factory=dict)  # key -> it, and the new key
    made: dict[str, Succession] = field(default_factory=dict)  # by the new table's key
    broken: dict[str, str] = field(default_factory=dict)  # key of a record -> why it counts for nothing

    def excuses(self, file: ManifestFile, listed: Collection[str]) -> bool:
        """Tell whether a table may be missing: its successor is there, and its record names these bytes."""
        found = self.replaced.get(file.key)
        seen: set[str] = set()
        while found is not None:
            replaced, successor = found
            if file.key == replaced.key and (file.size, file.sha256) != (replaced.size, replaced.sha256):
                return False
            if successor in listed:
                return True
            if successor in seen:
                return False
            seen.add(successor)
            found = self.replaced.get(successor)  # it was itself compacted since
        return False

    def left(self, listed: Collection[str]) -> list[str]:
        """List the tables that still exist beside their successor: their rows are there twice."""
        return sorted(key for key, (_, new) in self.replaced.items() if key in listed and new in listed)


def read_successions(storage: Storage, site: str | None = None) -> Successions:
    """Read the records of compactions, of a site or all; a manifest must name each. Raises ArchiveError."""
    found = Successions()
    keys = [entry.key for entry in storage.list("runs/")]
    sealed = {key.split("/")[1] for key in keys if key.endswith(f"/{MANIFEST_NAME}")}
    for key in keys:
        run_id = key.split("/")[1]
        if key != run_key(run_id, NAME) or run_id not in sealed or site not in (None, site_of_run(run_id)):
            continue
        try:
            record = _read(storage, run_id)
        except ManifestError as error:
            found.broken[key] = str(error)
            continue
        except ArchiveError as error:
            found.broken[key] = str(error)
            continue
        for succession in record.successions:
            found.made[succession.key] = succession
            found.replaced |= {each.key: (each, succession.key) for each in succession.replaced}
    return found


def _read(storage: Storage, run_id: str) -> Compaction:
    key = run_key(run_id, NAME)
    with storage.open(key, 0, MAX_BYTES) as stream:
        data = stream.read()
    promised = {file.key: file for file in Manifest.parse(manifest_bytes(storage, run_id)).files}
    if key not in promised or promised[key].sha256 != hashlib.sha256(data).hexdigest():
        raise ArchiveError(
            "This record is not the one that the run's manifest promises; it counts for nothing."
        )
    record = Compaction.parse(data)
    if record.run_id != run_id or any(each.key not in promised for each in record.successions):
        raise ArchiveError("This record names tables that the run's manifest does not promise.")
    return record


def rows_in(storage: Storage, entry: Entry) -> Rows:
    """Return count and digest of a table's rows. Raises ArchiveError."""
    return rows_of(read_table(storage, entry))
