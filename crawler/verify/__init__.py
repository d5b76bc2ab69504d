"""Checks that every byte that the manifests of an archive promise is there and right.

Does not use Scrapy. docs/archive.md describes the checks and what they prove.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.x509 import Certificate

from crawler.archive.names import site_of_run
from crawler.archive.signing import PublicKey
from crawler.errors import UsageError
from crawler.site import Site
from crawler.storage import S3Credentials, Storage, open_storage
from crawler.verify.causes import root_causes
from crawler.verify.doublings import check_doublings
from crawler.verify.evidence import Evidence, check_evidence
from crawler.verify.faults import Code, Fault
from crawler.verify.inventory import Inventory, Scope, take_inventory
from crawler.verify.retention import check_retention
from crawler.verify.work import Job, Place, check_files, kind_of

__all__ = ["Code", "Fault", "Options", "Report", "Scope", "verify"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The choices of a verification: which checks, which keys and roots."""

    scope: Scope = field(default_factory=Scope)
    keys: Sequence[PublicKey] = ()  # one of them must have signed each manifest; empty: not checked
    roots: Sequence[Certificate] = ()  # of time stamp authorities; empty: not checked
    shallow: bool = False  # sizes and hashes only
    reread: bool = False  # read every article again out of its record
    sites: Mapping[str, Site] = field(default_factory=dict)  # by name, for `reread`
    unfinished_ok: bool = False  # a run without a manifest is a remark and no fault
    processes: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The result of a verification."""

    archive: str
    checked: dict[str, Any]
    faults: list[Fault]
    remarks: list[str]

    @property
    def ok(self) -> bool:
        return not self.faults

    def record(self) -> dict[str, Any]:
        """Return the report as JSON-able values."""
        return {
            "ok": self.ok,
            "archive": self.archive,
            "checked": self.checked,
            "faults": [fault.record() for fault in self.faults],
            "remarks": self.remarks,
        }


def verify(
    address: str,
    options: Options,
    *,
    credentials: S3Credentials | None = None,
    on_start: Callable[[int], object] = int,
    on_done: Callable[[int], object] = int,
) -> Report:
    """Check an archive; `on_start` gets the bytes to check, `on_done` those of each checked file.

    Raises ArchiveError where the archive cannot be listed or holds nothing in scope, and UsageError where
    roots are given without keys.
    """
    if options.roots and not options.keys:
        raise UsageError("Time stamps are on signatures: give --key beside --tsa-root.")
    storage = open_storage(address, credentials=credentials)
    inventory = take_inventory(storage, options.scope)
    keys = {key.key_id: key for key in options.keys}
    evidence = check_evidence(storage, inventory, keys, options.roots)
    retentions = check_retention(storage, inventory)
    evidence.remarks.extend(retentions.remarks)
    jobs = _jobs(inventory, shallow=options.shallow)
    on_start(sum(job.size for job in jobs))
    faults, counts = [*inventory.faults, *evidence.faults, *retentions.faults], retentions.counts
    with TemporaryDirectory(prefix="warraq-verify-") as tables:
        place = Place(
            address=address,
            credentials=credentials,
            tables=Path(tables),
            reread=options.reread,
            sites=options.sites,
        )
        for findings in check_files(
            jobs,
            place,
            processes=options.processes,
            on_done=lambda job: on_done(job.size),
            elsewhere=_elsewhere(storage, options.scope, inventory),
        ):
            faults += findings.listed()
            counts += findings.counts
        if not options.shallow and options.scope.run_id is None:
            for findings in check_doublings(storage, inventory, Path(tables)):
                faults += findings.listed()
    return _report(storage.address, inventory, evidence, faults, counts, unfinished_ok=options.unfinished_ok)


def _jobs(inventory: Inventory, *, shallow: bool) -> list[Job]:
    """List the files to check: those that exist, and promised ones outside the listed folders."""
    missing = {fault.file for fault in inventory.faults if fault.code is Code.MISSING}
    keys = {*inventory.listed, *inventory.promised} - missing
    return [
        Job(
            key,
            kind_of(key, shallow=shallow),
            inventory.listed.get(key, 0),
            inventory.promised.get(key),
            inventory.merged.get(key),
        )
        for key in sorted(keys)
    ]


def _elsewhere(storage: Storage, scope: Scope, inventory: Inventory) -> list[str]:
    """List the indexes of other runs, in which the originals of one run's revisits may be."""
    site = site_of_run(scope.run_id) if scope.run_id else None
    if site is None:
        return []
    keys = (entry.key for entry in storage.list(f"cdxj/{site}/"))
    return [key for key in keys if key.endswith(".cdxj") and key not in inventory.listed]


def _report(
    archive: str,
    inventory: Inventory,
    evidence: Evidence,
    faults: list[Fault],
    counts: Counter[str],
    *,
    unfinished_ok: bool,
) -> Report:
    remarks = list(evidence.remarks)
    if unfinished_ok:
        remarks += [f"{fault.file}: {fault.meaning}" for fault in faults if fault.code is Code.UNFINISHED]
        faults = [fault for fault in faults if fault.code is not Code.UNFINISHED]
    first, last = evidence.stamped or (None, None)
    checked: dict[str, Any] = {
        "runs": sum(run.manifest is not None for run in inventory.runs.values()),
        "signatures": evidence.signatures,
        "timestamps": evidence.stamps,
        "first_timestamp": first.isoformat() if first else None,
        "last_timestamp": last.isoformat() if last else None,
        **{name: counts[name] for name in _COUNTS},
        "heads": {
            site: [{"run_id": head.run_id, "sha256": head.sha256} for head in heads]
            for site, heads in sorted(evidence.heads.items())
        },
    }
    faults = root_causes(faults)
    faults.sort(key=lambda fault: (fault.file, fault.offset or 0))
    return Report(archive=archive, checked=checked, faults=faults, remarks=remarks)


_COUNTS = (
    "files", "bytes", "records", "responses", "index_lines", "articles", "reread", "read_by_other_rules",
    "locks_asked", "locks_held", "locks_expired",
)  # fmt: skip
