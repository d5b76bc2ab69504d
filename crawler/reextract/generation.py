"""The name and the folder of a generation, and the record of the WARC files that it was read from. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError, UsageError
from crawler.site import Site
from crawler.storage import Storage

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_RECORDS = "_read"  # readers of Parquet folders ignore names that begin with _
_MAX_BYTES = 64_000_000  # of one record


@dataclass(frozen=True, slots=True)
class Generation:
    """One reading of the archive: the folder `articles-<name>/`, laid out as `articles/`."""

    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"--generation {self.name!r} is not a name: at most 63 lower-case letters, digits, _ and -."
            )

    @property
    def folder(self) -> str:
        """The key of the folder, without a slash at its end."""
        return f"articles-{self.name}"

    def record_key(self, run_id: str) -> str:
        """Return the key of the record of what a run read."""
        return f"{self.folder}/{_RECORDS}/{run_id}.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRecord:
    """The WARC files that one run read into a generation."""

    run_id: str
    rules: str  # see reading_digest
    warcs: Mapping[str, int]  # key -> bytes

    def to_bytes(self) -> bytes:
        value = {"run_id": self.run_id, "rules": self.rules, "warcs": dict(self.warcs)}
        return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def parse(cls, data: bytes, key: str) -> Self:
        """Parse a record. Raises ArchiveError for other bytes."""
        try:
            value = json.loads(data)
            run_id, rules, warcs = value["run_id"], value["rules"], value["warcs"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ArchiveError(f"{key} is not a record of what was read ({error}).") from None
        if not (isinstance(rules, str) and isinstance(warcs, dict) and isinstance(run_id, str)):
            raise ArchiveError(f"{key} is not a record of what was read.")
        return cls(run_id=run_id, rules=rules, warcs=warcs)


def read_records(storage: Storage, generation: Generation, site: str) -> list[ReadRecord]:
    """Return the records of earlier runs of a site in a generation. Raises ArchiveError."""
    found = []
    for entry in storage.list(f"{generation.folder}/{_RECORDS}/"):
        run_id = entry.key.rpartition("/")[2].removesuffix(".json")
        if site_of_run(run_id) == site:
            with storage.open(entry.key, 0, _MAX_BYTES) as stream:
                found.append(ReadRecord.parse(stream.read(), entry.key))
    return found


def reading_digest(rules_digest: str, sites: Mapping[str, Site]) -> str:
    """Return the SHA-256, in hex, of all that decides how a page is read: the rules and the sites."""
    digest = hashlib.sha256(f"{rules_digest}\n".encode())
    for _, site in sorted(sites.items()):
        values = vars(replace(site, sources=(), expected_yield=0)).items()
        fields: dict[str, Any] = {
            name: sorted(value.items()) if isinstance(value, Mapping) else value for name, value in values
        }
        digest.update(json.dumps(fields, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def generation_of(digest: str) -> Generation:
    """Return the default generation of a digest: the same rules continue the same generation."""
    return Generation(f"rules-{digest[:12]}")
