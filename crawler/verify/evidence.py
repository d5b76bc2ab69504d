"""Checks manifests against each other, against signatures and against time stamps.

A manifest holds the SHA-256 of those before it. So a signature or a time stamp on the newest one covers all
manifests that it leads back to.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.x509 import Certificate

from crawler.archive.manifest import Manifest, Previous, read_manifest
from crawler.archive.names import (
    CLOCK_BEHIND,
    MANIFEST_NAME,
    SIGNATURE_NAME,
    STAMP_NAME,
    STATS_NAME,
    run_key,
)
from crawler.archive.signing import SIGNATURE_BYTES, PublicKey
from crawler.archive.timestamps import MAX_TOKEN_BYTES, StampError, check_token
from crawler.storage import Storage
from crawler.storage.base import MissingError
from crawler.verify.faults import Code, Fault
from crawler.verify.inventory import Inventory, RunFolder

_MAX_STATS = 4 << 20  # bytes of a stats.json that are read
_CLOCKS_DIFFER = timedelta(minutes=10)  # between two machines that crawl one site


@dataclass(slots=True)
class Evidence:
    """What the manifests prove about each other."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    signatures: int = 0  # that hold
    stamps: int = 0  # that hold
    stamped: tuple[datetime, datetime] | None = None  # earliest and latest moment of those
    heads: dict[str, list[Previous]] = field(default_factory=dict)  # site -> manifests that no other names


def check_evidence(
    storage: Storage, inventory: Inventory, keys: Mapping[str, PublicKey], roots: Sequence[Certificate]
) -> Evidence:
    """Check the chain, signatures (if keys are given) and time stamps (if roots are). Raises ArchiveError."""
    return _EvidenceCheck(storage, inventory, keys, roots).run()


