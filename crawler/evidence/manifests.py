"""Finds the manifests that promise some files, those that they lead back to, and the nearest time stamp."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crawler.archive.manifest import Manifest, read_manifest
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import (
    SIGNATURE_NAME,
    STAMP_NAME,
    FileOwner,
    RunId,
    is_seal_name,
    run_key,
    site_of_run,
)
from crawler.errors import ArchiveError
from crawler.storage import Storage

_MOST_RUNS = 20_000  # of one chain; a crawl each hour for two years


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A run's manifest with its signature and time stamps."""

    run_id: str
    data: bytes  # of the manifest
    manifest: Manifest
    names: tuple[str, ...]  # of the seal's files in the run's folder, sorted

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_signed(self) -> bool:
        return SIGNATURE_NAME in self.names

    @property
    def stamps(self) -> list[str]:
        """The names of the time stamps."""
        found = (STAMP_NAME.fullmatch(name) for name in self.names)
        return [stamp[0] for stamp in found if stamp and stamp["kind"] == "tsr"]

    def keys(self) -> list[str]:
        """The keys of the seal's files in the archive."""
        return [run_key(self.run_id, name) for name in self.names]

    def promised(self, key: str) -> tuple[int, str] | None:
        """Return size and SHA-256 that the manifest promises for a file; None where it does not name it."""
        return next(((file.size, file.sha256) for file in self.manifest.files if file.key == key), None)


@dataclass(slots=True)
class Chains:
    """The manifests that a bundle takes along."""

    runs: dict[str, Sealed]  # by run id: owners of the files, their ancestors, and followers up to a stamp
    owners: dict[str, str | None]  # run id by WARC file; None: its run has no manifest

    def leading_to(self, run_id: str) -> frozenset[str]:
        """Return the run and those whose manifests lead back to its manifest: their seals cover it."""
        found = {run_id}
        for other in sorted(self.runs):  # names begin with the moment, so that a follower comes later
            if any(each.run_id in found for each in self.runs[other].manifest.previous):
                found.add(other)
        return frozenset(found)


def chains_of(storage: Storage, warcs: Iterable[str]) -> Chains:
    """Collect the manifests for WARC files. Raises ArchiveError where the archive or a manifest is broken."""
    by_suffix = _runs_by_suffix(storage)
    chains = Chains({}, {})
    for warc in sorted(set(warcs)):
        owner = FileOwner.parse(warc)
        run_id = by_suffix.get((owner.site, owner.suffix)) if owner else None
        sealed = _sealed(storage, run_id) if run_id else None
        chains.owners[warc] = sealed.run_id if sealed else None
        if sealed and sealed.run_id not in chains.runs:
            chains.runs[sealed.run_id] = sealed
    for sealed in list(chains.runs.values()):
        if not (sealed.is_signed and sealed.stamps):
            _add_followers(storage, sealed, by_suffix, chains.runs)
    _add_ancestors(storage, chains.runs)
    return chains


def _runs_by_suffix(storage: Storage) -> Mapping[tuple[str, str], str]:
    runs = (RunId.parse(name.rstrip("/")) for name in storage.list_names("runs/"))
    return {(run.site, run.suffix): str(run) for run in runs if run is not None}


def _sealed(storage: Storage, run_id: str) -> Sealed | None:
    data = read_manifest(storage, run_id)
    if data is None:
        return None
    try:
        manifest = Manifest.parse(data)
    except ManifestError as error:
        raise ArchiveError(f"The run {run_id}: {error} scrapy verify names the damage.") from error
    names = tuple(sorted(filter(is_seal_name, storage.list_names(f"runs/{run_id}/"))))
    return Sealed(run_id=run_id, data=data, manifest=manifest, names=names)


def _add_ancestors(storage: Storage, runs: dict[str, Sealed]) -> None:
    """Add every manifest that those in `runs` lead back to; one that is missing is left to the checks."""
    waiting = list(runs.values())
    while waiting:
        for previous in waiting.pop().manifest.previous:
            if previous.run_id in runs:
                continue
            sealed = _sealed(storage, previous.run_id)
            if sealed is not None:
                runs[previous.run_id] = sealed
                waiting.append(sealed)
            if len(runs) > _MOST_RUNS:
                raise ArchiveError(f"The chain of manifests has more than {_MOST_RUNS:,} runs.")


def _add_followers(
    storage: Storage, first: Sealed, by_suffix: Mapping[tuple[str, str], str], runs: dict[str, Sealed]
) -> None:
    """Add the shortest way to a later manifest that is signed and stamped and leads back to `first`."""
    site = site_of_run(first.run_id)
    later = sorted(run for run in by_suffix.values() if site_of_run(run) == site and run > first.run_id)
    from_: dict[str, list[Sealed]] = defaultdict(list)
    from_[first.run_id] = [first]
    for run_id in later[:_MOST_RUNS]:
        sealed = _sealed(storage, run_id)
        before = [p.run_id for p in sealed.manifest.previous if p.run_id in from_] if sealed else []
        if sealed is None or not before:
            continue
        from_[run_id] = [*min((from_[run] for run in before), key=len), sealed]
        if sealed.is_signed and sealed.stamps:
            runs.update({each.run_id: each for each in from_[run_id]})
            return
