"""What a generation is called, where it lies, and what says which WARC files it was read from. Pure."""

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
_OWN = "_read"  # readers of folders of Parquet pass over what begins with _
_MOST_BYTES = 64_000_000  # of one record of what was read


@dataclass(frozen=True, slots=True)
class Generation:
    """One reading of the archive: `articles-<name>/`, laid out as `articles/` is."""

    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"--generation {self.name!r} is no name: at most 63 lower-case letters, digits, _ and -."
            )

    @property
    def folder(self) -> str:
        """The key of its folder, without a slash."""
        return f"articles-{self.name}"

    def record_key(self, run_id: str) -> str:
        """Where a run says what it read."""
        return f"{self.folder}/{_OWN}/{run_id}.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRecord:
    """What one run added to a generation."""

    run_id: str
    rules: str  # see reading_digest
    warcs: Mapping[str, int]  # key -> bytes, of every WARC file that was read

    def to_bytes(self) -> bytes:
        value = {"run_id": self.run_id, "rules": self.rules, "warcs": dict(self.warcs)}
        return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def parse(cls, data: bytes, key: str) -> Self:
        """Raises ArchiveError for other bytes."""
        try:
            value = json.loads(data)
            run_id, rules, warcs = value["run_id"], value["rules"], value["warcs"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ArchiveError(f"{key} does not say what was read ({error}).") from None
        if not (isinstance(rules, str) and isinstance(warcs, dict) and isinstance(run_id, str)):
            raise ArchiveError(f"{key} does not say what was read.")
        return cls(run_id=run_id, rules=rules, warcs=warcs)


def read_records(storage: Storage, generation: Generation, site: str) -> list[ReadRecord]:
    """What earlier runs of a site put into a generation. Raises ArchiveError."""
    found = []
    for entry in storage.list(f"{generation.folder}/{_OWN}/"):
        run_id = entry.key.rpartition("/")[2].removesuffix(".json")
        if site_of_run(run_id) == site:
            with storage.open(entry.key, 0, _MOST_BYTES) as stream:
                found.append(ReadRecord.parse(stream.read(), entry.key))
    return found


def reading_digest(rules_digest: str, sites: Mapping[str, Site]) -> str:
    """SHA-256, in hex, of all that decides how a page is read: the rules, and what sites say of pages."""
    digest = hashlib.sha256(f"{rules_digest}\n".encode())
    for _, site in sorted(sites.items()):
        values = vars(replace(site, sources=(), expected_yield=0)).items()
        told: dict[str, Any] = {
            name: sorted(value.items()) if isinstance(value, Mapping) else value for name, value in values
        }
        digest.update(json.dumps(told, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def generation_of(digest: str) -> Generation:
    """The generation that a reading makes where nobody names another: the same rules go on with the same."""
    return Generation(f"rules-{digest[:12]}")
