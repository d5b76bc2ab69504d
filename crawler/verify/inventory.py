"""Lists what an archive holds, and which run promises which file."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from crawler.archive.manifest import Manifest, ManifestFile, manifest_bytes
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import (
    CHECKSUMS_NAME,
    MANIFEST_NAME,
    FileOwner,
    RunId,
    cdxj_key,
    is_merged,
    is_seal_name,
    run_key,
    site_of_run,
)
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.tables.succession_proof import Successions, read_successions
from crawler.tables.succession_record import Rows
from crawler.verify.faults import Code, Fault

_FOLDERS = ("warc/", "cdxj/", "articles/", "runs/")  # what is promised; the ledger is a checkpoint
_LONGEST_COMMENT = 2_000  # bytes that a compaction adds to a line of checksums
_AT_ONCE = 8  # manifests that are read side by side, for a server far away


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The part of an archive to check: a site, a run, or all of it."""

    site: str | None = None
    run_id: str | None = None

    def holds(self, run_id: str) -> bool:
        if self.run_id is not None:
            return run_id == self.run_id
        return self.site is None or site_of_run(run_id) == self.site

    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes of the keys to list, except runs/."""
        site = self.site or (site_of_run(self.run_id) if self.run_id else None)
        return (
            ("warc/", "cdxj/", "articles/")
            if site is None
            else tuple(f"{folder}{site}/" for folder in ("warc/", "cdxj/", "articles/site="))
        )


@dataclass(slots=True)
class RunFolder:
    """One run, as its folder shows it."""

    parsed: RunId
    names: set[str] = field(default_factory=set)  # of the files below it
    sha256: str | None = None  # of the manifest; None where there is none
    manifest: Manifest | None = None  # None where it is broken as well

    @property
    def run_id(self) -> str:
        return str(self.parsed)


_BySuffix = dict[tuple[str, str], RunFolder]  # by site and suffix of the run id


@dataclass(slots=True)
class Inventory:
    """The files that exist and the files that should exist."""

    listed: dict[str, int]  # key -> bytes
    runs: dict[str, RunFolder]
    promised: dict[str, ManifestFile]
    faults: list[Fault]
    merged: dict[str, Rows] = field(default_factory=dict)  # what tables that replaced others must hold
    edited: dict[str, bytes] = field(
        default_factory=dict
    )  # run -> list of checksums that is not the manifest's


def take_inventory(storage: Storage, scope: Scope) -> Inventory:
    """List the archive and read its manifests. Raises ArchiveError, also where nothing is in scope."""
    # Runs first: what a manifest promises was there before it, so the later listings hold it.
    runs, listed, strays = _list_runs(storage, scope)
    listed |= {
        entry.key: entry.size
        for prefix in scope.prefixes()
        for entry in storage.list(prefix)
        if not is_merged(entry.key)  # made of the others at any time, and in no manifest
    }
    if scope.run_id is not None and not runs:
        raise ArchiveError(f"The archive {storage.address} has no run {scope.run_id}.")
    if not listed:
        of = f" of the site {scope.site}" if scope.site else ""
        raise ArchiveError(f"The archive {storage.address} holds nothing{of}; there is nothing to check.")
    inventory = Inventory(listed, runs, {}, [])
    if scope.site is None:
        inventory.faults += [Fault(Code.UNNAMED, key, None, _UNNAMED) for key in strays]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for run, read in zip(runs.values(), pool.map(partial(_read, storage), runs.values()), strict=True):
            if read is not None:
                _take(run, read, inventory)
    _succeed(storage, scope, inventory)
    by_suffix = {(run.parsed.site, run.parsed.suffix): run for run in runs.values()}
    if scope.run_id is not None:
        inventory.listed = {
            key: size
            for key, size in listed.items()
            if key in inventory.promised or _owner(key, inventory, by_suffix)[0] is not None
        }
    inventory.faults += _presence(inventory)
    inventory.faults += _unpromised(inventory, by_suffix)
    return inventory


def _list_runs(storage: Storage, scope: Scope) -> tuple[dict[str, RunFolder], dict[str, int], list[str]]:
    """Return the runs by id, the sizes of their files, and keys below runs/ that belong to no run."""
    runs: dict[str, RunFolder] = {}
    listed: dict[str, int] = {}
    strays = []
    for entry in storage.list("runs/" if scope.run_id is None else f"runs/{scope.run_id}/"):
        run_id, _, name = entry.key.removeprefix("runs/").partition("/")
        run = RunId.parse(run_id)
        if not name or run is None:
            strays.append(entry.key)
        elif scope.holds(run_id):
            listed[entry.key] = entry.size
            runs.setdefault(run_id, RunFolder(run)).names.add(name)
    return runs, listed, strays


@dataclass(frozen=True, slots=True)
class _Read:
    """The files read of a run that has a manifest."""

    sha256: str
    manifest: Manifest | ManifestError
    checksums: bytes | None


def _read(storage: Storage, run: RunFolder) -> _Read | None:
    if MANIFEST_NAME not in run.names:
        return None
    data = manifest_bytes(storage, run.run_id)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        manifest = Manifest.parse(data)
    except ManifestError as error:
        return _Read(sha256, error, None)
    if CHECKSUMS_NAME not in run.names:
        return _Read(sha256, manifest, None)
    most = _LONGEST_COMMENT * (len(manifest.files) + 1) + len(manifest.checksums())
    with storage.open(run_key(run.run_id, CHECKSUMS_NAME), 0, most) as stream:
        return _Read(sha256, manifest, stream.read())


def _take(run: RunFolder, read: _Read, inventory: Inventory) -> None:
    key, manifest = run_key(run.run_id, MANIFEST_NAME), read.manifest
    run.sha256 = read.sha256
    if isinstance(manifest, ManifestError):
        meaning = f"{manifest} Nothing is promised of this run's files."
        inventory.faults.append(Fault(Code.MANIFEST, key, None, meaning))
        return
    if manifest.run_id != run.run_id:
        meaning = f"This is the manifest of another run, {manifest.run_id}."
        inventory.faults.append(Fault(Code.MANIFEST, key, None, meaning))
        return
    run.manifest = manifest
    for file in manifest.files:
        if inventory.promised.setdefault(file.key, file) != file:
            meaning = f"Another run promises {file.key} with other bytes."
            inventory.faults.append(Fault(Code.MANIFEST, key, None, meaning))
    if read.checksums is None:
        meaning = "The list of checksums that belongs to this manifest is not there."
        inventory.faults.append(Fault(Code.CHECKSUMS, run_key(run.run_id, CHECKSUMS_NAME), None, meaning))
    elif read.checksums != manifest.checksums():
        inventory.edited[run.run_id] = read.checksums


def _succeed(storage: Storage, scope: Scope, inventory: Inventory) -> None:
    """Drop the promise of tables that a compaction replaced, where the successor is there."""
    site = scope.site or (site_of_run(scope.run_id) if scope.run_id else None)
    found, listed = read_successions(storage, site), inventory.listed
    gone = {
        key for key, file in inventory.promised.items() if key not in listed and found.excuses(file, listed)
    }
    inventory.faults += _check_edited(inventory, found)
    inventory.promised = {key: file for key, file in inventory.promised.items() if key not in gone}
    inventory.merged = {key: made.rows for key, made in found.made.items() if key in inventory.promised}
    for key, why in found.broken.items():
        inventory.faults.append(Fault(Code.SUCCESSION, key, None, why))
    for key in found.left(listed):
        meaning = "A compaction replaced this table and it is still there, so its rows stand there twice."
        inventory.faults.append(Fault(Code.SUPERSEDED, key, None, meaning))


def _check_edited(inventory: Inventory, found: Successions) -> Iterator[Fault]:
    """Yield a fault for each list of checksums that differs by more than the comments of a compaction."""
    for run_id, data in inventory.edited.items():
        manifest = inventory.runs[run_id].manifest
        if manifest is None:
            continue
        successors = {
            file.key: found.replaced[file.key][1] for file in manifest.files if file.key in found.replaced
        }
        lines = data.splitlines()
        allowed = list(
            zip(manifest.checksums().splitlines(), manifest.checksums(successors).splitlines(), strict=True)
        )
        if len(lines) != len(allowed) or any(
            line not in pair for line, pair in zip(lines, allowed, strict=True)
        ):
            meaning = "The list of checksums differs from the manifest beside it."
            yield Fault(Code.CHECKSUMS, run_key(run_id, CHECKSUMS_NAME), None, meaning)


_UNNAMED = "No manifest names this file: it was put here by something else than a run."


def _presence(inventory: Inventory) -> Iterator[Fault]:
    """Yield faults for promised files that are missing, and for WARC files without an index."""
    for key in inventory.promised:
        if key not in inventory.listed and key.startswith(_FOLDERS):
            yield Fault(Code.MISSING, key, None, "The manifest promises this file; it is not there.")
    for key in inventory.listed:
        index = cdxj_key(key)
        if key.startswith("warc/") and index not in inventory.listed and index not in inventory.promised:
            yield Fault(Code.INDEX_MISSING, index, None, "The WARC file of this name has no index.")


def _unpromised(inventory: Inventory, by_suffix: _BySuffix) -> Iterator[Fault]:
    """Yield faults for files that no manifest names: one for a run without a manifest, else one a file."""
    unfinished = Counter[str]()
    for key in inventory.listed:
        if key in inventory.promised:
            continue
        run, name = _owner(key, inventory, by_suffix)
        if run is not None and run.sha256 is None:
            unfinished[f"runs/{run.run_id}"] += 1
        elif run is not None and run.manifest is None:
            continue  # of a run whose manifest is broken, which is a fault already
        elif run is not None and is_seal_name(key.removeprefix(f"runs/{run.run_id}/")):
            continue
        elif run is None and name is not None:
            unfinished[name] += 1
        else:
            yield Fault(Code.UNNAMED, key, None, _UNNAMED)
    for folder, count in unfinished.items():
        yield Fault(
            Code.UNFINISHED,
            folder,
            None,
            f"This run has no manifest: it was killed, goes on still, or is older than manifests. Nothing is "
            f"promised of its {count} files; what they hold was checked all the same.",
        )


def _owner(key: str, inventory: Inventory, by_suffix: _BySuffix) -> tuple[RunFolder | None, str | None]:
    """Return the run that a key names; where that run left no folder, None and a pattern for its name."""
    if key.startswith("runs/"):
        return inventory.runs.get(key.split("/")[1]), None
    owner = FileOwner.parse(key)
    if owner is None:
        return None, None
    return by_suffix.get((owner.site, owner.suffix)), f"runs/*-{owner.site}-{owner.suffix}"