class _EvidenceCheck:
    def __init__(
        self,
        storage: Storage,
        inventory: Inventory,
        keys: Mapping[str, PublicKey],
        roots: Sequence[Certificate],
    ) -> None:
        self._storage = storage
        self._runs = {run.run_id: run for run in inventory.runs.values() if run.manifest is not None}
        self._keys = keys
        self._roots = roots
        self._found = Evidence()
        self._hashes: dict[str, str | None] = {
            run.run_id: run.sha256 for run in inventory.runs.values() if run.sha256 is not None
        }

    def run(self) -> Evidence:
        found = self._found
        for _, manifest in self._manifests():
            found.faults += self._chain(manifest)
        found.heads = self._heads()
        self._check_stamps(self._check_signatures())
        return found

    def _manifests(self) -> Iterator[tuple[RunFolder, Manifest]]:
        for _, run in sorted(self._runs.items()):
            assert run.manifest is not None  # noqa: S101  # mypy cannot see it
            yield run, run.manifest

    def _chain(self, manifest: Manifest) -> Iterator[Fault]:
        key = run_key(manifest.run_id, MANIFEST_NAME)
        for previous in manifest.previous:
            there = self._hash_of(previous.run_id)
            if there is None:
                meaning = (
                    f"It names the manifest of the run {previous.run_id}, which is not there: it was removed."
                )
                yield Fault(Code.CHAIN_GAP, key, None, meaning)
            elif there != previous.sha256:
                meaning = (
                    f"It names another manifest of the run {previous.run_id} than the one that is there: "
                    "that was changed afterwards."
                )
                yield Fault(Code.CHAIN_CHANGED, key, None, meaning)
            elif self._ended_later(previous.run_id, manifest):
                yield from self._order(previous.run_id, manifest)
        if not manifest.previous and (older := self._older(manifest)):
            meaning = (
                f"It names no manifest before it, though the run {older} of this site had ended by then."
            )
            yield Fault(Code.CHAIN_GAP, key, None, meaning)

    def _order(self, previous: str, manifest: Manifest) -> Iterator[Fault]:
        """Name a run that names a later one: a clock that was wrong, if the run itself noted that."""
        if self._noted_clock(manifest.run_id):
            self._found.remarks.append(
                f"{manifest.run_id} follows {previous} by its manifest, and ended before it by its clock. It "
                "noted that the clocks differ, so the order of the manifests counts, and not its times."
            )
            return
        meaning = f"It names the manifest of the run {previous}, which ended later than this one."
        yield Fault(Code.CHAIN_ORDER, run_key(manifest.run_id, MANIFEST_NAME), None, meaning)

    def _noted_clock(self, run_id: str) -> bool:
        """Say whether a run found, when it began, that an earlier one began later than now by its clock."""
        try:
            with self._storage.open(run_key(run_id, STATS_NAME), 0, _MAX_STATS) as file:
                record = json.loads(file.read(_MAX_STATS))
            return int(record["counters"][CLOCK_BEHIND]) > 0
        except (MissingError, ValueError, TypeError, KeyError, RecursionError):
            return False

    def _hash_of(self, run_id: str) -> str | None:
        if run_id not in self._hashes:  # of a run outside the scope
            data = read_manifest(self._storage, run_id)
            self._hashes[run_id] = None if data is None else hashlib.sha256(data).hexdigest()
        return self._hashes[run_id]

    def _ended_later(self, run_id: str, manifest: Manifest) -> bool:
        run = self._runs.get(run_id)
        if run is None or run.manifest is None:  # outside the scope, or broken, which is a fault already
            return False
        return run.manifest.facts.ended > manifest.facts.ended + _CLOCKS_DIFFER

    def _older(self, manifest: Manifest) -> str | None:
        """Find a run of the same site that had ended when this one began, by the clocks of both.

        A run that leads back to this manifest is later, whatever its clock said. So is this one itself, whose
        clock may have gone back while it ran.
        """
        for run_id, other in self._runs.items():
            facts = other.manifest.facts if other.manifest else manifest.facts
            had_ended = facts.ended + _CLOCKS_DIFFER < manifest.facts.began
            if facts.site != manifest.facts.site or not had_ended:
                continue
            if manifest.run_id not in {run_id, *self._led_to({run_id})}:
                return run_id
        return None

    def _heads(self) -> dict[str, list[Previous]]:
        named = {each.run_id for _, manifest in self._manifests() for each in manifest.previous}
        heads: dict[str, list[Previous]] = {}
        for run, manifest in self._manifests():
            if run.run_id not in named:
                head = Previous(run_id=run.run_id, sha256=manifest.sha256())
                heads.setdefault(manifest.facts.site, []).append(head)
        return heads

    def _check_signatures(self) -> set[str]:
        """Return the runs whose manifests a known key signed."""
        proven: set[str] = set()
        unproven: dict[str, Fault] = {}
        for run, manifest in self._manifests():
            signature = self._read(run, SIGNATURE_NAME, SIGNATURE_BYTES)
            fault = self._signature_fault(manifest, signature)
            if fault is None:
                proven.add(run.run_id)
            elif fault.code is Code.KEY_UNKNOWN or manifest.facts.key_id is None is signature:
                unproven[run.run_id] = fault
            else:
                self._found.faults.append(fault)
        covered = self._led_to(proven)
        if self._keys:
            self._found.faults += [fault for run_id, fault in unproven.items() if run_id not in covered]
        self._found.signatures = len(proven)
        self._remark_signatures()
        return proven

    def _signature_fault(self, manifest: Manifest, signature: bytes | None) -> Fault | None:
        key_id, file = manifest.facts.key_id, run_key(manifest.run_id, SIGNATURE_NAME)
        if signature is None:
            meaning = "The manifest is not signed, and no signed manifest after it leads back to it."
            if key_id is not None:
                meaning = "The manifest says that it is signed; its signature is not there."
            return Fault(Code.SIGNATURE_MISSING, file, None, meaning)
        if key_id is None or len(signature) != SIGNATURE_BYTES:
            meaning = "This is no signature of the manifest beside it, which names no key or another size."
            return Fault(Code.SIGNATURE_WRONG, file, None, meaning)
        key = self._keys.get(key_id)
        if key is None:
            meaning = f"The manifest is signed with the key {key_id}, which is none of those given."
            return Fault(Code.KEY_UNKNOWN, file, None, meaning)
        if not key.verifies(signature, manifest.to_bytes()):
            meaning = "The signature is not of this manifest: one of the two was changed."
            return Fault(Code.SIGNATURE_WRONG, file, None, meaning)
        return None

    def _remark_signatures(self) -> None:
        signed = sum(manifest.facts.key_id is not None for _, manifest in self._manifests())
        if signed and not self._keys:
            self._found.remarks.append(
                f"{signed} manifests are signed; no key was given (--key), so no signature was checked."
            )
        unsigned = len(self._runs) - signed
        if unsigned:
            self._found.remarks.append(
                f"{unsigned} manifests are not signed: anyone who can write to the archive can rewrite them."
            )

    def _check_stamps(self, signed: set[str]) -> None:
        tokens = waiting = 0
        stamped: set[str] = set()
        missing: dict[str, Fault] = {}
        for run, manifest in self._manifests():
            stamps = [stamp for stamp in map(STAMP_NAME.fullmatch, sorted(run.names)) if stamp]
            names = [stamp[0] for stamp in stamps if stamp["kind"] == "tsr"]
            tokens += len(names)
            waiting += len({stamp["number"] for stamp in stamps}) > len(names)
            if not self._roots:
                continue
            holds = [self._stamp_holds(run, name) for name in names]
            if any(holds) and run.run_id in signed:
                stamped.add(run.run_id)
            else:
                pending = "; it was asked for, and did not come yet" if len(names) < len(stamps) else ""
                meaning = (
                    f"No time stamp that holds is on this manifest, or on one that leads back to it{pending}."
                )
                missing[run.run_id] = Fault(
                    Code.STAMP_MISSING, run_key(manifest.run_id, MANIFEST_NAME), None, meaning
                )
        if waiting:
            of = "1 manifest waits" if waiting == 1 else f"{waiting:,} manifests wait"
            self._found.remarks.append(
                f"{of} for a time stamp: an authority did not answer. The next run of the site asks it again."
            )
        covered = self._led_to(stamped)
        self._found.faults += [fault for run_id, fault in missing.items() if run_id not in covered]
        if tokens and not self._roots:
            self._found.remarks.append(
                f"{tokens} time stamps are there; no root was given (--tsa-root), so none was checked."
            )

    def _stamp_holds(self, run: RunFolder, name: str) -> bool:
        token = self._read(run, name, MAX_TOKEN_BYTES)
        signature = self._read(run, SIGNATURE_NAME, SIGNATURE_BYTES)
        try:
            moment = check_token(token or b"", signature or b"", self._roots)
        except StampError as error:
            self._found.faults.append(Fault(Code.STAMP_WRONG, run_key(run.run_id, name), None, str(error)))
            return False
        first, last = self._found.stamped or (moment, moment)
        self._found.stamped = min(first, moment), max(last, moment)
        self._found.stamps += 1
        return True

    def _led_to(self, run_ids: set[str]) -> set[str]:
        """Return the runs that the manifests of the given runs name, directly or through others."""
        covered: set[str] = set()
        ahead = list(run_ids)
        while ahead:
            run = self._runs.get(ahead.pop())
            for previous in run.manifest.previous if run and run.manifest else ():
                if previous.run_id not in covered and self._hash_of(previous.run_id) == previous.sha256:
                    covered.add(previous.run_id)
                    ahead.append(previous.run_id)
        return covered

    def _read(self, run: RunFolder, name: str, most: int) -> bytes | None:
        """Read a small file of a run's folder; None where there is none."""
        if name not in run.names:
            return None
        with self._storage.open(run_key(run.run_id, name), 0, most + 1) as stream:
            return stream.read()
