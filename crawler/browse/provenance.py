"""What the archive proves about a row: its record, the manifest of its run, signature and time stamps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crawler.archive.manifest import Manifest, read_manifest
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import SIGNATURE_NAME, STAMP_NAME, FileOwner, RunId
from crawler.errors import ArchiveError
from crawler.storage import Storage

State = Literal["names", "silent", "missing", "broken"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """The state of the evidence for the WARC file of a row. Nothing is checked: `scrapy verify` does that."""

    run_id: str | None
    manifest: State
    manifest_sha256: str | None = None
    file_sha256: str | None = None  # of the WARC file, as the manifest has it
    key_id: str | None = None  # of the key that signed the manifest
    signed: bool = False  # a signature lies beside the manifest
    stamps: int = 0  # time stamps that are there
    pending: int = 0  # time stamps that the authorities did not give yet


def provenance_of(storage: Storage, row: Mapping[str, Any]) -> Provenance:
    """Read the manifest of the run that wrote the WARC file of a row. Raises ArchiveError."""
    run_id = row["run_id"]
    run = RunId.parse(run_id or "")
    owner = FileOwner.parse(row["warc_file"] or "")
    if run is None or (owner is not None and not owner.is_of(run)):
        return Provenance(run_id=run_id, manifest="missing")
    data = read_manifest(storage, str(run))
    if data is None:
        return Provenance(run_id=run_id, manifest="missing")
    try:
        manifest = Manifest.parse(data)
    except ManifestError:
        return Provenance(run_id=run_id, manifest="broken")
    names = list(storage.list_names(f"runs/{run}/"))
    found = [(each["number"], each["kind"]) for each in map(STAMP_NAME.fullmatch, names) if each]
    given = {number for number, kind in found if kind == "tsr"}
    listed = {file.key: file.sha256 for file in manifest.files}
    sha256 = listed.get(row["warc_file"])
    return Provenance(
        run_id=run_id,
        manifest="names" if sha256 else "silent",
        manifest_sha256=hashlib.sha256(data).hexdigest(),
        file_sha256=sha256,
        key_id=manifest.facts.key_id,
        signed=SIGNATURE_NAME in names,
        stamps=len(given),
        pending=len({number for number, _ in found} - given),
    )


def evidence_of(storage: Storage, row: Mapping[str, Any]) -> tuple[Provenance | None, str | None]:
    """Return the provenance, or the sentence that says why it cannot be read."""
    try:
        return provenance_of(storage, row), None
    except ArchiveError as error:
        return None, str(error)
